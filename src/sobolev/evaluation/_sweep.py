"""The classical method over resolutions (R1), and the reference that comes out of it (R3)."""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._core import ConvergenceError, Result, SobolevError, precision_context
from ..data import Task
from ..fields import Axis, Grid
from ..methods import AbstractMethod, Compiled, Difference, Distance, Outcome, estimated_error, with_distance
from ..solutions import SpaceTimeField
from ._draws import Family
from ._entries import FrontPoint
from ._metrics import joint_relative_l2, relative_max
from ._timing import compiled_in, seconds_of

_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_RESOLVED = 5e-3  # beyond twice the data's resolution, two runs that agree to this are enough
_CONVERGED = 1e-7  # beyond the data's own resolution, two runs that agree to this leave nothing to learn from a third
_NEARLY = 1e-4  # the same, where the third would take longer than patience allows
_LEAST_POINTS = 6
_TOLERANCE = 1e-6  # of steps and iterations
_AFFORDED = 60.0  # seconds that a run on all members may take, or as many as the data took where those were more
_STRETCHED = 4.0  # times as many that a run on the fewest members may take, before it is left out
_FEWEST = 8  # members
_WARM = 1.0  # seconds from which a solve is timed at the first go: what warming up saves is less than the solve
_BATCHED = 5.0  # seconds that solving all members one by one may take for a batch of them to be timed


@dataclass(frozen=True, eq=False)
class Program:
    """A classical solve of one member at one resolution, compiled."""

    compiled: Compiled
    run: Callable[[Any], Outcome]
    members: Any  # structure of the members it was compiled for
    seconds: float


@dataclass(frozen=True, eq=False)
class Level:
    """One classical run on all members; `failure` says what went wrong, if anything."""

    resolution: tuple[int, ...]
    seconds: float = math.inf
    failure: str = ""
    program: Program | None = None
    coefficients: Any = None
    first: SpaceTimeField | None = None  # the first member's solution, as a function

    @property
    def compilation(self) -> float:
        return self.program.seconds if self.program else 0.0

    def on(self, grid: Grid) -> np.ndarray:
        """`(sample, [time,] *space, unknowns)` on any grid over the box, by the space's own evaluation."""
        if self.program is None:
            raise ConvergenceError("This classical run failed.", given=self.failure)
        return on_points(self.program.compiled, self.coefficients, grid)


@dataclass(frozen=True, eq=False)
class Sweep:
    """The runs, the members they were of, and what was left out because it costs too much (R12: never in silence)."""

    levels: list[Level]
    family: Family
    remarks: tuple[str, ...] = ()


def sweep(family: Family, method: AbstractMethod, task: Task, *, patience: float, done: Callable[[str], None]) -> Sweep:
    """Runs from a quarter of the data's resolution to twice it, and on as long as none succeeded or two still differ,
    and `patience` seconds of computing allow; no further than the data's own where two runs agree to 1e-7 by then, or
    to 1e-4 and the next would take longer than that.

    Each member is solved by itself, in double precision; the seconds are the median over members. Where a run on all
    of them is expected to take longer than the data did (or a minute), it and those before are of fewer members, at
    least 8; and where that is far too long as well, the sweep ends with what it has.
    """
    levels: list[Level] = []
    remarks: list[str] = []
    afforded = max(_AFFORDED, float(task.provenance.get("seconds") or 0.0))
    steps = not family.problem.is_steady
    for factor in _FACTORS:
        resolution = tuple(_points(axis, factor) for axis in task.output_spec.grid.axes)
        if resolution in [level.resolution for level in levels]:
            continue
        if factor > 1 and _is_enough(family, levels, task, resolution, patience, factor > 2):
            break
        expected = _expected(levels, resolution, 1, steps)
        few = min(len(family), max(_FEWEST, int(afforded / expected))) if expected > 0 else len(family)
        if factor > 1 and few * expected > _STRETCHED * afforded and sum(not lv.failure for lv in levels) > 1:
            remarks.append(f"{label(resolution)} left out: about {few * expected:.0f} s for {few} test inputs")
            break
        if few < len(family):
            remarks.append(
                f"{few} test inputs: {label(resolution)} would have taken about {len(family) * expected:.0f} s "
                f"for {len(family)}"
            )
            family, levels = family.first(few), [_first(level, few) for level in levels]
        levels.append(classical_level(family, method, task.times, resolution))
        done(f"{type(method).__name__} {label(resolution)}")
    return Sweep(levels, family, tuple(remarks))


def _first(level: Level, samples: int) -> Level:
    """The same run, of the first so many members."""
    kept = None if level.coefficients is None else level.coefficients[:samples]
    return dataclasses.replace(level, coefficients=kept)


def _is_enough(
    family: Family, levels: list[Level], task: Task, resolution: tuple[int, ...], patience: float, is_extra: bool
) -> bool:
    """Whether the runs so far have converged, or nearly so while the next takes longer than `patience`.

    `is_extra`: the next is finer than twice the data, and worth it only while nothing is resolved.
    """
    finest = next((lv for lv in reversed(levels) if not lv.failure), None)
    coarser = [] if finest is None else _coarser(levels, finest)
    bar = math.inf if finest is None or not coarser else _distance(coarser[-1], finest, task).relative_l2
    is_long = _expected(levels, resolution, len(family), not family.problem.is_steady) > patience
    if bar <= (_NEARLY if is_long else _CONVERGED):
        return True
    resolved = finest is not None and (bool(levels[-1].failure) or bar <= _RESOLVED)
    return is_extra and (resolved or levels[-1].program is None or is_long)


def classical_level(
    family: Family, method: AbstractMethod, times: Any, resolution: tuple[int, ...], like: Level | None = None
) -> Level:
    """One resolution; whatever goes wrong is recorded in it (R12). `like`: an earlier run whose program is taken where
    it fits."""
    try:
        return _level(family, method, times, resolution, like)
    except (SobolevError, MemoryError, jax.errors.JaxRuntimeError) as error:
        return Level(resolution, failure=f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")


def _level(
    family: Family, method: AbstractMethod, times: Any, resolution: tuple[int, ...], like: Level | None
) -> Level:
    members = family.members()
    with precision_context("double"):
        program = like.program if like is not None else None
        if program is None or program.members != jax.tree.structure(members[0]):
            program = _program(family, method, times, resolution, members[0])
        begin = time.perf_counter()
        outcomes = [jax.block_until_ready(program.run(members[0]))]
        spent = [time.perf_counter() - begin]
        if spent[0] < _WARM:
            spent, outcomes = [], []
        for member in members[len(spent) :]:
            begin = time.perf_counter()
            outcomes.append(jax.block_until_ready(program.run(member)))
            spent.append(time.perf_counter() - begin)
        codes = np.array([int(o.code) for o in outcomes])
        coefficients = np.stack([np.asarray(o.coefficients) for o in outcomes])
    failure = ""
    if codes.any() or not np.isfinite(coefficients).all():
        worst = tuple(Result)[int(codes.max())] if codes.any() else Result.nonfinite
        failure = f"{worst.name} in {max(1, np.count_nonzero(codes))} of {len(codes)} samples"
    first = _field(family, program.compiled, outcomes[0])
    return Level(resolution, float(np.median(spent)), failure, program, coefficients, first)


def closely_followed(family: Family, method: AbstractMethod, resolution: tuple[int, ...]) -> SpaceTimeField:
    """The first member of an evolution, saved so often near its end that differences in time are those of its rates."""
    time = family.problem.time
    assert time is not None
    times = time.stop - (time.stop - time.start) * np.linspace(1 / 64, 0, 9)
    member = family.members()[0]
    with precision_context("double"):
        program = _program(family, method, times, resolution, member)
        return _field(family, program.compiled, program.run(member))


def _field(family: Family, compiled: Compiled, outcome: Outcome) -> SpaceTimeField:
    name, saved = None, None
    if compiled.times is not None and family.problem.time is not None:
        name, saved = family.problem.time.name, tuple(map(float, np.asarray(compiled.times)))
    return SpaceTimeField(compiled.space, outcome.coefficients, outcome.rates, saved, name)


def _program(family: Family, method: AbstractMethod, times: Any, resolution: tuple[int, ...], member: Any) -> Program:
    saved = None if times is None else tuple(float(t) for t in times)
    compiled = method.compile(family.problem, tolerance=_TOLERANCE, resolution=resolution or None, times=saved)
    run, seconds = compiled_in(lambda one: compiled.run(family.values(one)), member)
    return Program(compiled, run, jax.tree.structure(member), seconds)


def batched_seconds(family: Family, level: Level) -> float | None:
    """Seconds of one solve when all members are solved in one call, or by itself where that is faster; None where the
    batch cannot be solved."""
    if level.program is None or level.seconds * len(family) > _BATCHED:
        return None
    compiled = level.program.compiled
    try:
        with precision_context("double"):
            run, _ = compiled_in(jax.vmap(lambda one: compiled.run(family.values(one))), family.drawn)
            return min(level.seconds, seconds_of(run, family.drawn) / len(family))
    except (SobolevError, MemoryError, jax.errors.JaxRuntimeError):
        return None


def on_points(compiled: Compiled, coefficients: Any, grid: Grid) -> np.ndarray:
    """Batched coefficients as values on a grid."""
    if compiled.problem.is_ode:
        return np.asarray(coefficients)
    zeros, points, space = (0,) * grid.ndim, grid.coordinates, compiled.space

    def at(c: Any) -> Any:
        return space.jet(c, zeros, points)

    every = jax.vmap(at) if compiled.times is None else jax.vmap(jax.vmap(at))
    with precision_context("double"):
        return np.asarray(jax.jit(every)(jnp.asarray(coefficients)))


def front_of(method: AbstractMethod, levels: Sequence[Level], truth: Callable[[Level], float]) -> list[FrontPoint]:
    """The levels as points of the front; `truth` scores one."""
    name = method_name(method)
    return [
        FrontPoint(name, label(lv.resolution), math.inf, lv.seconds, lv.compilation, lv.failure)
        if lv.failure
        else FrontPoint(name, label(lv.resolution), truth(lv), lv.seconds, lv.compilation)
        for lv in levels
    ]


def bar_of(levels: Sequence[Level], reference: Level, task: Task) -> tuple[float | None, str]:
    """The reference's estimated error, the mean over samples: its distance to the next coarser run, or more where the
    run before that one shows that convergence is slow."""
    runs = [*_coarser(levels, reference)[-2:], reference]
    if len(runs) == 1:
        return None, f"one resolution only, {label(reference.resolution)}"
    distances: list[Distance] = []
    for number, (a, b) in enumerate(itertools.pairwise(runs)):
        distances = with_distance(distances, _distance(a, b, task), [r.resolution for r in runs[: number + 2]])
    how = f"resolutions {label(runs[-2].resolution)} and {label(reference.resolution)}"
    return estimated_error(distances, math.inf).error.relative_l2, how


def _coarser(levels: Sequence[Level], reference: Level) -> list[Level]:
    return [lv for lv in levels if not lv.failure and math.prod(lv.resolution) < math.prod(reference.resolution)]


def _distance(coarse: Level, fine: Level, task: Task) -> Difference:
    grid = task.output_spec.grid
    u, v = coarse.on(grid), fine.on(grid)
    square = joint_relative_l2(u, v, grid, task.times)
    highest = relative_max(u, v, grid, task.times).max(axis=-1)
    return Difference(float(np.mean(square)), float(np.mean(highest)))


def label(resolution: Sequence[int]) -> str:
    """16 × 16."""
    return " × ".join(map(str, resolution)) or "adaptive"


def method_name(method: AbstractMethod) -> str:
    """The recipe's name, with its order where that is a choice."""
    order = method.order if math.isfinite(method.order) else None
    return type(method).__name__ + (f" (order {order:g})" if order is not None else "")


def _points(axis: Axis, factor: float) -> int:
    ends = 1 if axis.kind in ("nodes", "chebyshev") else 0
    count = max(_LEAST_POINTS, round((axis.points - ends) * factor))
    return count + count % 2 + ends


def _expected(levels: Sequence[Level], resolution: tuple[int, ...], samples: int, steps: bool) -> float:
    """Seconds of computing that the next level will take, from the last one; what compiling takes does not count, so
    that a busy machine chooses as an idle one does."""
    if not levels or not math.isfinite(levels[-1].seconds):
        return 0.0
    growth = math.prod(resolution) / math.prod(levels[-1].resolution)
    per_side = growth ** (1 / max(1, len(resolution)))
    return samples * levels[-1].seconds * growth**1.2 * (per_side if steps else 1.0)
