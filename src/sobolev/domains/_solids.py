"""Shapes in space: cuboids and balls."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from ._arguments import axes, label, length, numbers
from ._box import Box
from ._distances import array_module, box_level
from ._exact_shapes import AbstractPrimitive, AbstractSphere
from ._interval import Interval
from ._planar_shapes import checked_side
from ._region import AbstractRegion


class Face(NamedTuple):
    """A boundary part as the image of the unit square: (u, v) ↦ points and outward normals, area element constant.

    `rule(order)` gives u, v and weights (summing to one) that integrate polynomials of x exactly.
    """

    at: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    area: float
    rule: Callable[[int], tuple[np.ndarray, np.ndarray]]


class AbstractSolid(AbstractPrimitive):
    """A single shape in space."""

    @property
    @abc.abstractmethod
    def faces(self) -> tuple[Face, ...]:
        """The boundary parts in the order of `suffixes`."""

    @property
    @abc.abstractmethod
    def volume(self) -> float:
        """Its volume."""

    @abc.abstractmethod
    def volume_rule(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Points and weights, exact for polynomials of degree `order`."""

    @abc.abstractmethod
    def foot(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The nearest points of the surface, the normals there, and the index of the part."""


@dataclass(frozen=True)
class Cuboid(AbstractSolid):
    """a ≤ x ≤ b, c ≤ y ≤ d, e ≤ z ≤ f: `Cuboid((x, a, b), (y, c, d), (z, e, f))`. Parts "x.min", "x.max", …, "z.max".

    As the whole domain of a problem it is the box of three intervals; with a `name` it stays a shape, as rectangles do.
    """

    first: Any
    second: Any
    third: Any
    name: str | None = None

    def __post_init__(self):
        for which, side in (("first", self.first), ("second", self.second), ("third", self.third)):
            object.__setattr__(self, which, checked_side(side, "Cuboid"))
        axes(tuple(side[0] for side in self.sides_given), 3, "Cuboid")
        label(self.name)

    @property
    def sides_given(self) -> tuple[Any, Any, Any]:
        """The three (coordinate, lower, upper)."""
        return self.first, self.second, self.third

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return tuple(side[0] for side in self.sides_given)

    @property
    def suffixes(self) -> tuple[str, ...]:
        return tuple(f"{c.name}.{end}" for c in self.coordinates for end in ("min", "max"))

    @property
    def bounds(self) -> np.ndarray:
        return np.array([side[1:] for side in self.sides_given], float).T

    @property
    def volume(self) -> float:
        return math.prod(b - a for _, a, b in self.sides_given)

    @property
    def faces(self) -> tuple[Face, ...]:
        return tuple(self._face(d, high) for d in range(3) for high in (0, 1))

    def _face(self, axis: int, high: int) -> Face:
        lower, upper = self.bounds
        others = [d for d in range(3) if d != axis]
        normal = np.zeros(3)
        normal[axis] = 2 * high - 1

        def at(uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            x = np.empty((len(uv), 3))
            x[:, axis] = (lower, upper)[high][axis]
            x[:, others] = lower[others] + uv * (upper - lower)[others]
            return x, np.broadcast_to(normal, x.shape)

        return Face(at, float(np.prod((upper - lower)[others])), lambda order: tensor_rule(order, 2))

    def volume_rule(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        u, w = tensor_rule(order, 3)
        lower, upper = self.bounds
        return lower + u * (upper - lower), w * self.volume

    def foot(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        lower, upper = self.bounds
        gaps = np.stack([points - lower, upper - points], -1).reshape(len(points), 6)  # to x.min, x.max, y.min, …
        clipped = np.clip(points, lower, upper)
        within = (gaps >= 0).all(1)
        # outside, the face passed by most names the normal; inside, the nearest face does
        part = gaps.argmin(1)
        axis, high = part // 2, part % 2
        rows = np.arange(len(points))
        foot = clipped.copy()
        foot[rows[within], axis[within]] = np.where(high == 1, upper[axis], lower[axis])[within]
        normals = np.zeros_like(points)
        normals[rows, axis] = 2 * high - 1
        return foot, normals, part

    def level(self, points: Any) -> Any:
        return box_level(points, *self.bounds, array_module(points))

    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        return tuple(sp.Integer(2 * (suffix % 2) - 1) if d == suffix // 2 else sp.S.Zero for d in range(3))

    def as_space(self) -> AbstractRegion:
        return self if self.name else Box(tuple(Interval(*side) for side in self.sides_given))

    def __str__(self) -> str:
        return "cuboid " + ", ".join(f"{c} in [{a:g}, {b:g}]" for c, a, b in self.sides_given)


@dataclass(frozen=True)
class Ball(AbstractSphere, AbstractSolid):
    """|(x, y, z) − centre| ≤ radius. Its boundary is one part, called by `name` (or "ball")."""

    axes: Any
    centre: Any
    radius: float
    name: str | None = None

    def __post_init__(self):
        object.__setattr__(self, "axes", axes(self.axes, 3, "Ball"))
        object.__setattr__(self, "centre", numbers(self.centre, "Ball: the centre", 3))
        object.__setattr__(self, "radius", length(self.radius, "Ball: the radius"))
        label(self.name)

    @property
    def volume(self) -> float:
        return 4 / 3 * math.pi * self.radius**3

    @property
    def faces(self) -> tuple[Face, ...]:
        """Archimedes: the height over the axis and the angle around it map the square to the sphere, area to area."""

        def at(uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            n = on_sphere(uv)
            return np.array(self.centre) + self.radius * n, n

        return (Face(at, 4 * math.pi * self.radius**2, sphere_rule),)

    def volume_rule(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        r, w = np.polynomial.legendre.leggauss(order // 2 + 2)  # the integrand carries r²
        r, w = 0.5 * (1 + r), 0.5 * w
        uv, v = sphere_rule(order)
        points = np.array(self.centre) + self.radius * (r[:, None, None] * on_sphere(uv)).reshape(-1, 3)
        return points, 4 * math.pi * self.radius**3 * ((w * r**2)[:, None] * v).ravel()

    def foot(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        d = points - np.array(self.centre)
        r = np.linalg.norm(d, axis=1, keepdims=True)
        n = np.where(r > 0, d / np.where(r > 0, r, 1.0), np.array([1.0, 0.0, 0.0]))
        return np.array(self.centre) + self.radius * n, n, np.zeros(len(points), int)

    def __str__(self) -> str:
        return f"ball of radius {self.radius:g} about ({', '.join(f'{c:g}' for c in self.centre)})"


def on_sphere(uv: np.ndarray) -> np.ndarray:
    """Unit vectors of (u, v): height 2u − 1, angle 2πv."""
    z, angle = 2 * uv[..., 0] - 1, 2 * math.pi * uv[..., 1]
    r = np.sqrt(np.maximum(1 - z * z, 0.0))
    return np.stack([r * np.cos(angle), r * np.sin(angle), z], -1)


def sphere_rule(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss in the height, equal angles around: exact for polynomials of degree `order`."""
    z, w = np.polynomial.legendre.leggauss(order // 2 + 1)
    turns = order + 1
    u, v = np.meshgrid(0.5 * (1 + z), (np.arange(turns) + 0.5) / turns, indexing="ij")
    return np.stack([u.ravel(), v.ravel()], -1), np.repeat(0.5 * w / turns, turns)


def tensor_rule(order: int, ndim: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Legendre on the unit cube, exact for polynomials of degree `order` in each variable."""
    x, w = np.polynomial.legendre.leggauss(order // 2 + 1)
    x, w = 0.5 * (1 + x), 0.5 * w
    grids = np.meshgrid(*[x] * ndim, indexing="ij")
    weights = np.meshgrid(*[w] * ndim, indexing="ij")
    return np.stack([g.ravel() for g in grids], -1), np.prod([v.ravel() for v in weights], axis=0)
