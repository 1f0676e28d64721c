"""Fourier in space, exponential Runge–Kutta in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .._core import ArgumentError, Precision, precision_context, real_dtype
from ..assembly import Evolution, assemble
from ..equations import Problem, Values
from ..solvers import ETDRK4, AdaptiveStep, ExponentialTableau, FixedStep, integrate
from ..spaces import Fourier
from ._abstract import AbstractMethod, Compiled, Outcome, Verdict
from ._verdicts import admit, in_periodic_box

Dealias = Literal["3/2", "2/3", "none"]

_DEFAULT_MODES = {1: 256, 2: 64, 3: 32}
_DEFAULT_INTERVALS = {1: 256, 2: 64, 3: 16}


class SpectralETD(AbstractMethod):
    """Fourier in space, exponential Runge–Kutta in time. The method of choice for smooth periodic evolution.

    The linear constant-coefficient part is integrated exactly, so that only the rest limits the step. `modes` are the
    points per side (None: 256, 64, 32 in one, two, three dimensions; `sv.solve` refines); `scheme` is any
    `ExponentialTableau`; `step` is `AdaptiveStep()` or `FixedStep(dt)`.

    `dealias`: "3/2" evaluates products on a finer grid, chosen from the polynomial degree of the statement, and keeps
    all modes; "2/3" evaluates them on the given grid and keeps its lower two thirds; "none" lets them alias.

    Fails when the solution has layers thinner than a grid cell (the top of its spectrum does not decay), and slows
    down where the part that is not linear with constant coefficients is stiff itself. Steps grow inaccurate for L with
    large imaginary parts; the adaptive ones then shrink.
    """

    modes: int | tuple[int, ...] | None = eqx.field(static=True, default=None)
    scheme: ExponentialTableau = eqx.field(static=True, default=ETDRK4)
    step: FixedStep | AdaptiveStep = eqx.field(static=True, default=AdaptiveStep())
    dealias: Dealias = eqx.field(static=True, default="3/2")
    precision: Precision = eqx.field(static=True, default="double")

    def __check_init__(self):
        if self.dealias not in ("3/2", "2/3", "none"):
            raise ArgumentError(
                "SpectralETD: dealias is not known.", given=repr(self.dealias), expected="'3/2', '2/3' or 'none'"
            )
        if not isinstance(self.scheme, ExponentialTableau):
            raise ArgumentError("SpectralETD: the scheme is no ExponentialTableau.", given=repr(self.scheme))
        if not isinstance(self.step, FixedStep | AdaptiveStep):
            raise ArgumentError(
                "SpectralETD: the step is not known.", given=repr(self.step), expected="AdaptiveStep() or FixedStep(dt)"
            )

    @property
    def order(self) -> float:
        return float("inf")

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is None:
            return Verdict(False, "needs a periodic box; this problem has no space")
        if not problem.is_evolution:
            return Verdict(False, "needs an evolution in time; this problem is steady")
        if not (periodic := in_periodic_box(problem)):
            return periodic
        return Verdict(True)

    def space(self, problem: Problem, resolution: int | Sequence[int] | None = None) -> Fourier:
        """The Fourier space of `resolution` points per side (default: `modes`, or one by dimension)."""
        points = resolution or self.modes or _DEFAULT_MODES[problem.ndim]
        full = Fourier(problem.space, points, real=not problem.is_complex)
        if self.dealias == "3/2":
            return full
        modes = full.modes
        if self.dealias == "2/3":
            modes = tuple(2 * ((n - 1) // 3) + 1 for n in modes)
        return Fourier(problem.space, modes, full.real, full.modes)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        space = self.space(problem, resolution)
        saved = _default_times(problem) if times is None else np.asarray(times, float)

        @eqx.filter_jit
        def solve(values: Values) -> Outcome:
            form = assemble(problem, space, values)
            trajectory = integrate(form, self.scheme, self.step, saved, tolerance)
            coefficients, rates = outputs(form, saved, trajectory.states)
            return Outcome(coefficients, rates, trajectory.code, trajectory.steps)

        def run(values: Values) -> Outcome:
            with precision_context(self.precision):
                return solve(_cast(values, self.precision))

        return Compiled(problem, space, saved, run)


def outputs(form: Evolution, times: np.ndarray, states: Array) -> tuple[Array, Array]:
    """Coefficients of the unknowns at the saved times, and their time derivatives by the semi-discrete equations."""
    assert form.linear is not None  # every Fourier evolution has one
    linear = form.linear(form.args)

    def at(saved: tuple[Array, Array]) -> tuple[Array, Array]:
        t, y = saved
        stiff = jnp.einsum("...ij,...j->...i", linear, y) if linear.ndim > y.ndim else linear * y
        rate = stiff + form.nonlinear(t, y, form.args)
        return jax.jvp(lambda t, y: form.output(t, y, form.args), (t, y), (jnp.ones_like(t), rate))

    return jax.lax.map(at, (jnp.asarray(times), states), batch_size=min(16, len(times)))


def _default_times(problem: Problem) -> np.ndarray:
    assert problem.time is not None  # the verdict has seen that it evolves
    return np.linspace(problem.time.start, problem.time.stop, _DEFAULT_INTERVALS[problem.ndim] + 1)


def _cast(values: Values, precision: Precision) -> Any:
    """Floating-point leaves at this precision."""
    real = real_dtype(precision)

    def cast(leaf: Any) -> Any:
        return jnp.asarray(leaf, real) if eqx.is_inexact_array(leaf) and not jnp.iscomplexobj(leaf) else leaf

    return jax.tree.map(cast, values)
