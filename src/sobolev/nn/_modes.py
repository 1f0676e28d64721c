"""Which frequencies a spectral layer keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._core import ArgumentError


@dataclass(frozen=True)
class Modes:
    """Kept frequencies of a real field's discrete Fourier transform, axis by axis.

    Along an axis the order is 0, 1, …, positive − 1, −1, −2, …, −negative. The last axis has no negative ones: for a
    real field the coefficient at −k is the conjugate of that at k.
    """

    positive: tuple[int, ...]
    negative: tuple[int, ...]

    @staticmethod
    def of(counts: Sequence[int]) -> Modes:
        """From the number of frequencies per axis, negative ones included: m gives −⌊m/2⌋ … ⌈m/2⌉ − 1.

        On the last axis it gives 0 … ⌊m/2⌋. (The counting of the literature's implementations.)
        """
        for m in counts:
            if isinstance(m, bool) or not isinstance(m, int | np.integer) or m < 1:
                raise ArgumentError("modes is no number of frequencies.", given=repr(m), expected="an integer >= 1")
        return Modes(
            (*(-(-m // 2) for m in counts[:-1]), counts[-1] // 2 + 1),
            (*(m // 2 for m in counts[:-1]), 0),
        )

    def on(self, shape: Sequence[int]) -> Modes:
        """Those of them that a grid of this shape resolves, |k| ≤ n/2 (−n/2 but not n/2, except on the last axis)."""
        *first, last = shape
        positive = [min(p, -(-n // 2)) for p, n in zip(self.positive, first, strict=False)]
        negative = [min(q, n // 2) for q, n in zip(self.negative, first, strict=False)]
        return Modes((*positive, min(self.positive[-1], last // 2 + 1)), (*negative, 0))

    @property
    def ndim(self) -> int:
        return len(self.positive)

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of kept frequencies per axis."""
        return tuple(p + q for p, q in zip(self.positive, self.negative, strict=True))

    @property
    def highest(self) -> tuple[int, ...]:
        """The highest |k| per axis."""
        return tuple(max(p - 1, q) for p, q in zip(self.positive, self.negative, strict=True))

    def frequencies(self, axis: int) -> np.ndarray:
        """The kept frequencies of one axis, in order."""
        return np.concatenate([np.arange(self.positive[axis]), -np.arange(1, self.negative[axis] + 1)])

    def where(self, axis: int, part: Modes) -> np.ndarray:
        """Positions along `axis` of the frequencies of `part`, a subset."""
        return np.concatenate([np.arange(part.positive[axis]), self.positive[axis] + np.arange(part.negative[axis])])
