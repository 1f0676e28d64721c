"""Rodas5P: linearly implicit Runge–Kutta for stiff equations and index-one constraints, as a diffrax solver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import diffrax as dfx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array

# G. Steinebach, Construction of Rosenbrock–Wanner method Rodas5P and numerical benchmarks within the Julia
# Differential Equations package, BIT 63 (2023) 27: order 5(4), 8 stages, stiffly accurate, A-stable, order 4 kept for
# parabolic problems. In the transformed variables of Hairer & Wanner (Solving ODEs II, eq. IV.7.25): no products J k.
GAMMA = 0.21193756319429014
_LAST = [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946]
A = (
    [],
    [3.0],
    [2.849394379747939, 0.45842242204463923],
    [-6.954028509809101, 2.489845061869568, -10.358996098473584],
    [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
    _LAST,
    [*_LAST, 1.0],
    [*_LAST, 1.0, 1.0],
)
C = (
    [],
    [-14.155112264123755],
    [-17.97296035885952, -2.859693295451294],
    [147.12150275711716, -1.41221402718213, 71.68940251302358],
    [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
    [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
    [
        30.91273214028599,
        -3.1208243349937974,
        77.79954646070892,
        34.28646028294783,
        -19.097331116725623,
        -28.087943162872662,
    ],
    [
        37.80277123390563,
        -3.2571969029072276,
        112.26918849496327,
        66.9347231244047,
        -40.06618937091002,
        -54.66780262877968,
        -9.48861652309627,
    ],
)
NODES = (0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0)
SLOPES = (
    0.21193756319429014,
    -0.42387512638858027,
    -0.3384627126235924,
    1.8046452872882734,
    2.325825639765069,
    0.0,
    0.0,
    0.0,
)
DENSE = np.array(
    [
        [
            25.948786856663858,
            -2.5579724845846235,
            10.433815404888879,
            -2.3679251022685204,
            0.524948541321073,
            1.1241088310450404,
            0.4272876194431874,
            -0.17202221070155493,
        ],
        [
            -9.91568850695171,
            -0.9689944594115154,
            3.0438037242978453,
            -24.495224566215796,
            20.176138334709044,
            15.98066361424651,
            -6.789040303419874,
            -6.710236069923372,
        ],
        [
            11.419903575922262,
            2.8879645146136994,
            72.92137995996029,
            80.12511834622643,
            -52.072871366152654,
            -59.78993625266729,
            -0.15582684282751913,
            4.883087185713722,
        ],
    ]
)


class RodasInterpolation(dfx.AbstractLocalInterpolation):
    """y(θ) = (1 − θ) y₀ + θ (y₁ + (1 − θ)(d₁ + θ (d₂ + θ d₃))), fourth order."""

    t0: Any
    t1: Any
    y0: Array
    y1: Array
    d: Array

    def evaluate(self, t0: Any, t1: Any = None, left: bool = True) -> Array:
        if t1 is not None:
            return self.evaluate(t1) - self.evaluate(t0)
        s = (t0 - self.t0) / (self.t1 - self.t0)
        bump = self.d[0] + s * (self.d[1] + s * self.d[2])
        return (1 - s) * self.y0 + s * (self.y1 + (1 - s) * bump)


class Rodas5P(dfx.AbstractAdaptiveSolver):
    """mass · y' = f(t, y), one factorisation of mass − γhJ and eight solves with it per step.

    J is exact, so that nothing iterates; rows with mass 0 are constraints of index one. `mass` is a vector (None: ones)
    or an operator. `linear_solver` is any lineax
    solver; it sees mass − γhJ as an operator. Differentiable like the explicit methods of diffrax: the solves' own
    rules do the rest.
    """

    linear_solver: lx.AbstractLinearSolver
    mass: Array | lx.AbstractLinearOperator | None = None

    term_structure: ClassVar = dfx.AbstractTerm
    interpolation_cls: ClassVar[Callable[..., RodasInterpolation]] = RodasInterpolation

    def order(self, terms: Any) -> int:
        return 5

    def init(self, terms: Any, t0: Any, t1: Any, y0: Array, args: Any) -> None:
        return None

    def func(self, terms: Any, t0: Any, y0: Array, args: Any) -> Array:
        return terms.vf(t0, y0, args)

    def _weighed(self, v: Array) -> Array:
        if isinstance(self.mass, lx.AbstractLinearOperator):
            return self.mass.mv(v)
        return v if self.mass is None else self.mass * v

    def step(self, terms: Any, t0: Any, t1: Any, y0: Array, args: Any, solver_state: None, made_jump: Any) -> tuple:
        h = t1 - t0
        mass = self._weighed
        _, slope = jax.linearize(lambda y: terms.vf(t0, y, args), y0)
        _, drift = jax.jvp(lambda t: terms.vf(t, y0, args), (t0,), (jnp.ones_like(t0),))
        operator = lx.FunctionLinearOperator(lambda v: mass(v) - GAMMA * h * slope(v), jax.eval_shape(lambda: y0))
        state = jax.lax.stop_gradient(self.linear_solver.init(operator, {}))

        # A loop rather than eight copies: compiling is what short solves spend their time on.
        def stage(k: Array, row: tuple) -> tuple[Array, None]:
            i, a, c, node, d = row
            here = y0 + a @ k
            value = terms.vf(t0 + node * h, here, args)
            right = h * (value + h * d * drift) + mass(c @ k)
            solved = lx.linear_solve(operator, GAMMA * right, self.linear_solver, state=state, throw=False)
            return k.at[i].set(solved.value), None

        rows = (
            jnp.arange(len(NODES)),
            *(jnp.asarray(_padded(r)) for r in (A, C)),
            jnp.asarray(NODES),
            jnp.asarray(SLOPES),
        )
        k, _ = jax.lax.scan(stage, jnp.zeros((len(NODES), *y0.shape), y0.dtype), rows)
        y1 = y0 + jnp.asarray([*A[-1], 1.0]) @ k
        d = jnp.asarray(DENSE) @ k
        return y1, k[-1], {"y0": y0, "y1": y1, "d": d}, None, dfx.RESULTS.successful


def _padded(rows: Sequence[Sequence[float]]) -> np.ndarray:
    return np.stack([np.pad(np.asarray(row, float), (0, len(rows) - len(row))) for row in rows])
