"""Where a comparison takes place: the task to learn, the trial to be scored on, the classical runs beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ConvergenceError, UnsupportedError
from ..data import Task
from ..equations import Problem
from ..fields import FieldSpec
from ..methods import AbstractMethod, Chebyshev, FiniteDifference, choose
from ._draws import Family, drawn_family, gridded_family, inputs_on
from ._entries import FrontPoint, Reference
from ._metrics import joint_relative_l2
from ._sweep import Level, bar_of, front_of, label, sweep
from ._trial import EvolutionMap, Trial, on_test_split, trial_of

_LAST_RESORT = 10  # times the patience with the method that made the data, without which there is no reference


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything that does not depend on the contenders.

    `method` is None where none applies, and `why` says why; `family` are the trial's members as the classical method
    takes them, None where the trial's inputs are known on a grid only and no statement goes with them.
    """

    task: Task
    trial: Trial
    problem: Problem | None = None
    method: AbstractMethod | None = None
    why: str = ""
    family: Family | None = None
    levels: tuple[Level, ...] = ()
    front: tuple[FrontPoint, ...] = ()
    reference: Reference = field(default_factory=lambda: Reference("the data themselves"))
    is_drawn: bool = False  # the trial was drawn afresh from the statement's own law
    abandoned: tuple[tuple[str, str], ...] = ()  # runs of a stronger method, none of which succeeded, and why (R12)
    remarks: tuple[str, ...] = ()  # what of the sweep was left out for its cost


def is_simulated(task: Task, problem: Problem) -> bool:
    """Whether the task's samples are what `simulate` draws from this very statement."""
    return "fingerprint" in task.provenance and task.provenance.get("statement") == str(problem)


def drawn_setting(
    task: Task,
    problem: Problem,
    evolution: EvolutionMap | None,
    samples: int,
    patience: float,
    done: Callable[[str], None],
    *,
    key: PRNGKeyArray,
) -> Setting:
    """Scored on fresh draws against the finest classical run, whose own error bar is its distance to the next one."""
    method, why = chosen_method(problem)
    if method is None:
        return Setting(task, on_test_split(task, evolution), problem, None, why)
    family = drawn_family(problem, samples, key=key)
    swept = sweep(family, method, task, patience=patience, done=done)
    abandoned: tuple[tuple[str, str], ...] = ()
    other = learnable_method(problem)
    if finest_of(swept.levels) is None and type(other) is not type(method):
        abandoned = tuple((f"{type(method).__name__}, {label(lv.resolution)}", lv.failure) for lv in swept.levels)
        method, why = other, f"it made the data; {type(method).__name__}, which is stronger, solved none of its runs"
        swept = sweep(family, method, task, patience=_LAST_RESORT * patience, done=done)
    levels, family = swept.levels, swept.family
    finest = finest_of(levels)
    if finest is None:
        raise ConvergenceError(
            f"No classical run solved the {len(family)} test inputs of '{problem.name}': there is no reference (R3).",
            given="; ".join(f"{type(method).__name__} at {label(lv.resolution)}: {lv.failure}" for lv in levels),
            expected="a resolution at which every test input is solved",
            fix="a finer resolution=, or less extreme random inputs",
        )
    grid = task.output_spec.grid
    truth = as_channels(finest.on(grid), problem, task.output_spec)
    inputs = inputs_on(family, grid, task, None if task.times is None else truth[:, 0])
    bar, how = bar_of(levels, finest, task)
    same = [lv for lv in levels if lv.resolution == grid.shape and not lv.failure]
    distance = None
    if same:
        data = as_channels(same[0].on(grid), problem, task.output_spec)
        distance = float(np.mean(joint_relative_l2(data, truth, grid, task.times)))
    reference = Reference(f"{type(method).__name__} at {how}", bar, data_error=distance)
    trial = trial_of(inputs, truth, task, evolution)
    front = _front(method, levels, trial, task, evolution, problem, bar)
    return Setting(
        task, trial, problem, method, why, family, tuple(levels), front, reference, True, abandoned, swept.remarks
    )


def finest_of(levels: Sequence[Level]) -> Level | None:
    """The finest run that succeeded."""
    return next((lv for lv in reversed(levels) if not lv.failure), None)


def read_setting(
    task: Task,
    problem: Problem | None,
    evolution: EvolutionMap | None,
    samples: int,
    patience: float,
    done: Callable[[str], None],
) -> Setting:
    """Scored on the test split of given data; with a statement, the classical method solves for the same inputs."""
    trial = on_test_split(task, evolution)
    if problem is None:
        return Setting(task, trial, why="no statement was given with the data")
    method, why = chosen_method(problem)
    if method is None:
        return Setting(task, trial, problem, None, why)
    numbers = task.splits.test[:samples]
    inputs, outputs = task.arrays(numbers)
    family = gridded_family(problem, inputs, task.input_spec)
    swept = sweep(family, method, task, patience=patience, done=done)
    levels, family = swept.levels, swept.family
    inputs, outputs = inputs[: len(family)], outputs[: len(family)]
    finest = finest_of(levels)
    few = trial_of(inputs, outputs, task, evolution)
    front = _front(method, levels, few, task, evolution, problem, None)
    if finest is None:
        return Setting(task, trial, problem, method, why, family, tuple(levels), front, remarks=swept.remarks)
    solved = as_channels(finest.on(task.output_spec.grid), problem, task.output_spec)
    distance = float(np.mean(joint_relative_l2(outputs, solved, task.output_spec.grid, task.times)))
    bar, how = bar_of(levels, finest, task)
    how = f"the data; {type(method).__name__} at {how} differ by {0 if bar is None else bar:.1e}"
    reference = Reference(how, None, data_error=distance)
    return Setting(task, trial, problem, method, why, family, tuple(levels), front, reference, remarks=swept.remarks)


def chosen_method(problem: Problem) -> tuple[AbstractMethod | None, str]:
    """The strongest method and why, or None and why not (R2)."""
    try:
        return choose(problem)
    except UnsupportedError as error:
        return None, error.headline


def learnable_method(problem: Problem) -> AbstractMethod:
    """The strongest method whose samples networks can take: those on Chebyshev points they cannot."""
    method, _ = choose(problem)
    if not isinstance(method, Chebyshev):
        return method
    even = (FiniteDifference(order=order) for order in (4, 2))
    return next((m for m in even if m.applies(problem)), method)


def as_channels(outputs: np.ndarray, problem: Problem, spec: FieldSpec) -> np.ndarray:
    """Unknowns in the statement's order as a task's channels: complex ones as real and imaginary part."""
    found = []
    for name in spec.names:
        inner = name[3:-1] if name[:3] in ("re(", "im(") else name
        values = outputs[..., problem.unknown_names.index(inner)]
        found.append(values.imag if name[:3] == "im(" else values.real)
    return np.stack(found, axis=-1)


def as_prediction(
    level: Level, trial: Trial, task: Task, evolution: EvolutionMap | None, problem: Problem
) -> np.ndarray:
    """A classical run cut to what counts, as a prediction on the trial."""
    outputs = as_channels(level.on(task.output_spec.grid), problem, task.output_spec)
    return trial_of(trial.inputs, outputs, task, evolution).truth


def _front(
    method: AbstractMethod,
    levels: Sequence[Level],
    trial: Trial,
    task: Task,
    evolution: EvolutionMap | None,
    problem: Problem,
    bar: float | None,
) -> tuple[FrontPoint, ...]:
    def score(level: Level) -> float:
        predicted = as_prediction(level, trial, task, evolution, problem)
        distance = float(np.mean(joint_relative_l2(predicted, trial.truth, trial.output_spec.grid, trial.times)))
        # The reference itself is one of the runs: its error is what is estimated for it, not nothing.
        return max(distance, bar or 0.0) if distance < 1e-14 else distance

    return tuple(front_of(method, levels, score))
