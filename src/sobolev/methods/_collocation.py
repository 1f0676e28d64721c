"""What methods by collocation share: form → solver → outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import diffrax as dfx
import equinox as eqx
import lineax as lx
import numpy as np

from .._core import precision_context
from .._core._precise import widened
from ..assembly import Evolution, LinearSystem, clock, collocation
from ..equations import Problem, Values
from ..solvers import checked_times, march, rates_of, solve_linear, solve_newton
from ..spaces import AbstractGridSpace
from ._abstract import Compiled, Outcome

_DEFAULT_INTERVALS = {0: 512, 1: 128, 2: 32, 3: 8}


def compile_collocation(
    problem: Problem,
    space: AbstractGridSpace,
    tolerance: float,
    times: Sequence[float] | None,
    linear_solver: lx.AbstractLinearSolver | None = None,
) -> Compiled:
    """A compiled solve of any statement that `collocation` takes, in double precision."""
    prepared = collocation(problem, space)
    saved = saved_times(problem, times)

    @eqx.filter_jit
    def solve(values: Values) -> Outcome:
        form = prepared.form(values)
        if isinstance(form, Evolution):
            return evolve(form, saved, tolerance)
        if isinstance(form, LinearSystem):
            coefficients, code, steps = solve_linear(form, linear_solver, float(np.clip(1e-3 * tolerance, 1e-13, 1e-6)))
        else:
            coefficients, code, steps = solve_newton(form, float(np.clip(1e-2 * tolerance, 1e-12, 1e-6)))
        return Outcome(coefficients, None, code, steps)

    return Compiled(problem, space, saved, in_double(solve))


def evolve(form: Evolution, times: np.ndarray, tolerance: float, scheme: dfx.AbstractSolver | None = None) -> Outcome:
    """The outcome of an evolution in collocation form."""
    result = march(form, times, tolerance, scheme)
    coefficients, rates = rates_of(form, times, result.states)
    return Outcome(coefficients, rates, result.code, result.steps)


def saved_times(problem: Problem, times: Sequence[float] | None) -> np.ndarray | None:
    """Where to save; without `times` a number by dimension, the ends included. None when steady."""
    if problem.is_steady:
        return None
    start, stop = clock(problem).start, clock(problem).stop
    if times is None:
        return np.linspace(start, stop, _DEFAULT_INTERVALS[problem.ndim] + 1)
    return checked_times(times, start, stop)


def in_double(solve: Callable[[Values], Outcome]) -> Callable[[Values], Outcome]:
    """`solve` in double precision, whatever the width of its values."""

    def run(values: Values) -> Outcome:
        with precision_context("double"):
            return solve(widened(values, "double"))

    return run
