"""Rows that cost no thought and must be beaten (R5): zero, training mean, persistence, kernel ridge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..data import Task
from ..equations import Problem
from ..fields import FieldSpec
from ..solutions import ErrorTable, Solution, field_error
from ..spaces import FiniteElement
from ._entries import Cost, Entry, Run
from ._errors import errors
from ._trial import EvolutionMap, Trial, counted_frames

_ORDER = 5  # of the quadrature on cells


def constant_rows(trial: Trial, task: Task, how: EvolutionMap | None, problem: Problem | None) -> list[Entry]:
    """Zero, the training mean, and for evolutions persistence of the given state."""
    guesses: dict[str, Callable[[], np.ndarray]] = {
        "zero": lambda: np.zeros_like(trial.truth),
        "training mean": lambda: np.broadcast_to(training_mean(task, trial, how), trial.truth.shape),
    }
    if task.times is not None:
        guesses["persistence"] = lambda: persistence(trial, task.output_spec)
    if not len(task.splits.train):
        del guesses["training mean"]
    return [
        Entry(name, "trivial", (Run(scored(guess(), trial, problem), Cost()),), where=trial.where)
        for name, guess in guesses.items()
    ]


def scored(prediction: np.ndarray, trial: Trial, problem: Problem | None):
    """Errors of a prediction on a trial."""
    return errors(prediction, trial.truth, trial.output_spec, times=trial.times, problem=problem)


def training_mean(task: Task, trial: Trial, how: EvolutionMap | None) -> np.ndarray:
    """Mean output over the training split, at the frames that count, in one pass."""
    frames = counted_frames(task.times, how)
    total, count = 0.0, 0
    for _, outputs in task.blocks(task.splits.train, 256):
        kept = outputs if frames is None else outputs[:, frames[0]] if trial.times is None else outputs[:, frames]
        total, count = total + kept.sum(axis=0, dtype=np.result_type(kept.dtype, np.float64)), count + len(kept)
    return total / max(count, 1)


def persistence(trial: Trial, spec: FieldSpec) -> np.ndarray:
    """The given state (the first channels of the input) at every later time."""
    state = trial.inputs[..., : spec.channels]
    return state if trial.times is None else np.broadcast_to(state[:, None], trial.truth.shape)


def constants_on_cells(truth: Solution) -> dict[str, ErrorTable]:
    """Zero and the mean of the truth itself, which no constant beats, for what is solved on a mesh."""
    space, field = truth.space, truth.field
    assert isinstance(space, FiniteElement)
    x, weights = space.mesh.geometry.quadrature(_ORDER)
    points: dict[str, Any] = dict(zip(space.mesh.names, x.T, strict=True))
    times = None if truth.times is None or field.time_name is None else np.asarray(truth.times)
    if times is not None and field.time_name is not None:
        points[field.time_name] = times[:, None]
    ndim = space.mesh.ndim
    v = field.jet(points, (0,) * ndim)
    slopes = [field.jet(points, tuple(int(i == axis) for i in range(ndim))) for axis in range(ndim)]
    mean = np.average(v, axis=-2, weights=weights)
    mean = np.broadcast_to(mean if times is None else mean.mean(0), v.shape)
    return {
        name: ErrorTable(
            tuple(
                field_error(
                    unknown,
                    guess[..., i],
                    v[..., i],
                    [(0 * s[..., i], s[..., i]) for s in slopes],
                    weights,
                    times is None,
                )
                for i, unknown in enumerate(truth.names)
            ),
            f"{truth.method}",
        )
        for name, guess in {"zero": np.zeros_like(v), "constant mean": mean}.items()
    }
