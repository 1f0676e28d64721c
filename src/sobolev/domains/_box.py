"""Boxes: products of intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import sympy as sp

from .._core import ArgumentError
from ._interval import Interval
from ._region import AbstractRegion


@dataclass(frozen=True)
class Box(AbstractRegion):
    """Product of one to six intervals."""

    sides: tuple[Interval, ...]

    def __post_init__(self):
        sides = self.sides if isinstance(self.sides, list | tuple) else (self.sides,)
        object.__setattr__(self, "sides", tuple(sides))
        if not sides or not all(isinstance(side, Interval) for side in sides):
            raise ArgumentError("A box is a product of intervals.", given=repr(self.sides), expected="1 to 6 intervals")
        names = [side.name for side in self.sides]
        if len(set(names)) != len(names):
            raise ArgumentError("A box names a coordinate twice.", given=names, expected="distinct coordinates")
        if len(self.sides) > 6:
            raise ArgumentError("A box has at most six space dimensions.", given=names, expected="1 to 6 intervals")

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return tuple(side.coordinate for side in self.sides)

    @property
    def lengths(self) -> tuple[float, ...]:
        return tuple(side.length for side in self.sides)

    @property
    def measure(self) -> float:
        return math.prod(self.lengths)

    @property
    def is_periodic(self) -> bool:
        """All sides periodic."""
        return all(side.periodic for side in self.sides)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of all boundary parts, e.g. ("x.min", "x.max")."""
        return tuple(part for side in self.sides for part in side.parts)

    def side(self, name: str) -> Interval:
        """The interval of the coordinate called `name`."""
        for side in self.sides:
            if side.name == name:
                return side
        raise ArgumentError("The box has no such coordinate.", given=repr(name), expected=", ".join(self.names))

    def __str__(self) -> str:
        return ", ".join(map(str, self.sides))
