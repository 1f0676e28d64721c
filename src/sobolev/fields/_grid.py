"""Tensor-product grids: where a field's values sit."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from .._core import ArgumentError
from ..domains import Box

AxisKind = Literal["periodic", "nodes", "cells", "chebyshev"]


@dataclass(frozen=True)
class Axis:
    """Points of one coordinate on [lower, upper].

    - `periodic`: lower + i h, i = 0 … n−1, h = (upper − lower) / n (the upper end is the lower one);
    - `nodes`: equally spaced, both ends included;
    - `cells`: cell centres, lower + (i + ½) h;
    - `chebyshev`: extrema of the Chebyshev polynomial of degree n − 1, in increasing order.
    """

    name: str
    lower: float
    upper: float
    points: int
    kind: AxisKind = "nodes"

    def __post_init__(self):
        if self.kind not in get_args(AxisKind):
            raise ArgumentError("Unknown kind of axis.", given=repr(self.kind), expected=", ".join(get_args(AxisKind)))
        least = 2 if self.kind in ("nodes", "chebyshev") else 1
        if not isinstance(self.points, int | np.integer) or self.points < least:
            raise ArgumentError(
                f"Axis {self.name} has too few points.",
                given=repr(self.points),
                expected=f"an integer >= {least}",
            )
        object.__setattr__(self, "points", int(self.points))

    @property
    def length(self) -> float:
        return self.upper - self.lower

    @property
    def spacing(self) -> float:
        """Distance of neighbours (mean distance on a Chebyshev axis)."""
        gaps = self.points - 1 if self.kind in ("nodes", "chebyshev") else self.points
        return self.length / gaps

    @functools.cached_property
    def coordinates(self) -> np.ndarray:
        """The points, shape (points,), in double precision."""
        i, n = np.arange(self.points), self.points
        if self.kind == "chebyshev":
            return 0.5 * (self.lower + self.upper) - 0.5 * self.length * np.cos(np.pi * i / (n - 1))
        if self.kind == "nodes":
            return np.linspace(self.lower, self.upper, n)
        return self.lower + (i + (0.5 if self.kind == "cells" else 0.0)) * self.spacing

    @functools.cached_property
    def weights(self) -> np.ndarray:
        """Quadrature weights: midpoint/trapezoidal (spectrally exact when periodic), Clenshaw–Curtis."""
        n = self.points
        if self.kind == "chebyshev":
            return _clenshaw_curtis(n) * self.length / 2
        w = np.full(n, self.spacing)
        if self.kind == "nodes":
            w[[0, -1]] /= 2
        return w


def _clenshaw_curtis(n: int) -> np.ndarray:
    """Weights on [-1, 1] for n Chebyshev extrema: exact for polynomials of degree n − 1."""
    k = np.arange(n)
    theta = np.pi * k / (n - 1)
    moments = np.zeros(n)
    moments[::2] = 2 / (1 - k[::2] ** 2.0)
    ends = np.where((k == 0) | (k == n - 1), 0.5, 1.0)
    return 2 / (n - 1) * ends * (np.cos(np.outer(theta, k)) @ (ends * moments))


@dataclass(frozen=True)
class Grid:
    """Product of axes. Arrays on it have shape `(*shape, channels)`, space axes first."""

    axes: tuple[Axis, ...]

    @staticmethod
    def over(box: Box, points: int | Sequence[int], kind: AxisKind | None = None) -> Grid:
        """Grid on a box: `periodic` axes on periodic sides, `kind` (default `nodes`) elsewhere."""
        counts = (points,) * box.ndim if isinstance(points, int | np.integer) else tuple(points)
        if len(counts) != box.ndim:
            raise ArgumentError(
                "One number of points per side is needed.",
                given=counts,
                expected=f"an integer, or {box.ndim} of them",
            )
        return Grid(
            tuple(
                Axis(side.name, side.lower, side.upper, n, "periodic" if side.periodic else kind or "nodes")
                for side, n in zip(box.sides, counts, strict=True)
            )
        )

    @property
    def ndim(self) -> int:
        return len(self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(axis.points for axis in self.axes)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(axis.name for axis in self.axes)

    @functools.cached_property
    def coordinates(self) -> dict[str, np.ndarray]:
        """Coordinate arrays that broadcast against each other to `shape` (an open mesh)."""
        return dict(zip(self.names, np.ix_(*(axis.coordinates for axis in self.axes)), strict=True))

    @functools.cached_property
    def weights(self) -> np.ndarray:
        """Quadrature weights, shape `shape`."""
        return functools.reduce(np.multiply.outer, (axis.weights for axis in self.axes), np.array(1.0))

    def resized(self, points: int | Sequence[int]) -> Grid:
        """The same box and kinds with other numbers of points."""
        counts = (points,) * self.ndim if isinstance(points, int | np.integer) else tuple(points)
        return Grid(tuple(Axis(a.name, a.lower, a.upper, n, a.kind) for a, n in zip(self.axes, counts, strict=True)))
