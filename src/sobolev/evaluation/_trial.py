"""What everything is scored on: inputs with a truth, and which frames of it count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..data import Task
from ..fields import FieldSpec, Grid
from ..training import FinalTime, OneStep, WholeTrajectory

EvolutionMap = FinalTime | OneStep | WholeTrajectory


@dataclass(frozen=True, eq=False)
class Trial:
    """Samples on which contenders are scored.

    `inputs`: `(sample, *space, channels)`; `truth`: `(sample, [time,] *space, channels)` at the `times` that count
    (None for a map without times). The given start never counts (R10).
    """

    inputs: np.ndarray
    truth: np.ndarray
    input_spec: FieldSpec
    output_spec: FieldSpec
    times: np.ndarray | None = None
    where: str = "test"

    def __len__(self) -> int:
        return len(self.inputs)


def counted_frames(task_times: np.ndarray | None, how: EvolutionMap | None) -> np.ndarray | None:
    """Numbers of the saved times that a prediction in this manner covers; None without times."""
    if task_times is None:
        return None
    everything = np.arange(len(task_times))
    match how:
        case OneStep():
            return everything[how.stride :: how.stride]
        case WholeTrajectory():
            return everything[1:]
        case FinalTime(time=time):
            return everything[-1:] if time is None else everything[[int(np.argmin(np.abs(task_times - time)))]]
    return everything[1:]


def trial_of(
    inputs: np.ndarray,
    outputs: np.ndarray,
    task: Task,
    how: EvolutionMap | None,
    where: str = "test",
    grid: Grid | None = None,
) -> Trial:
    """Inputs and whole outputs (all saved times) as a trial of what `how` predicts; on the task's grid or another."""
    frames = counted_frames(task.times, how)
    times = task.times
    if frames is not None and times is not None:
        is_map = isinstance(how, FinalTime)
        outputs = outputs[:, frames[0]] if is_map else outputs[:, frames]
        times = None if is_map else np.asarray(times)[frames]
    specs = (task.input_spec, task.output_spec)
    if grid is not None:
        specs = tuple(FieldSpec(spec.names, grid) for spec in specs)
    return Trial(np.asarray(inputs), np.asarray(outputs), *specs, times, where)


def on_test_split(task: Task, how: EvolutionMap | None) -> Trial:
    """The test split of a task as a trial."""
    return trial_of(*task.arrays(task.splits.test), task, how)


def as_map(task: Task, how: EvolutionMap | None) -> Task:
    """The task as a map from field to field."""
    return task if task.times is None or how is None else how(task)
