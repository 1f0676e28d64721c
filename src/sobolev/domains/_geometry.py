"""A boundary worked out: what every kind of region answers to."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from ._boolean import Leaf
    from ._shape import AbstractShape


class Nearest(NamedTuple):
    """Nearest points of a boundary, with outward normals and the index of the part's name there."""

    points: np.ndarray
    normals: np.ndarray
    parts: np.ndarray


class Candidates(NamedTuple):
    """Points proposed by a sampler, and which of them count. On boundaries with normals and parts."""

    points: np.ndarray
    keep: np.ndarray
    normals: np.ndarray | None = None
    parts: np.ndarray | None = None


class BoundaryPoints(NamedTuple):
    """Points of a boundary (n, ndim), outward unit normals (n, ndim), weights (n,), and index of the part (n,).

    Weights of a quadrature sum to the length or area; those of a sample are all equal and do, too.
    """

    points: np.ndarray
    normals: np.ndarray
    weights: np.ndarray
    parts: np.ndarray


Level = Callable[[np.ndarray], np.ndarray]


class AbstractGeometry(abc.ABC):
    """A region's boundary, parts named by index into `names`. A `where` is a level: the part where it is ≤ 0."""

    @property
    @abc.abstractmethod
    def names(self) -> tuple[str, ...]:
        """Names of the boundary parts."""

    @property
    @abc.abstractmethod
    def full_names(self) -> tuple[str, ...]:
        """The same with the shape they came from in front, for groups: "rectangle.x.min" for "x.min"."""

    @property
    @abc.abstractmethod
    def measure(self) -> float:
        """Area or volume."""

    @abc.abstractmethod
    def signed_distance(self, points: np.ndarray) -> np.ndarray:
        """Of points (n, ndim)."""

    @abc.abstractmethod
    def nearest(self, points: np.ndarray) -> Nearest:
        """The nearest points of the boundary."""

    @abc.abstractmethod
    def quadrature(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Points and weights in the interior."""

    @abc.abstractmethod
    def boundary_quadrature(self, order: int, parts: frozenset[int], where: Level | None) -> BoundaryPoints:
        """Points, normals and weights on some parts."""

    @property
    @abc.abstractmethod
    def interior_draws(self) -> int:
        """How many numbers of the unit interval `interior` turns into a point."""

    @abc.abstractmethod
    def interior(self, uniform: np.ndarray) -> Candidates:
        """Points distributed uniformly over something that contains the region, from the unit cube."""

    @property
    @abc.abstractmethod
    def boundary_draws(self) -> int:
        """The same for `boundary`."""

    @abc.abstractmethod
    def boundary(self, uniform: np.ndarray, parts: frozenset[int], where: Level | None) -> Candidates:
        """Points distributed uniformly over something that contains these parts, from the unit cube."""


class AbstractShapeGeometry(AbstractGeometry):
    """The boundary of a shape, from those of the single shapes it is made of."""

    shape: AbstractShape
    leaves: tuple[Leaf, ...]

    @abc.abstractmethod
    def present(self) -> Iterable[tuple[Leaf, int]]:
        """The boundary parts of single shapes that are boundary of the whole, in order; twice does no harm."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._listed)

    @property
    def full_names(self) -> tuple[str, ...]:
        return tuple(self._listed.values())

    @cached_property
    def _listed(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for leaf, suffix in self.present():
            found.setdefault(leaf.names[suffix], leaf.full_names[suffix])
        return found

    @property
    def interior_draws(self) -> int:
        return self.shape.ndim

    def interior(self, uniform: np.ndarray) -> Candidates:
        low, high = self.shape.bounds
        points = low + uniform * (high - low)
        return Candidates(points, np.asarray(self.shape.level(points)) < 0)
