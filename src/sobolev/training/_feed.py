"""Batches: which samples form step n, and where their values are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, DataError, real_dtype
from ..data import Task

_RESIDENT = 2**31  # bytes of training data that are kept on the device; larger sets are streamed
_SAMPLED = 2**27  # bytes of a streamed set from which normalisation is fitted


@dataclass(frozen=True)
class Order:
    """The order of samples: a function of key and epoch, so that a resumed run sees what it would have seen.

    Every sample is seen once an epoch. Batches have `width` >= `batch` places; places left over (to divide evenly over
    devices, and at the end of an epoch) hold samples of weight zero.
    """

    samples: int
    batch: int
    width: int
    key: PRNGKeyArray

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return math.ceil(self.samples / self.batch)

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions in the split, and which of them count, both (steps, width), of one epoch."""
        shuffled = np.asarray(jax.random.permutation(jax.random.fold_in(self.key, number), self.samples))
        full = np.zeros((self.steps * self.batch, 2), np.int32)
        full[: self.samples, 0], full[: self.samples, 1] = shuffled, 1
        rows = np.zeros((self.steps, self.width, 2), np.int32)
        rows[:, : self.batch] = full.reshape(self.steps, self.batch, 2)
        return rows[..., 0], rows[..., 1].astype(bool)


class Feed:
    """The training split: whole when it is small enough to stay on the device, else piece by piece.

    The task checks values as they are read; `DataError` says where one is not finite.
    """

    def __init__(self, task: Task, precision):
        self._task, self._dtype = task, real_dtype(precision)
        self._samples = np.asarray(task.splits.train)
        if len(self._samples) == 0:
            raise ArgumentError(f"'{task.name}' has no training samples.", fix="splits with a train part")
        self.first = self._load(np.array([0]))
        size = len(self._samples) * sum(a.nbytes for a in self.first)
        self._whole: tuple[np.ndarray, np.ndarray] | None = None
        self.is_resident = size <= _RESIDENT

    @property
    def samples(self) -> int:
        return len(self._samples)

    def resident(self) -> tuple[np.ndarray, np.ndarray]:
        """The whole split."""
        if self._whole is None:
            self._whole = self._load(np.arange(len(self._samples)))
        return self._whole

    def some(self) -> tuple[np.ndarray, np.ndarray]:
        """The whole split, or as many of its samples, evenly spaced, as fit `_SAMPLED` bytes."""
        if self.is_resident:
            return self.resident()
        count = max(1, min(len(self._samples), _SAMPLED // sum(a.nbytes for a in self.first)))
        return self._load(np.linspace(0, len(self._samples) - 1, count).astype(int))

    def piece(self, positions: np.ndarray, used: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Data for the first `used` rows of `positions` (steps, width), and positions in these data."""
        rows = positions.reshape(-1).copy()
        rows[used * positions.shape[1] :] = positions[0, 0]  # unused rows: anything that is read already
        wanted, inverse = np.unique(rows, return_inverse=True)
        x, y = self._load(wanted)
        # Shapes must not depend on how many samples happen to be distinct: the program is compiled once.
        return _grown(x, rows.size), _grown(y, rows.size), inverse.astype(np.int32).reshape(positions.shape)

    def _load(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = self._task.arrays(self._samples[positions])
        return as_real(x, self._dtype, self._task.name), as_real(y, self._dtype, self._task.name)


def as_real(values: np.ndarray, dtype: np.dtype, name: str) -> np.ndarray:
    """Values at the run's precision; complex fields must be given as two real channels."""
    if np.iscomplexobj(values):
        raise DataError(
            f"'{name}' holds complex values.", expected="real channels", fix="give real and imaginary part as channels"
        )
    return np.ascontiguousarray(values, dtype)


def _grown(values: np.ndarray, count: int) -> np.ndarray:
    grown = np.zeros((count, *values.shape[1:]), values.dtype)
    grown[: len(values)] = values
    return grown
