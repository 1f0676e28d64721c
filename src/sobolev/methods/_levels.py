"""Refinement until two resolutions agree."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import Precision, Result
from ..equations import Problem, Values
from ..solutions import Level, SpaceTimeField
from ._abstract import AbstractMethod, Outcome
from ._chebyshev import Chebyshev
from ._error_bars import Distance, Estimate, estimated_error, with_distance
from ._finite_element import FiniteElement
from ._patience import PATIENCE, expected_work, work_of
from ._prepared import Prepared, Request, prepare
from ._refinement import (
    Difference,
    difference,
    first_resolution,
    first_times,
    interpolation_error,
    more_times,
    refined,
    spectral_tail,
    times_factor,
)

_MOST_LEVELS = 10
_MOST_FAILURES = 2  # in a row, of a steady solve: an iteration that fails twice is not helped by more points
_FIRST_FACTOR = 4  # of saved times, before any level has shown how far it is off
_STEPS = (0.5, 0.05)  # tolerances in time of two successive levels, relative to the whole
_LEAST_TOLERANCE = {"double": 1e-13, "single": 1e-6}


@dataclass(frozen=True)
class Best:
    """The finest level reached, its estimated error, and why the search stopped (None: it agreed).

    `difference`: the error estimated from the distances of the levels; `order`: the order of convergence that it rests
    on, where that is more than the last distance itself. `stopped` says in a few words why nothing finer was tried.
    `slope` and `cells`: estimated relative error of the gradient, in all and of each cell, where a mesh was adapted.
    """

    field: SpaceTimeField
    outcome: Outcome
    levels: tuple[Level, ...]
    difference: Difference | None
    result: Result | None = None
    interpolation: float = 0.0
    slope: float | None = None
    cells: np.ndarray | None = None
    stopped: str = ""
    order: float | None = None


@dataclass(frozen=True)
class Aim:
    """What refinement is to reach: relative L2 `tolerance`, at any cost up to `most_points` if `is_demand`.

    `first`: where to begin (None: by method); `gives_up`: stop as soon as the spectrum says that `most_points` will
    not be enough, because another method is waiting; `patience`: seconds of work (`work_of`) that the next level may be
    expected to take where the tolerance is only a goal.
    """

    tolerance: float
    is_demand: bool
    times: tuple[float, ...] | None
    most_points: int
    first: tuple[int, ...] | None = None
    gives_up: bool = False
    patience: float = PATIENCE


@dataclass(frozen=True)
class _Attempt:
    resolution: tuple[int, ...] | None
    tolerance: float
    times: tuple[float, ...] | None


def refine(
    problem: Problem,
    values: Values,
    method: AbstractMethod,
    aim: Aim,
    precision: Precision,
    advance: Callable[..., None],
) -> Best:
    """Solves at finer and finer levels until the error that their distances tell is below the tolerance, relative L2.

    From level to level the steps in time are refined as well, so that their error shows in the difference. Coarse
    levels steer the finer ones: a level whose spectrum has decayed is resolved in space, and only its steps are
    refined further; the order of convergence says how far to go; saved times are added until interpolation
    between them is as good as the solution.
    """
    tolerance, times = aim.tolerance, aim.times
    grows = problem.is_evolution and times is None
    attempt = _Attempt(
        None if problem.is_ode else aim.first or first_resolution(method, problem.space),
        max(_STEPS[0] * tolerance, _LEAST_TOLERANCE[precision]),
        first_times(problem) if grows else times,
    )
    levels: list[Level] = []
    distances: list[Distance] = []
    previous: SpaceTimeField | None = None
    best: Best | None = None
    failures = 0
    while True:
        field, outcome, level, prepared = _level(problem, values, method, attempt, precision)
        advance(1, note=" × ".join(map(str, level.resolution)) + " points" if level.resolution else "")
        code = tuple(Result)[int(outcome.code)]
        change = None if previous is None or not code else difference(previous, field)
        levels.append(_with_change(level, change))
        distances = with_distance(distances, change, tuple(lv.resolution for lv in levels))
        estimate = estimated_error(distances, method.order) if distances else None
        between = interpolation_error(field) if grows and code else 0.0
        agreed = estimate is not None and estimate.error.relative_l2 <= tolerance
        factor = _times_factor(field, between, tolerance, change) if grows and code else 1
        result = None if agreed and code else (code if not code else Result.not_resolved)
        best = _best(field, outcome, levels, estimate, change, result, between)
        if agreed and (factor == 1 or between <= tolerance):
            return best
        following = attempt if agreed else _following(problem, method, attempt, prepared, best, aim, precision)
        failures = 0 if code else failures + 1
        hopeless = problem.is_steady and failures >= _MOST_FAILURES
        if hopeless or len(levels) >= _MOST_LEVELS:
            return dataclasses.replace(best, stopped=f"{len(levels)} resolutions were tried")
        if isinstance(following, str):
            return dataclasses.replace(best, stopped=following)
        attempt = _Attempt(
            following.resolution, following.tolerance, more_times(attempt.times, factor) if grows else times
        )
        previous = field if code else None


def _times_factor(field: SpaceTimeField, between: float, tolerance: float, change: Difference | None) -> int:
    """How many times as many saved times the next level has: each costs a step or two, and room.

    What interpolation between them need not be is much better than the next level will be: at best its error is the
    square of this one's. Nothing is known after the first, of which plane and solid ones take a few times more at most.
    """
    hoped = 0.0 if change is None else change.relative_l2**2
    factor = times_factor(field, between, 0.3 * max(tolerance, min(hoped, 1.0)))
    return factor if change is not None or field.box is None or field.box.ndim == 1 else min(factor, _FIRST_FACTOR)


def _best(
    field: SpaceTimeField,
    outcome: Outcome,
    levels: list[Level],
    estimate: Estimate | None,
    change: Difference | None,
    result: Result | None,
    between: float,
) -> Best:
    if estimate is None:
        return Best(field, outcome, tuple(levels), None, result, between)
    error = estimate.error
    order = estimate.order if change is not None and error.relative_l2 > change.relative_l2 else None
    return Best(field, outcome, tuple(levels), error, result, between, order=order)


def _level(
    problem: Problem, values: Values, method: AbstractMethod, attempt: _Attempt, precision: Precision
) -> tuple[SpaceTimeField, Outcome, Level, Prepared]:
    request = Request(method, attempt.tolerance, attempt.resolution, attempt.times, precision)
    prepared, assembling = prepare(problem, values, request)
    outcome, compiling, running = prepared.run(values)
    level = Level(attempt.resolution or (), attempt.tolerance, assembling + compiling, running)
    return as_field(problem, prepared, outcome), outcome, level, prepared


def as_field(problem: Problem, prepared: Prepared, outcome: Outcome) -> SpaceTimeField:
    """The outcome as a field."""
    times = prepared.compiled.times
    saved = None if times is None else tuple(map(float, np.asarray(times)))
    name = problem.time.name if saved is not None and problem.time is not None else None
    return SpaceTimeField(prepared.compiled.space, outcome.coefficients, outcome.rates, saved, name)


def _following(
    problem: Problem,
    method: AbstractMethod,
    attempt: _Attempt,
    prepared: Prepared,
    best: Best,
    aim: Aim,
    precision: Precision,
) -> _Attempt | str:
    """What to try next, or why there is nothing finer."""
    tolerance = aim.tolerance
    least = _LEAST_TOLERANCE[precision]
    change = math.inf if best.difference is None else best.difference.relative_l2
    tightened = max(attempt.tolerance * float(np.clip(0.1 * tolerance / change, 1e-4, 0.1)), least)
    if problem.is_ode:
        return _Attempt(None, tightened, attempt.times) if attempt.tolerance > least else "steps are as short as can be"
    resolved = math.isfinite(change) and spectral_tail(best.field) < 0.1 * tolerance
    if aim.gives_up and math.prod(attempt.resolution) * _modes_wanted(best.field, tolerance) > aim.most_points:
        return f"the spectrum asks for more than {aim.most_points} points"
    factor = _growth(method, best, change, tolerance)
    work = work_of(problem, method, math.prod(attempt.resolution), best.outcome)
    stopped = ""
    for smaller in range(factor, 1, -1):
        resolution = refined(prepared.compiled.space, attempt.resolution, smaller)
        expected = expected_work(work, attempt.resolution, resolution)
        sizes = " × ".join(map(str, resolution))
        if math.prod(resolution) > aim.most_points:
            stopped = f"{sizes} points are more than the {aim.most_points} that this method affords"
        elif not aim.is_demand and expected > aim.patience:
            stopped = f"{sizes} points would take about {expected:.2g} s of work, more than patience={aim.patience:g}"
        else:
            # Steps alternate between two tolerances, so that their error shows in every difference of levels; where
            # the spectrum says that it is not space which is at fault, they are refined further.
            loose, tight = (share * tolerance for share in _STEPS)
            steps = tight if attempt.tolerance >= loose else min(loose, 10 * attempt.tolerance)
            return _Attempt(resolution, tightened if resolved else max(steps, least), attempt.times)
    return stopped


def _growth(method: AbstractMethod, best: Best, change: float, tolerance: float) -> int:
    """How many times as fine the next level is: 2 to 4, by the order of convergence or the decay of the spectrum."""
    field = best.field
    if math.isfinite(method.order):
        order = best.order or method.order
        wanted = (change / tolerance) ** (1 / order) if math.isfinite(change) else 2.0
    else:
        wanted = _modes_wanted(field, tolerance)
    most = 2 if field.box is not None and field.box.ndim > 1 and isinstance(method, Chebyshev) else 4
    return int(np.clip(math.ceil(0.99 * wanted), 2, most))


def _modes_wanted(field: SpaceTimeField, tolerance: float) -> float:
    """How many times as many modes are needed: decaying like e^(−αk) they reach the tolerance at log tol / log tail."""
    tail = float(np.clip(spectral_tail(field), 1e-300, 0.5))
    return math.log(tolerance) / math.log(tail)


def most_points(method: AbstractMethod, problem: Problem) -> int:
    """The largest grid that refinement tries: what a laptop solves in about a minute, in a few gigabytes.

    Chebyshev matrices are full: n points per side in two dimensions are a matrix of n² rows.
    """
    if problem.is_ode:
        return 1
    if isinstance(method, Chebyshev):
        return {1: 1100, 2: 1100 if problem.is_evolution else 4300}[problem.ndim]
    if isinstance(method, FiniteElement):  # cells along the sides; a direct factorisation of degree^ndim as many nodes
        return {2: 2**17 // method.degree**2, 3: 2**15 // method.degree**3}[problem.ndim]
    spectral = math.isinf(method.order)
    return {1: 2**14, 2: 2**20 if spectral else 2**18 + 2**12, 3: 2**21 if spectral else 2**18 + 2**14}[problem.ndim]


def _with_change(level: Level, change: Any) -> Level:
    moved = None if change is None else change.relative_l2
    return Level(level.resolution, level.tolerance, level.compile_seconds, level.run_seconds, moved)
