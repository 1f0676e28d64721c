"""What an operator learns: samples of fields with names, a grid, and splits."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._core import DataError
from ..equations import Problem
from ..fields import FieldSpec
from ._checks import check_finite, checked_times
from ._coarsen import coarsen, coarser_grid
from ._lazy import Chosen, Joined, Mapped, sample_numbers
from ._splits import Splits


@dataclass(frozen=True, eq=False)
class Task:
    """Pairs of fields.

    - `inputs`: `(sample, *space, channels)`; random scalars are constant channels;
    - `outputs`: `(sample, *space, channels)`, or `(sample, time, *space, channels)` when `times` is given;
      both NumPy arrays or anything that is sliced like one (read batch by batch);
    - `input_spec`, `output_spec`: channel names and grids;
    - `times`: saved times of the outputs (None for a steady map), strictly increasing. `times[0]` is the start:
      `outputs[:, 0]` is the given state, which never counts as a prediction, and `inputs` holds it as its first
      channels, named as the outputs, followed by whatever else is given;
    - `splits`: which samples train, choose and judge;
    - `problem`: the statement the samples came from, if known;
    - `provenance`: where the samples came from: file, layout, known defects, simulation settings.

    Complex fields are two real channels, `re(u)` and `im(u)`. Construction checks shapes, times and splits
    (`DataError`); values are checked as they are read (`arrays`), so that NaN never passes in silence.
    """

    inputs: Any
    outputs: Any
    input_spec: FieldSpec
    output_spec: FieldSpec
    splits: Splits
    times: np.ndarray | None = None
    problem: Problem | None = None
    name: str = "task"
    provenance: dict[str, Any] = field(default_factory=dict)
    step: float | None = None

    def __post_init__(self):
        if self.times is not None:
            object.__setattr__(self, "times", checked_times(self.times, self.name))
        _check_shape(self.name, "inputs", self.inputs, (), self.input_spec)
        frames = () if self.times is None else (len(self.times),)
        _check_shape(self.name, "outputs", self.outputs, frames, self.output_spec)
        if self.inputs.shape[0] != self.outputs.shape[0]:
            raise DataError(
                f"The inputs and outputs of '{self.name}' do not pair up.",
                given=f"{self.inputs.shape[0]} inputs, {self.outputs.shape[0]} outputs",
                expected="as many of each",
            )
        if not self.inputs.shape[0]:
            raise DataError(f"'{self.name}' has no samples.", expected="at least one sample")
        self.splits.within(self.samples)

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.inputs.shape[0]

    def __len__(self) -> int:
        return self.samples

    def arrays(self, samples: Sequence[int] | np.ndarray | slice) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and outputs of these samples, in memory; `DataError` says where if any value is not finite."""
        index = np.atleast_1d(sample_numbers(samples, self.samples))
        inputs, outputs = np.asarray(self.inputs[index]), np.asarray(self.outputs[index])
        check_finite(inputs, f"The inputs of '{self.name}'", index, self.input_spec.names)
        check_finite(outputs, f"The outputs of '{self.name}'", index, self.output_spec.names)
        return inputs, outputs

    def blocks(self, samples: Sequence[int] | np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Inputs and outputs of these samples, `size` at a time: one pass in flat memory."""
        index = sample_numbers(samples, self.samples)
        for begin in range(0, len(index), size):
            yield self.arrays(index[begin : begin + size])

    def check(self) -> Task:
        """Reads every sample once and refuses values that are not finite; the task itself otherwise."""
        size = max(1, int(2e6) // max(1, int(np.prod(self.outputs.shape[1:]))))
        for _ in self.blocks(np.arange(self.samples), size):
            pass
        return self

    def loaded(self) -> Task:
        """The same task with everything in memory, checked."""
        inputs, outputs = self.arrays(slice(None))
        return dataclasses.replace(self, inputs=inputs, outputs=outputs)

    def with_splits(self, splits: Splits) -> Task:
        """The same samples, split otherwise."""
        return dataclasses.replace(self, splits=splits)

    def with_test(self, other: Task) -> Task:
        """This task's training and validation samples (its test part joins the training part), tested on `other`."""
        for what in ("input_spec", "output_spec"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                raise DataError(
                    f"The test data do not match '{self.name}' in their {what.removesuffix('_spec')}s.",
                    given=_spec_text(theirs),
                    expected=_spec_text(mine),
                )
        if (self.times is None) != (other.times is None) or (
            self.times is not None and not np.array_equal(self.times, other.times)
        ):
            raise DataError(
                f"The test data do not match '{self.name}' in their times.",
                given=_times_text(other.times),
                expected=_times_text(self.times),
            )
        train = np.sort(np.concatenate([self.splits.train, self.splits.test]))
        test = self.samples + np.arange(other.samples)
        return dataclasses.replace(
            self,
            inputs=Joined(self.inputs, other.inputs),
            outputs=Joined(self.outputs, other.outputs),
            splits=Splits(train, self.splits.validation, test),
            provenance={**self.provenance, "test": other.provenance or other.name},
        )

    def subset(self, samples: Sequence[int] | np.ndarray | slice) -> Task:
        """A view of some samples, renumbered from 0; each stays in the part it was in."""
        numbers = np.atleast_1d(sample_numbers(samples, self.samples))
        return dataclasses.replace(
            self,
            inputs=Chosen(self.inputs, numbers),
            outputs=Chosen(self.outputs, numbers),
            splits=self.splits.renumbered(numbers),
        )

    def coarsened(self, factor: int) -> Task:
        """A view on grids with `factor` times fewer intervals per side (see `coarser_grid`)."""
        parts: dict[str, Any] = {}
        for what, first in (("input", 1), ("output", 1 if self.times is None else 2)):
            spec: FieldSpec = getattr(self, f"{what}_spec")
            values = getattr(self, f"{what}s")
            grid = coarser_grid(spec.grid, factor)
            parts[f"{what}_spec"] = FieldSpec(spec.names, grid)
            parts[f"{what}s"] = Mapped(
                values,
                lambda v, grid=spec.grid, first=first: coarsen(v, grid, factor, first),
                (*values.shape[1:first], *grid.shape, spec.channels),
            )
        return dataclasses.replace(self, **parts)

    def at_times(self, frames: Sequence[int] | slice) -> Task:
        """A view of some of the saved times, by number; the start (number 0) always stays."""
        if self.times is None:
            raise DataError(f"'{self.name}' is a steady map and has no times.")
        numbers = np.union1d([0], sample_numbers(frames, len(self.times)))
        return dataclasses.replace(
            self,
            outputs=Mapped(self.outputs, lambda v: v[:, numbers], (len(numbers), *self.outputs.shape[2:])),
            times=self.times[numbers],
        )

    def __repr__(self) -> str:
        lines = [
            f"Task {self.name!r}: {self.samples} samples, {self.splits}",
            f"  inputs:  {_spec_text(self.input_spec)}",
            f"  outputs: {_spec_text(self.output_spec)}",
        ]
        if self.times is not None:
            lines.append(f"  times:   {_times_text(self.times)}")
        return "\n".join(lines)


def _check_shape(name: str, what: str, values: Any, frames: tuple[int, ...], spec: FieldSpec) -> None:
    if not isinstance(spec, FieldSpec):
        raise DataError(f"The {what} of '{name}' have no description.", given=repr(spec), expected="a FieldSpec")
    shape = tuple(np.shape(values))
    expected = (*frames, *spec.shape)
    if len(shape) != len(expected) + 1 or shape[1:] != expected:
        labels = ", ".join(("sample", *("time" for _ in frames), *spec.grid.names, "channels"))
        raise DataError(
            f"The {what} of '{name}' do not fit their grid.",
            given=f"shape {shape}",
            expected=f"(n, {', '.join(map(str, expected))}): {labels}",
        )
    if np.dtype(values.dtype).kind not in "fcbiu":
        raise DataError(f"The {what} of '{name}' are not numbers.", given=f"type {values.dtype}")


def _spec_text(spec: FieldSpec) -> str:
    axes = ", ".join(f"{a.points} {a.kind} {a.name} in [{a.lower:g}, {a.upper:g}]" for a in spec.grid.axes)
    return f"{', '.join(spec.names)} on {axes or 'a point'}"


def _times_text(times: np.ndarray | None) -> str:
    return "none" if times is None else f"{len(times)} from {times[0]:g} to {times[-1]:g}"
