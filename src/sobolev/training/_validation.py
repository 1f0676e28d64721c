"""Scores of weights on the validation split."""

from __future__ import annotations

import jax
import numpy as np
from jax.stages import Lowered
from jaxtyping import PyTree

from .._core import Precision, real_dtype
from ..data import Task
from ._feed import as_real
from ._program import Program

_PIECE = 2**28  # bytes of samples in one call
_RESIDENT = 2**30  # bytes of samples kept on the device


class Validation:
    """The validation split in pieces of one shape, and the compiled scores on them."""

    def __init__(self, program: Program, task: Task, precision: Precision):
        self._program, self._task, self._dtype = program, task, real_dtype(precision)
        self._samples = np.asarray(task.splits.validation)
        self._kept = None
        if len(self._samples):
            first = self._load(self._samples[:1])
            each = sum(a.nbytes for a in first)
            self._size = self._rounded(max(1, min(len(self._samples), _PIECE // each)))
            if each * len(self._samples) <= _RESIDENT:
                self._kept = list(self._pieces())

    def lower(self, weights: PyTree) -> Lowered | None:
        """The scores for weights like these, to be compiled; None without samples."""
        if not len(self._samples):
            return None
        return jax.jit(self._program.validate).lower(weights, *next(iter(self._kept or self._pieces())))

    def compile(self, lowered: Lowered | None) -> None:
        """Compiles what `lower` returned (apart from it, as compiling may go on beside other work)."""
        if lowered is not None:
            self._score = lowered.compile()

    def __call__(self, weights: PyTree) -> dict:
        """`validation` (the selection's loss), `relative_l2` and, for one-step tasks, `relative_l2_per_step`."""
        if not len(self._samples):
            return {}
        sums = [self._score(weights, *piece) for piece in self._kept or self._pieces()]
        loss, frames = (
            sum(np.asarray(s, np.float64) for s in part) / len(self._samples) for part in zip(*sums, strict=True)
        )
        scores = {"validation": float(loss), "relative_l2": float(np.mean(frames))}
        if frames.ndim:
            scores["relative_l2_per_step"] = frames.tolist()
        return scores

    def _rounded(self, count: int) -> int:
        unit = self._program.devices * self._program.block
        return -(-count // unit) * unit

    def _pieces(self):
        for begin in range(0, len(self._samples), self._size):
            samples = self._samples[begin : begin + self._size]
            used = np.arange(self._size) < len(samples)
            padded = np.concatenate([samples, np.repeat(samples[:1], self._size - len(samples))])
            yield self._program.shared_out((*self._load(padded), used))

    def _load(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = self._task.arrays(samples)
        return as_real(x, self._dtype, self._task.name), as_real(y, self._dtype, self._task.name)
