"""Shapes known exactly, by formulas: single ones and those made of them (a mesh is one only approximately)."""

from __future__ import annotations

import abc
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from ._distances import array_module, disk_level
from ._frame import Frame
from ._geometry import AbstractGeometry
from ._shape import AbstractShape


class AbstractExactShape(AbstractShape):
    """A shape that booleans take and gmsh can mesh. Its boundary is worked out from the single shapes in it."""

    @cached_property
    def geometry(self) -> AbstractGeometry:
        from ._boolean import geometry_of

        return geometry_of(self)

    def placed(self, frame: Frame) -> AbstractShape:
        from ._boolean import placed

        return placed(self, frame)

    def normal_expression(self, part: str) -> tuple[sp.Expr, ...]:
        from ._boolean import normal_expression

        return normal_expression(self, part)


class AbstractPrimitive(AbstractExactShape):
    """A single shape, in its own place. Its parts are named by `suffixes`, "" for a boundary of one part."""

    @property
    def kind(self) -> str:
        """Its name where the user gives none: "disk"."""
        return type(self).__name__.lower()

    @property
    @abc.abstractmethod
    def suffixes(self) -> tuple[str, ...]:
        """Names of its boundary parts."""

    @abc.abstractmethod
    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        """The outward normal on a part, as an expression of the coordinates."""


class AbstractRound(AbstractPrimitive):
    """A single shape about a centre, with coordinates of its own and a boundary of one part."""

    axes: Any
    centre: Any

    @property
    @abc.abstractmethod
    def half_axes(self) -> tuple[float, ...]:
        """How far it reaches from the centre along each coordinate."""

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return self.axes

    @property
    def suffixes(self) -> tuple[str, ...]:
        return ("",)

    @property
    def bounds(self) -> np.ndarray:
        return np.array([np.subtract(self.centre, self.half_axes), np.add(self.centre, self.half_axes)])


class AbstractSphere(AbstractRound):
    """|x − centre| ≤ radius, in the plane or in space."""

    radius: float

    @property
    def half_axes(self) -> tuple[float, ...]:
        return (self.radius,) * self.ndim

    def level(self, points: Any) -> Any:
        return disk_level(points, np.array(self.centre), self.radius, array_module(points))

    def own_normal(self, suffix: int) -> tuple[sp.Expr, ...]:
        return tuple((c - sp.Float(m)) / sp.Float(self.radius) for c, m in zip(self.axes, self.centre, strict=True))
