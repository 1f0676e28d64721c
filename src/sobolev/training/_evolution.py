"""Evolution tasks as maps: to a given time, by one step, or to the whole trajectory."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import ArgumentError
from ..data import AbstractSamples, Mapped, Splits, Task
from ..fields import FieldSpec


@dataclass(frozen=True)
class FinalTime:
    """Start ↦ state at `time` (None: the last one saved): a task without times."""

    time: float | None = None

    def __call__(self, task: Task) -> Task:
        times = _times(task)
        frame = len(times) - 1 if self.time is None else int(np.argmin(np.abs(times - self.time)))
        slack = 1e-6 * (times[-1] - times[0])
        if frame == 0 or (self.time is not None and abs(times[frame] - self.time) > slack):
            raise ArgumentError(
                "This time is not saved.",
                given=self.time,
                expected=f"one of {', '.join(f'{t:g}' for t in times[1:])}",
            )
        return dataclasses.replace(
            task,
            outputs=Mapped(task.outputs, lambda y: y[:, frame], task.output_spec.shape),
            times=None,
            name=f"{task.name} at t = {times[frame]:g}",
        )


@dataclass(frozen=True)
class OneStep:
    """State ↦ state `stride` saved times later, learned through `unroll` applications in a row.

    Each sample becomes a window of the trajectory: `unroll` strides from a start. Training rolls the operator out over
    the window and takes the loss at every frame, with gradients through all of them; `unroll=1` is teacher forcing.
    Windows start at every `stride`-th frame that leaves room for them; channels of the input behind the state stay as
    they are.
    """

    stride: int = 1
    unroll: int = 1

    def __post_init__(self):
        for name in ("stride", "unroll"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ArgumentError(f"OneStep: {name} is no count.", given=repr(value), expected="an integer >= 1")

    def __call__(self, task: Task) -> Task:
        times = _times(task)
        gaps = np.diff(times)
        if not np.allclose(gaps, gaps[0], rtol=1e-3, atol=0):
            raise ArgumentError(
                f"The saved times of '{task.name}' are not equally spaced, so that steps differ.",
                given=f"gaps from {gaps.min():g} to {gaps.max():g}",
                fix="task.at_times(...), FinalTime() or WholeTrajectory()",
            )
        starts = np.arange(0, len(times) - self.stride * self.unroll, self.stride)
        if not len(starts):
            raise ArgumentError(
                f"The trajectories of '{task.name}' are shorter than one window.",
                given=f"{len(times)} frames; stride {self.stride} times unroll {self.unroll}",
                expected="stride * unroll < number of frames",
            )
        frames = starts[:, None] + self.stride * np.arange(self.unroll + 1)
        state = task.output_spec.channels
        windows = [(np.asarray(part)[:, None] * len(starts) + np.arange(len(starts))).ravel() for part in _parts(task)]
        return dataclasses.replace(
            task,
            inputs=_Starts(task.inputs, task.outputs, starts, state),
            outputs=_Windows(task.outputs, frames),
            times=times[0] + self.stride * gaps[0] * np.arange(self.unroll + 1),
            step=float(self.stride * gaps[0]),
            splits=Splits(*windows),
            name=f"{task.name}, one step of {self.stride * gaps[0]:g}",
        )


@dataclass(frozen=True)
class WholeTrajectory:
    """Start ↦ all later frames at once, as channels named `u@t`."""

    def __call__(self, task: Task) -> Task:
        times = _times(task)
        spec, later = task.output_spec, len(times) - 1
        names = tuple(f"{name}@{t:g}" for t in times[1:] for name in spec.names)

        def stacked(y: np.ndarray) -> np.ndarray:
            moved = np.moveaxis(y[:, 1:], 1, -2)
            return moved.reshape(*moved.shape[:-2], later * spec.channels)

        whole = FieldSpec(names, spec.grid)
        return dataclasses.replace(
            task,
            outputs=Mapped(task.outputs, stacked, whole.shape),
            output_spec=whole,
            times=None,
            name=f"{task.name}, whole trajectory",
        )


class _Windows(AbstractSamples):
    """Windows of trajectories: sample i · w + j is window j of trajectory i, of w."""

    def __init__(self, base: Any, frames: np.ndarray):
        self.base, self.frames = base, frames
        self.shape = (base.shape[0] * len(frames), frames.shape[1], *base.shape[2:])
        self.dtype = np.dtype(base.dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        trajectories, windows = np.divmod(samples, len(self.frames))
        rows, back = np.unique(trajectories, return_inverse=True)
        values = np.asarray(self.base[rows])
        return values[back[:, None], self.frames[windows]]


class _Starts(AbstractSamples):
    """Inputs of windows: the state at their start, then the constant channels of the trajectory's input."""

    def __init__(self, inputs: Any, outputs: Any, starts: np.ndarray, state: int):
        self.inputs, self.state = inputs, state
        self.windows = _Windows(outputs, starts[:, None])
        self.shape = (self.windows.shape[0], *inputs.shape[1:])
        self.dtype = np.dtype(inputs.dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        start = self.windows.read(samples)[:, 0]
        rows, back = np.unique(samples // len(self.windows.frames), return_inverse=True)
        constant = np.asarray(self.inputs[rows])[back][..., self.state :]
        return np.concatenate([start, constant.astype(start.dtype)], axis=-1)


def _parts(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return task.splits.train, task.splits.validation, task.splits.test


def _times(task: Task) -> np.ndarray:
    if task.times is None or task.step is not None:
        raise ArgumentError(
            f"'{task.name}' has no trajectories.",
            given="a map from field to field",
            expected="a task with times",
        )
    return np.asarray(task.times, float)
