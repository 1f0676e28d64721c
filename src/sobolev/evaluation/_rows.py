"""Rows of the comparison: contenders scored on the trial and outside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, SobolevError
from ..fields import Axis
from ..operators import AbstractOperator
from ._contenders import Contender, fault
from ._draws import drawn_family, inputs_on
from ._entries import Cost, Entry, Kind, Run
from ._rules import at_equal_error
from ._setting import Setting, as_channels, as_prediction, finest_of
from ._shift import shifted_problem
from ._sweep import Level, batched_seconds, classical_level, label
from ._trial import EvolutionMap, Trial, on_test_split, trial_of
from ._trivial import scored

_FAULTS = (SobolevError, MemoryError, jax.errors.JaxRuntimeError)


def contender_row(contender: Contender, trial: Trial, setting: Setting) -> Entry:
    """One contender with all its seeds on one trial; what goes wrong becomes the row's text (R12).

    Of what was learned elsewhere, what cannot be known is said in the row's remarks (R8, R10)."""
    kind: Kind = "trivial" if contender.is_trivial else "learned"
    if contender.failure:
        return Entry(contender.name, kind, where=trial.where, failure=contender.failure)
    runs = []
    try:
        for seed, operator, training, compilation in contender.fits:
            _check_names(operator, trial)
            prediction = contender.predictor(operator, trial)
            p = contender.predictor
            cost = Cost(contender.data, training, compilation + p.compilation, p.seconds, p.batched, p.own)
            runs.append(Run(scored(prediction, trial, setting.problem), cost, seed))
    except _FAULTS as error:
        return Entry(contender.name, kind, where=trial.where, failure=fault(error))
    notes = () if np.isfinite([run.score for run in runs]).all() else ("not finite",)
    if contender.origin and trial.where == "test":
        unseen = () if setting.is_drawn else ("whether it has seen the test samples is not known",)
        notes = (*notes, contender.origin, *unseen)
    return Entry(contender.name, kind, tuple(runs), where=trial.where, notes=(*notes, *contender.remarks))


def _check_names(operator: AbstractOperator, trial: Trial) -> None:
    """An operator learned elsewhere may be of other fields."""
    steps = 1 if trial.times is None else len(trial.times)
    for mine, given in ((operator.inputs, trial.input_spec), (operator.outputs, trial.output_spec)):
        is_trajectory = len(mine.names) == steps * len(given.names)  # all times as channels
        if mine.names != given.names and not is_trajectory:
            raise ArgumentError(
                f"It was learned for other fields: {', '.join(mine.names)}, not {', '.join(given.names)}."
            )


def classical_rows(setting: Setting, evolution: EvolutionMap | None) -> list[Entry]:
    """Every run of the sweep with all its errors; the coarsest, interpolated, is a trivial row."""
    if setting.method is None or setting.problem is None or setting.family is None:
        return []
    found = [Entry(title, "classical", failure=failure) for title, failure in setting.abandoned]
    samples = len(setting.family)
    few = dataclasses.replace(setting.trial, inputs=setting.trial.inputs[:samples], truth=setting.trial.truth[:samples])
    for number, lv in enumerate(setting.levels):
        is_coarse = number == 0 and len(setting.levels) > 1
        title = f"coarse grid {label(lv.resolution)}" if is_coarse else f"classical, {label(lv.resolution)}"
        kind: Kind = "trivial" if is_coarse else "classical"
        if lv.failure:
            found.append(Entry(title, kind, failure=lv.failure))
            continue
        if setting.is_drawn and lv is finest_of(setting.levels):
            continue  # the reference itself
        prediction = as_prediction(lv, few, setting.task, evolution, setting.problem)
        cost = Cost(0.0, 0.0, lv.compilation, lv.seconds, setting.front[number].batched)
        found.append(Entry(title, kind, (Run(scored(prediction, few, setting.problem), cost),)))
    return found


def with_batches(setting: Setting, entries: Sequence[Entry]) -> Setting:
    """The setting with those classical runs timed in a batch, too, that entries stand beside at equal error (R9)."""
    wanted = [at_equal_error(setting.front, e.median) for e in entries if e.runs]
    if setting.family is None or not setting.front:
        return setting
    front = tuple(
        dataclasses.replace(point, batched=batched_seconds(setting.family, lv)) if point in wanted else point
        for point, lv in zip(setting.front, setting.levels, strict=True)
    )
    return dataclasses.replace(setting, front=front)


def outside_trials(
    setting: Setting, evolution: EvolutionMap | None, *, key: PRNGKeyArray
) -> list[tuple[Trial | None, str]]:
    """Trials outside the training law (R11): another law, and another resolution. Each may be missing, with why."""
    finest = finest_of(setting.levels)
    if not setting.is_drawn or setting.method is None or finest is None or setting.family is None:
        return [_half_grid(setting, evolution)]
    return [_other_law(setting, finest, evolution, key=key), _other_grid(setting, finest, evolution)]


def _half_grid(setting: Setting, evolution: EvolutionMap | None) -> tuple[Trial | None, str]:
    """What data of unknown law still allow: the test samples on every second point."""
    unknown = "no law is known from which to draw other inputs"
    try:
        coarse = setting.task.coarsened(2)
    except ArgumentError as error:
        return None, f"{unknown}, and no other resolution: {error.headline}"
    if coarse.output_spec.grid == setting.task.output_spec.grid:
        return None, unknown
    words = "half the resolution"
    return dataclasses.replace(on_test_split(coarse, evolution), where=words), f"{words}; {unknown}"


def _other_law(
    setting: Setting, finest: Level, evolution: EvolutionMap | None, *, key: PRNGKeyArray
) -> tuple[Trial | None, str]:
    moved = shifted_problem(setting.problem)
    if moved is None:
        return None, "no other law is known for these inputs"
    problem, words = moved
    task, grid = setting.task, setting.task.output_spec.grid
    family = drawn_family(problem, len(setting.trial), key=key)
    run = classical_level(family, setting.method, task.times, finest.resolution, like=finest)
    if run.failure:
        return None, f"{words}: the reference failed ({run.failure})"
    truth = as_channels(run.on(grid), problem, task.output_spec)
    inputs = inputs_on(family, grid, task, None if task.times is None else truth[:, 0])
    return trial_of(inputs, truth, task, evolution, words), f"{words}, reference {label(finest.resolution)}"


def _other_grid(setting: Setting, finest: Level, evolution: EvolutionMap | None) -> tuple[Trial | None, str]:
    task, words = setting.task, "twice the resolution"
    if not task.output_spec.grid.ndim:
        return None, "no other resolution: there is no space"
    grid = task.output_spec.grid.resized(tuple(_doubled(axis) for axis in task.output_spec.grid.axes))
    truth = as_channels(finest.on(grid), setting.problem, task.output_spec)
    inputs = inputs_on(setting.family, grid, task, None if task.times is None else truth[:, 0])
    return trial_of(inputs, truth, task, evolution, words, grid), f"{words}, reference {label(finest.resolution)}"


def _doubled(axis: Axis) -> int:
    ends = 1 if axis.kind in ("nodes", "chebyshev") else 0
    return 2 * (axis.points - ends) + ends
