"""sv.solve: the front door of classical solution."""

from __future__ import annotations

import dataclasses
import sys
import warnings
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from .._core import ArgumentError, ConvergenceError, Precision, Result, progress
from .._core._precise import is_traced
from ..equations import Problem, Values
from ..solutions import ErrorBar, Level, Solution, Statistics, summarise
from ..spaces import AbstractGridSpace
from ._abstract import AbstractMethod
from ._adapt import adapt, adapts
from ._chebyshev import Chebyshev
from ._choose import demand, ranked
from ._finite_difference import FiniteDifference
from ._finite_element import FiniteElement
from ._finite_volume import FiniteVolume
from ._levels import Aim, Best, as_field, most_points, refine
from ._patience import PATIENCE
from ._prepared import Prepared, Request, bound_values, concrete, prepare, with_precision

# Chebyshev matrices are full. An evolution that would need more points than these is left to finite differences.
_HANDED_OVER = {1: 260, 2: 1100}
_HANDED_FIRST = {1: (65,), 2: (17, 17)}
_HANDED_NEXT = {1: (1537,), 2: (65, 65)}
_STEPS = 0.1  # tolerance of steps and iterations, relative to the whole, when the resolution is given


def solve(
    problem: Problem,
    method: AbstractMethod | None = None,
    *,
    tolerance: float | None = None,
    resolution: int | Sequence[int] | None = None,
    times: Sequence[float] | None = None,
    precision: Precision | None = None,
    patience: float = PATIENCE,
    throw: bool = True,
    quiet: bool = False,
) -> Solution:
    """Solves a statement classically.

    - `method`: a recipe from `sv.methods`; None chooses the strongest that applies and says why. Where Chebyshev
      polynomials turn out not to resolve an evolution with walls, finite differences take over.
    - `tolerance`: relative L2 error aimed at, the worst over fields and saved times. The resolution is refined until
      two resolutions agree to it; the finer is returned, and their distance is its error bar, or more where convergence
      is slower than first order (at shocks: the bar names the order). Steady finite elements
      refine their mesh where the residual is large, until the estimated error is below it. None aims at 1e-6
      (1e-3 or 1e-5 for methods of order 2 or 4, 3e-2 at shocks), and returns the best found with a warning where
      that is not reached; a tolerance you ask for is a demand (`ConvergenceError`).
    - `resolution`: points per side, solved once, without refinement or error bar.
    - `times`: where to save; None saves enough for interpolation in between to be as good as the solution.
    - `precision`: width of the numbers, "double" or "single" (None: the method's own, usually double).
    - `patience`: without a `tolerance`, or with `throw=False`, refinement stops where the next resolution is expected
      to take more than so many seconds of work. Work is counted (unknowns × steps × what one costs a core), not
      measured: how far a solve goes does not depend on what else the machine is doing. The warning says so where it
      stopped for that reason.
    - `throw`: False returns a solution whose `result` says what went wrong, instead of raising `ConvergenceError`.

    Differentiable: with values that JAX traces, `jax.grad(lambda nu: sv.solve(problem.replace(nu=nu),
    resolution=64)(x=0.3, t=1.0))`. Refinement looks at numbers, so `resolution` must be given then (not for
    ordinary differential equations, whose steps adapt), and `solution.code` tells how it ended.

    Raises `UnsupportedError` where the method does not apply, naming those that do.
    """
    _check(problem, method, tolerance, resolution)
    _check_patience(patience)
    whole = concrete(problem)
    candidates = ranked(whole) if method is None else [(demand(whole, method), "you chose it")]
    saved = _checked_times(whole, times)
    (method, reason), goal = candidates[0], tolerance or default_tolerance(candidates[0][0])
    method, precision = with_precision(method, precision)
    if is_traced(problem.values):
        return _solve_traced(problem, method, reason, goal, resolution, saved, precision)
    with progress(f"Solving {problem.name}", None, quiet=quiet) as advance:
        values = bound_values(problem, precision)
        if resolution is not None:
            best = _solve_once(problem, values, method, goal, _counts(problem, resolution), saved, precision)
        else:
            others = [other for other in candidates[1:] if isinstance(other[0], FiniteDifference)]
            is_demand = tolerance is not None and throw
            hands_over = isinstance(method, Chebyshev) and problem.is_evolution and bool(others)
            aim = Aim(goal, is_demand, saved, most_points(method, problem), patience=patience)
            if hands_over:
                aim = dataclasses.replace(
                    aim, most_points=_HANDED_OVER[problem.ndim], first=_HANDED_FIRST[problem.ndim], gives_up=True
                )
            if isinstance(method, FiniteElement) and adapts(method, problem):
                best = adapt(problem, values, method, aim, precision, advance)
            else:
                best = refine(problem, values, method, aim, precision, advance)
            if hands_over and best.result is not None:
                method, reason = others[0][0], _why_handed_over(best)
                goal = tolerance or default_tolerance(method)
                first = _HANDED_NEXT[problem.ndim]
                aim = Aim(goal, is_demand, saved, most_points(method, problem), first, patience=patience)
                best = refine(problem, values, method, aim, precision, advance)
    solution = _solution(problem, values, method, reason, goal, best)
    if not quiet:
        print(_line(solution), file=sys.stderr)
    return _judged(solution, goal, best.stopped, patience, demanded=tolerance is not None, throw=throw)


def default_tolerance(method: AbstractMethod) -> float:
    """What `sv.solve` aims at when it is not told: 1e-6 for order 6 and above, 1e-5 for 4, 1e-3 for 2.

    3e-2 for finite volumes: a shock smeared over a cell leaves O(√h) in L2, whatever the order elsewhere.
    """
    if isinstance(method, FiniteVolume):
        return 3e-2
    return 1e-6 if method.order >= 6 else 1e-5 if method.order >= 4 else 1e-3


def _why_handed_over(best: Best) -> str:
    points = " × ".join(map(str, best.levels[-1].resolution))
    return f"Chebyshev polynomials did not resolve it with {points} points, and sparse matrices afford more"


def _solve_once(
    problem: Problem,
    values: Values,
    method: AbstractMethod,
    tolerance: float,
    resolution: tuple[int, ...] | None,
    times: tuple[float, ...] | None,
    precision: Precision,
) -> Best:
    prepared, assembling = prepare(problem, values, Request(method, _STEPS * tolerance, resolution, times, precision))
    outcome, compiling, running = prepared.run(values)
    level = Level(_shape(prepared, resolution), _STEPS * tolerance, assembling + compiling, running)
    return Best(as_field(problem, prepared, outcome), outcome, (level,), None)


def _solve_traced(
    problem: Problem,
    method: AbstractMethod,
    reason: str,
    tolerance: float,
    resolution: int | Sequence[int] | None,
    times: tuple[float, ...] | None,
    precision: Precision,
) -> Solution:
    if resolution is None and not problem.is_ode:
        raise ArgumentError(
            "Under jax.grad, jit or vmap the resolution cannot be refined.",
            given="resolution=None, with traced values",
            expected="a fixed resolution",
            fix="sv.solve(problem, resolution=...); a plain sv.solve tells which resolution is enough",
        )
    values = bound_values(problem, precision)
    counts = _counts(problem, resolution)
    prepared, _ = prepare(problem, values, Request(method, _STEPS * tolerance, counts, times, precision))
    outcome = prepared.traced(values)
    level = Level(_shape(prepared, counts), _STEPS * tolerance, 0.0, 0.0)
    best = Best(as_field(problem, prepared, outcome), outcome, (level,), None)
    return _solution(concrete(problem), values, method, reason, tolerance, best)


def _solution(
    problem: Problem, values: Values, method: AbstractMethod, reason: str, tolerance: float, best: Best
) -> Solution:
    error_bar = None
    if best.difference is not None:
        source = "two tolerances" if problem.is_ode else "two resolutions"
        source += "" if best.order is None else f", order {best.order:.2g}"
        error_bar = ErrorBar(
            best.difference.relative_l2,
            best.difference.relative_max,
            source if best.slope is None else "residual, calibrated by two meshes",
            interpolation=best.interpolation,
            gradient=best.slope,
        )
    code = best.outcome.code
    if best.result is not None:
        code = np.asarray(tuple(Result).index(best.result))
    return Solution(
        field=best.field,
        code=code,
        steps=best.outcome.steps,
        values=values,
        summary=summarise(problem),
        problem=problem,
        statistics=Statistics(method, reason, tolerance, best.levels),
        error_bar=error_bar,
        cell_errors=best.cells,
    )


def _judged(
    solution: Solution, tolerance: float, stopped: str, patience: float, *, demanded: bool, throw: bool
) -> Solution:
    """Raises or warns where a solve did not end well."""
    result = solution.result
    if result or not throw:
        return solution
    observed = "no error estimate" if solution.error_bar is None else f"error {solution.error_bar}"
    if result is Result.not_resolved and not demanded:
        warnings.warn(
            f"'{solution.summary.name}' is resolved to {observed}, short of the {tolerance:g} aimed at by default: "
            f"{stopped or 'nothing finer is left to try'}. Ask for what you need: sv.solve(problem, tolerance=...), "
            f"however long it takes; patience={10 * patience:g}; or a fixed resolution=...",
            stacklevel=3,
        )
        return solution
    points = solution.resolution or "adaptive"
    raise ConvergenceError(
        f"'{solution.summary.name}' was not solved by {type(solution.method).__name__} ({result.name}).",
        given="; ".join(part for part in (f"{observed} with {points} points", stopped, result.value) if part),
        expected=f"relative L2 error {tolerance:g}",
        fix="a larger tolerance, another method or parameter; throw=False returns the attempt",
    )


def _check(problem: Any, method: Any, tolerance: Any, resolution: Any) -> None:
    if not isinstance(problem, Problem):
        raise ArgumentError("sv.solve takes a statement.", given=repr(problem)[:80], expected="sv.Problem(...)")
    if method is not None and not isinstance(method, AbstractMethod):
        raise ArgumentError(
            "This is not a method.",
            given=repr(method)[:80],
            expected="a recipe such as sv.methods.FiniteDifference(), or None to have one chosen",
            fix="add the brackets: sv.methods.NAME()" if isinstance(method, type) else None,
        )
    if tolerance is not None and not (isinstance(tolerance, Real) and 0 < tolerance < 1):
        raise ArgumentError("The tolerance is out of range.", given=repr(tolerance), expected="a number in (0, 1)")
    counts = resolution if isinstance(resolution, Sequence) else () if resolution is None else (resolution,)
    if any(not isinstance(n, int | np.integer) or n < 1 for n in counts):
        raise ArgumentError("The resolution is no number of points.", given=resolution, expected="integers > 0")


def _check_patience(patience: Any) -> None:
    if not (isinstance(patience, Real) and patience > 0):
        raise ArgumentError("patience is no time.", given=repr(patience), expected="seconds of work > 0")


def _counts(problem: Problem, resolution: int | Sequence[int] | None) -> tuple[int, ...] | None:
    if resolution is None or problem.space is None:
        return None
    counts = (resolution,) * problem.ndim if isinstance(resolution, int | np.integer) else tuple(resolution)
    if len(counts) != problem.ndim:
        raise ArgumentError(
            "One number of points per side is needed.", given=resolution, expected=f"an integer, or {problem.ndim}"
        )
    return tuple(map(int, counts))


def _checked_times(problem: Problem, times: Sequence[float] | None) -> tuple[float, ...] | None:
    if times is None:
        return None
    try:
        saved = np.atleast_1d(np.asarray(times, float))
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            "The times to save are no numbers.", given=repr(times)[:80], expected="increasing times, or None"
        ) from error
    if problem.is_steady or problem.time is None:
        raise ArgumentError("A steady problem has no times.", given=f"times={list(saved)[:5]}", expected="times=None")
    start, stop = problem.time.start, problem.time.stop
    if (
        not saved.size
        or saved.ndim != 1
        or not np.all((saved >= start) & (saved <= stop))
        or np.any(np.diff(saved) <= 0)
    ):
        raise ArgumentError(
            "The times to save do not fit.",
            given=str(saved[:6]),
            expected=f"increasing times in [{start:g}, {stop:g}]",
        )
    return tuple(map(float, saved))


def _shape(prepared: Prepared, resolution: tuple[int, ...] | None) -> tuple[int, ...]:
    space = prepared.compiled.space
    return resolution or (space.grid.shape if isinstance(space, AbstractGridSpace) else ())


def _line(solution: Solution) -> str:
    sizes = " × ".join(map(str, solution.resolution))
    parts = [f"{solution.summary.name}: {type(solution.method).__name__}, because {solution.reason}"]
    parts += [f"{sizes} points"] if sizes else []
    parts += [f"error about {solution.error_bar.relative_l2:.1e}"] if solution.error_bar else []
    statistics = solution.statistics
    parts.append(f"{statistics.run_seconds:.2g} s + {statistics.compile_seconds:.2g} s compiling")
    return "; ".join(parts)
