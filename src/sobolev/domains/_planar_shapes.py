"""Shapes in the plane: rectangles, polygons, disks, ellipses."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from .._core import ArgumentError
from ._arguments import axes, label, length, numbers
from ._box import Box
from ._curves import Piece
from ._distances import array_module, box_level, ellipse_level, polygon_level
from ._exact_shapes import AbstractPrimitive, AbstractRound, AbstractSphere
from ._interval import Interval
from ._polygon_checks import checked_vertices
from ._region import AbstractRegion


class AbstractPlanarPrimitive(AbstractPrimitive):
    """A single plane shape, whose boundary is made of pieces of curves."""

    @property
    @abc.abstractmethod
    def curves(self) -> tuple[Piece, ...]:
        """The boundary, anticlockwise; `suffix` is the index into `suffixes`."""


@dataclass(frozen=True)
class Rectangle(AbstractPlanarPrimitive):
    """a ≤ x ≤ b, c ≤ y ≤ d: `Rectangle((x, a, b), (y, c, d))`. Its boundary parts are "x.min", "x.max", "y.min",
    "y.max".

    As the whole domain of a problem it is the box `Interval(x, a, b) * Interval(y, c, d)`, which every method takes;
    with a `name`, its parts are "name.x.min" and so on, and it stays a shape.
    """

    first: Any
    second: Any
    name: str | None = None

    def __post_init__(self):
        for which, side in (("first", self.first), ("second", self.second)):
            object.__setattr__(self, which, checked_side(side, "Rectangle"))
        axes((self.first[0], self.second[0]), 2, "Rectangle")
        label(self.name)

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.first[0], self.second[0]

    @property
    def suffixes(self) -> tuple[str, ...]:
        return tuple(f"{c.name}.{end}" for c in self.coordinates for end in ("min", "max"))

    @property
    def bounds(self) -> np.ndarray:
        return np.array([self.first[1:], self.second[1:]], float).T

    @property
    def vertices(self) -> np.ndarray:
        """The corners, anticlockwise from the lower left."""
        (a, c), (b, d) = self.bounds
        return np.array([[a, c], [b, c], [b, d], [a, d]])

    @property
    def curves(self) -> tuple[Piece, ...]:
        v = self.vertices
        return tuple(Piece.segment(v[i], v[(i + 1) % 4], 0, part) for i, part in enumerate((2, 1, 3, 0)))

    def level(self, points: Any) -> Any:
        return box_level(points, *self.bounds, array_module(points))

    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        sign = sp.Integer(2 * (suffix % 2) - 1)
        return (sign, sp.S.Zero) if suffix < 2 else (sp.S.Zero, sign)

    def as_space(self) -> AbstractRegion:
        return self if self.name else Box((Interval(*self.first), Interval(*self.second)))

    def __str__(self) -> str:
        (x, a, b), (y, c, d) = self.first, self.second
        return f"rectangle {x} in [{a:g}, {b:g}], {y} in [{c:g}, {d:g}]"


@dataclass(frozen=True)
class Disk(AbstractSphere, AbstractPlanarPrimitive):
    """|(x, y) − centre| ≤ radius. Its boundary is one part, called by `name` (or "disk")."""

    axes: Any
    centre: Any
    radius: float
    name: str | None = None

    def __post_init__(self):
        object.__setattr__(self, "axes", axes(self.axes, 2, "Disk"))
        object.__setattr__(self, "centre", numbers(self.centre, "Disk: the centre", 2))
        object.__setattr__(self, "radius", length(self.radius, "Disk: the radius"))
        label(self.name)

    @property
    def curves(self) -> tuple[Piece, ...]:
        return (full_ellipse(self.centre, self.half_axes),)

    def __str__(self) -> str:
        return f"disk of radius {self.radius:g} about ({self.centre[0]:g}, {self.centre[1]:g})"


@dataclass(frozen=True)
class Ellipse(AbstractRound, AbstractPlanarPrimitive):
    """((x − centre₁)/a)² + ((y − centre₂)/b)² ≤ 1 with half axes (a, b). One boundary part, `name` or "ellipse"."""

    axes: Any
    centre: Any
    radii: Any
    name: str | None = None

    def __post_init__(self):
        object.__setattr__(self, "axes", axes(self.axes, 2, "Ellipse"))
        object.__setattr__(self, "centre", numbers(self.centre, "Ellipse: the centre", 2))
        radii = numbers(self.radii, "Ellipse: the half axes", 2)
        object.__setattr__(self, "radii", tuple(length(r, "Ellipse: a half axis") for r in radii))
        if max(self.radii) > 1e4 * min(self.radii):
            raise ArgumentError(
                "The ellipse is a sliver.",
                given=f"half axes {self.radii[0]:g}, {self.radii[1]:g}",
                expected="a ratio of at most 10 000",
                fix="scale the coordinate in which it is thin",
            )
        label(self.name)

    @property
    def half_axes(self) -> tuple[float, ...]:
        return self.radii

    @property
    def curves(self) -> tuple[Piece, ...]:
        return (full_ellipse(self.centre, self.radii),)

    def level(self, points: Any) -> Any:
        return ellipse_level(points, np.array(self.centre), self.radii, array_module(points))

    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        gradient = [
            (c - sp.Float(m)) / sp.Float(r) ** 2 for c, m, r in zip(self.axes, self.centre, self.radii, strict=True)
        ]
        size = sp.sqrt(sp.Add(*(g**2 for g in gradient)))
        return tuple(g / size for g in gradient)

    def __str__(self) -> str:
        (a, b), (x, y) = self.radii, self.centre
        return f"ellipse with half axes {a:g}, {b:g} about ({x:g}, {y:g})"


@dataclass(frozen=True)
class Polygon(AbstractPlanarPrimitive):
    """The region inside a closed chain of straight edges, `Polygon((x, y), [(0, 0), (1, 0), (0, 1)])`.

    Vertices in either direction, the last not repeated. Edges are parts called "polygon.1" (from the first vertex to
    the second), "polygon.2", …, or "name.1" and so on. Chains that cross or touch themselves are refused.
    """

    axes: Any
    vertices: Any
    name: str | None = None

    def __post_init__(self):
        object.__setattr__(self, "axes", axes(self.axes, 2, "Polygon"))
        object.__setattr__(self, "vertices", checked_vertices(self.vertices))
        label(self.name)

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.axes

    @property
    def suffixes(self) -> tuple[str, ...]:
        return tuple(str(i + 1) for i in range(len(self.vertices)))

    @property
    def bounds(self) -> np.ndarray:
        v = np.array(self.vertices)
        return np.array([v.min(0), v.max(0)])

    @cached_property
    def curves(self) -> tuple[Piece, ...]:
        v = np.array(self.vertices)
        n = len(v)
        turn = np.roll(v, -1, 0)
        clockwise = float((v[:, 0] * turn[:, 1] - v[:, 1] * turn[:, 0]).sum()) < 0
        if clockwise:
            return tuple(Piece.segment(v[(i + 1) % n], v[i], 0, i) for i in reversed(range(n)))
        return tuple(Piece.segment(v[i], v[(i + 1) % n], 0, i) for i in range(n))

    def level(self, points: Any) -> Any:
        return polygon_level(points, np.array(self.vertices), array_module(points))

    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        (piece,) = (c for c in self.curves if c.suffix == suffix)
        return tuple(sp.Float(float(n)) for n in piece.normal(0.5))

    def __str__(self) -> str:
        return f"polygon {', '.join(f'({a:g}, {b:g})' for a, b in self.vertices)}"


def full_ellipse(centre: Any, radii: Any) -> Piece:
    """All of an ellipse, anticlockwise from its rightmost point."""
    return Piece(np.array(centre, float), np.array([radii[0], 0.0]), np.array([0.0, radii[1]]), 0.0, 2 * np.pi)


def checked_side(side: Any, what: str) -> tuple[sp.Symbol, float, float]:
    """(coordinate, lower, upper) with lower < upper."""
    if not isinstance(side, list | tuple | sp.Tuple) or len(side) != 3:
        raise ArgumentError(
            f"{what} needs its sides as (coordinate, lower, upper).",
            given=repr(side),
            expected="a tuple of three",
            fix="sv.Rectangle((x, 0, 1), (y, 0, 2))" if what == "Rectangle" else None,
        )
    interval = Interval(*side)
    return interval.coordinate, interval.lower, interval.upper
