"""Rodas5P: linearly implicit Runge–Kutta for stiff equations and index-one constraints."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from .._core import Result
from ..assembly import Evolution
from ._march import March
from ._outcome import result_code

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
_MOST_STEPS = 20_000
_CHECKPOINTS = 64  # states kept for reverse-mode derivatives between two saved times; others are recomputed
_SHORTEST = 1e-12  # of the whole time: a step that would have to be shorter ends the run
_SAFETY, _LEAST, _MOST = 0.9, 0.2, 10.0  # the next step from this one
_NOW, _BEFORE = 0.7 / 5, 0.3 / 5  # PI control (Gustafsson, 1991) for an error of order h⁵
_GRAINS = 2.0**40  # to which lengths of steps are rounded
_CLOSE = 1e-9  # a step that leaves less than this share of the time is the last
_BROKEN = 0.25  # the next try after a step that was not finite


class Progress(eqx.Module):
    """What is carried from step to step."""

    t: Array
    y: Array
    step: Array  # to be tried next
    ratio: Array  # of the last accepted error to the tolerance
    accepted: Int[Array, ""]
    rejected: Int[Array, ""]
    code: Int[Array, ""]


def rosenbrock(
    form: Evolution, y: Array, times: np.ndarray, tolerance: float, solver: lx.AbstractLinearSolver
) -> March:
    """Integrates `form` from y by Rodas5P, stepping exactly to the saved times, in equal steps where that can be.

    Local errors, root mean square relative to `tolerance` (|y| + the largest |y| at the start), are held below one;
    unknowns under `form.constraints` are not counted: they have no memory, and pressures converge at a lower order. A
    step whose error is larger, or that is not finite in any number, is not taken: it is repeated, shorter. Where even
    the shortest step fails the run ends with `Result.nonfinite`, and with `Result.max_steps` after too many; the last
    state that was accepted is then returned for all later times, never anything that is not finite. Reverse-mode
    derivatives are checkpointed, and take the lengths of steps for constants.
    """
    size = jax.lax.stop_gradient(jnp.max(jnp.abs(y), initial=0.0))
    size = jnp.where(size > 0, size, 1.0)
    span = float(times[-1]) - form.start if times[-1] > form.start else form.stop - form.start
    shortest = _SHORTEST * span
    counted = None if form.constraints is None else ~form.constraints
    broken, slow = result_code(Result.nonfinite), result_code(Result.max_steps)

    def norm(v: Array, *states: Array) -> Array:
        largest = jnp.max(jnp.abs(jnp.stack(states)), axis=0)
        square = (v / (tolerance * (size + largest))) ** 2
        return jax.lax.stop_gradient(jnp.sqrt(jnp.mean(square, where=counted)))

    def advance(p: Progress, until: Array) -> Progress:
        left = until - p.t
        h = equal_share(left, p.step)
        after, error = rosenbrock_step(form, p.t, h, p.y, solver)
        ratio = norm(error, p.y, after)
        finite = jnp.isfinite(ratio) & jnp.all(jnp.isfinite(after))
        accept = finite & (ratio <= 1)
        known = jnp.maximum(jnp.where(finite, ratio, 1.0), 1e-10)
        growth = jnp.where(accept, known**-_NOW * p.ratio**_BEFORE, known**-0.2)
        growth = jnp.where(finite, jnp.clip(_SAFETY * growth, _LEAST, jnp.where(accept, _MOST, _SAFETY)), _BROKEN)
        following = h * growth
        # A step that was cut short by a saved time says little about how long the next may be.
        following = jnp.where(accept & (h < p.step) & (growth >= 1), jnp.maximum(p.step, following), following)
        code = jnp.where(p.accepted + p.rejected >= _MOST_STEPS, slow, p.code)
        code = jnp.where(~accept & (following < shortest), broken, code)
        return Progress(
            t=jnp.where(accept, jnp.where(h >= (1 - _CLOSE) * left, until, p.t + h), p.t),
            y=jnp.where(accept, after, p.y),
            step=jax.lax.stop_gradient(following),
            ratio=jnp.where(accept, known, p.ratio),
            accepted=p.accepted + accept,
            rejected=p.rejected + ~accept,
            code=code,
        )

    def interval(p: Progress, until: Array) -> tuple[Progress, Array]:
        def unfinished(p: Progress) -> Bool[Array, ""]:
            return (p.t < until) & (p.code == 0)

        p = eqxi.while_loop(
            unfinished,
            lambda p: advance(p, until),
            p,
            max_steps=_MOST_STEPS + 1,
            kind="checkpointed",
            checkpoints=_CHECKPOINTS,
        )
        return p, p.y

    rate = form.nonlinear(form.start, y, form.args)
    slope, zero = norm(rate, y), jnp.asarray(0, jnp.int32)
    first = jnp.clip(0.01 * jnp.maximum(norm(y, y), 1.0) / jnp.where(slope > 0, slope, 1.0), 1e-6 * span, span)
    start = jnp.all(jnp.isfinite(y)) & jnp.all(jnp.isfinite(rate))
    one = jnp.ones((), y.dtype)
    p = Progress(
        t=form.start * one,
        y=y,
        step=jnp.where(jnp.isfinite(first), first, 1e-6 * span) * one,
        ratio=one,
        accepted=zero,
        rejected=zero,
        code=jnp.where(start, result_code(Result.successful), broken),
    )
    p, states = jax.lax.scan(interval, p, jnp.asarray(times, y.dtype))
    return March(states, p.code, {"steps": p.accepted + p.rejected, "rejected": p.rejected})


def equal_share(left: Array, step: Array) -> Array:
    """The time left in equal steps, none longer than `step`, rounded to 40 bits.

    As many steps as with a short one at the end, and of one length from saved time to saved time: where neither the
    Jacobian nor the mass changes, factors are those of the step before.
    """
    left, step = jax.lax.stop_gradient((left, step))
    mantissa, exponent = jnp.frexp(left / jnp.ceil((1 - _CLOSE) * left / step))
    return jnp.ldexp(jnp.round(mantissa * _GRAINS) / _GRAINS, exponent)


def rosenbrock_step(
    form: Evolution, t: Array, h: Array, y: Float[Array, " size"], solver: lx.AbstractLinearSolver
) -> tuple[Array, Array]:
    """The state at t + h by Rodas5P, and its estimated error: mass · y' = f, one factorisation and eight solves.

    J is exact, so that nothing iterates; rows with mass 0 are constraints, of index one, or two if they are linear (the
    scheme is stiffly accurate: both hold at t + h, whatever multipliers were before). `solver` sees mass − γhJ as an
    operator. Derivatives pass through by the solves' own rules.
    """

    def weighed(v: Array) -> Array:
        if isinstance(form.mass, lx.AbstractLinearOperator):
            return form.mass.mv(v)
        return v if form.mass is None else form.mass * v

    def rate(t: Array, y: Array) -> Array:
        return form.nonlinear(t, y, form.args)

    t, h = jnp.asarray(t, y.dtype), jnp.asarray(h, y.dtype)
    _, drift = jax.jvp(lambda t: rate(t, y), (t,), (jnp.ones_like(t),))
    if form.step_matrix is not None:
        operator = form.step_matrix(t, y, GAMMA * h, form.args)
    else:
        _, slope = jax.linearize(lambda y: rate(t, y), y)
        operator = lx.FunctionLinearOperator(lambda v: weighed(v) - GAMMA * h * slope(v), jax.eval_shape(lambda: y))
    state = jax.lax.stop_gradient(solver.init(operator, {}))

    # A loop rather than eight copies: compiling is what short solves spend their time on.
    def stage(k: Array, row: tuple) -> tuple[Array, None]:
        i, a, c, node, d = row
        right = h * (rate(t + node * h, y + a @ k) + h * d * drift) + weighed(c @ k)
        solved = lx.linear_solve(operator, GAMMA * right, solver, state=state, throw=False)
        return k.at[i].set(solved.value), None

    rows = (jnp.arange(len(NODES)), *(jnp.asarray(_padded(r)) for r in (A, C)), jnp.asarray(NODES), jnp.asarray(SLOPES))
    k, _ = jax.lax.scan(stage, jnp.zeros((len(NODES), *y.shape), y.dtype), rows)
    return y + jnp.asarray([*A[-1], 1.0]) @ k, k[-1]


def _padded(rows: Sequence[Sequence[float]]) -> np.ndarray:
    return np.stack([np.pad(np.asarray(row, float), (0, len(rows) - len(row))) for row in rows])
