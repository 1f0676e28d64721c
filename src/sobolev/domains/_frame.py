"""Where a shape sits: rotation, scaling and shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Frame:
    """The similarity x = s R ξ + d from a shape's own coordinates ξ to the world's x; R is a rotation, s > 0.

    Kept as tuples, so that shapes compare and hash by value. Distances scale by s, directions turn by R.
    """

    scale: float
    rotation: tuple[tuple[float, ...], ...]
    shift: tuple[float, ...]

    @staticmethod
    def identity(ndim: int) -> Frame:
        """The frame that changes nothing."""
        return Frame.of(1.0, np.eye(ndim), np.zeros(ndim))

    @staticmethod
    def of(scale: float, rotation: Any, shift: Any) -> Frame:
        """The frame of arrays."""
        return Frame(
            float(scale), tuple(tuple(map(float, row)) for row in np.asarray(rotation)), tuple(map(float, shift))
        )

    @property
    def matrix(self) -> np.ndarray:
        """R."""
        return np.asarray(self.rotation)

    def after(self, inner: Frame) -> Frame:
        """This frame applied after `inner`: s R (s' R' ξ + d') + d."""
        return Frame.of(self.scale * inner.scale, self.matrix @ inner.matrix, self.points(np.asarray(inner.shift)))

    def points(self, own: Any) -> Any:
        """World coordinates of points `(..., ndim)` given in the shape's own."""
        return self.scale * (own @ self.matrix.T) + np.asarray(self.shift)

    def own(self, points: Any) -> Any:
        """The shape's own coordinates of points `(..., ndim)` of the world."""
        return (points - np.asarray(self.shift)) @ self.matrix / self.scale

    def directions(self, own: Any) -> Any:
        """World components of unit vectors."""
        return own @ self.matrix.T
