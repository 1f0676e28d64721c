"""Arrays of samples that are read when they are sliced: what lets a task be larger than memory."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._core import ArgumentError


class AbstractSamples(abc.ABC):
    """An array `(sample, ...)` known by shape and type, and read for chosen samples only.

    Sliced like NumPy in its first axis (number, slice, sequence of numbers, mask); further indices apply to
    what was read. `np.asarray` reads everything.
    """

    shape: tuple[int, ...]
    dtype: np.dtype

    @abc.abstractmethod
    def read(self, samples: np.ndarray) -> np.ndarray:
        """These samples (numbers in 0 … n−1, any order, repetitions allowed), `(len(samples), ...)`."""

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> np.ndarray:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        numbers = sample_numbers(first, self.shape[0])
        values = self.read(np.atleast_1d(numbers))
        values = values if numbers.ndim else values[0]
        return values[(slice(None),) * numbers.ndim + rest] if rest else values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.read(np.arange(self.shape[0])), dtype)


def sample_numbers(index: Any, n: int) -> np.ndarray:
    """Sample numbers in 0 … n−1 meant by a number, a slice, a sequence of numbers or a mask."""
    if isinstance(index, slice):
        return np.arange(n)[index]
    numbers = np.asarray(index)
    if numbers.dtype == bool and numbers.shape == (n,):
        return np.flatnonzero(numbers)
    if numbers.size == 0:
        return np.zeros(0, int)
    if numbers.dtype.kind not in "iu" or numbers.ndim > 1 or numbers.min() < -n or numbers.max() >= n:
        raise ArgumentError("There are no such samples.", given=repr(index), expected=f"sample numbers below {n}")
    return numbers % n


class Stacked(AbstractSamples):
    """Channels from several sources, stacked as the last axis.

    Each of `sources` is the places of its channels and a function from sample numbers to
    `(samples, *shape, len(places))`, or to anything that broadcasts to it.
    """

    def __init__(
        self,
        sources: Sequence[tuple[Sequence[int], Callable[[np.ndarray], np.ndarray]]],
        samples: int,
        shape: tuple[int, ...],
        dtype: Any,
    ):
        self.sources = tuple(sources)
        self.shape = (samples, *shape, sum(len(places) for places, _ in sources))
        self.dtype = np.dtype(dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        result = np.empty((len(samples), *self.shape[1:]), self.dtype)
        for places, source in self.sources:
            result[..., list(places)] = source(samples)
        return result


class Mapped(AbstractSamples):
    """`function` applied to whatever is read from `base`; `shape` is that of one mapped sample."""

    def __init__(self, base: Any, function: Callable[[np.ndarray], np.ndarray], shape: tuple[int, ...]):
        self.base, self.function = base, function
        self.shape = (base.shape[0], *shape)
        self.dtype = np.dtype(base.dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        return np.asarray(self.function(np.asarray(self.base[samples])))


class Chosen(AbstractSamples):
    """The samples `numbers` of `base`, renumbered from 0."""

    def __init__(self, base: Any, numbers: np.ndarray):
        self.base, self.numbers = base, numbers
        self.shape = (len(numbers), *base.shape[1:])
        self.dtype = np.dtype(base.dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        return np.asarray(self.base[self.numbers[samples]])


class Joined(AbstractSamples):
    """The samples of `first`, then those of `second`."""

    def __init__(self, first: Any, second: Any):
        self.first, self.second = first, second
        self.shape = (first.shape[0] + second.shape[0], *first.shape[1:])
        self.dtype = np.result_type(first.dtype, second.dtype)

    def read(self, samples: np.ndarray) -> np.ndarray:
        result = np.empty((len(samples), *self.shape[1:]), self.dtype)
        mine = samples < self.first.shape[0]
        if mine.any():
            result[mine] = self.first[samples[mine]]
        if not mine.all():
            result[~mine] = self.second[samples[~mine] - self.first.shape[0]]
        return result


def read_rows(dataset: Any, samples: np.ndarray, axis: int = 0) -> np.ndarray:
    """Rows of a dataset that takes increasing indices only (HDF5), in any order and with repetitions."""
    rows, back = np.unique(samples, return_inverse=True)
    run = len(rows) > 0 and rows[-1] - rows[0] + 1 == len(rows)
    index: Any = slice(int(rows[0]), int(rows[-1]) + 1) if run else rows
    values = dataset[(slice(None),) * axis + (index,)]
    return values if np.array_equal(back, np.arange(len(rows))) else np.take(values, back, axis)
