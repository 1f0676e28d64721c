"""Domains: where a problem lives, space times time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from .._core import ArgumentError
from ._box import Box
from ._interval import Interval, Time
from ._region import AbstractFactor, AbstractRegion


@dataclass(frozen=True)
class Domain:
    """Space (a box, a shape or a mesh; nothing for ordinary differential equations) × time (or nothing when steady)."""

    space: Any = None
    time: Time | None = None

    @staticmethod
    def of(part: AbstractFactor | Domain) -> Domain:
        """Any of the parts as a domain."""
        match part:
            case Domain():
                return part
            case Interval():
                return Domain(Box((part,)))
            case AbstractRegion():
                return Domain(part.as_space())
            case Time():
                return Domain(None, part)
        raise ArgumentError(
            "This is not a domain.",
            given=repr(part),
            expected="Interval, a product of intervals, a shape, a mesh, or Time",
            fix="sv.Interval(x, 0, 1) * sv.Time(t, 0, 1)",
        )

    def __mul__(self, other: AbstractFactor | Domain) -> Domain:
        other = Domain.of(other)
        if self.time is not None and other.time is not None:
            raise ArgumentError("A domain has one time.", given=f"{self} times {other}", expected="one Time")
        time = self.time or other.time
        if self.space is None or other.space is None:
            space = self.space or other.space
        elif isinstance(self.space, Box) and isinstance(other.space, Box):
            space = Box((*self.space.sides, *other.space.sides))
        else:
            raise ArgumentError(
                "Only intervals and boxes multiply to further dimensions.",
                given=f"{self.space} times {other.space}",
                expected="a shape times sv.Time(...)",
                fix="state solids as sv.Cuboid, sv.Ball, or booleans of them",
            )
        if time is not None and space is not None and time.name in space.names:
            raise ArgumentError("A coordinate is both space and time.", given=time.name, expected="two symbols")
        return Domain(space, time)

    @cached_property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        """Space coordinates in order, then time."""
        space = self.space.coordinates if self.space else ()
        return (*space, *((self.time.coordinate,) if self.time else ()))

    @property
    def sides(self) -> tuple[Interval, ...]:
        """The intervals of a box; none for shapes, meshes, and ordinary differential equations."""
        return self.space.sides if isinstance(self.space, Box) else ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of all boundary parts."""
        return self.space.parts if self.space else ()

    def end(self, part: str) -> tuple[Interval, float, int]:
        """What a boundary part of a box such as "x.max" is: its side, where on it, and the sign of the outward
        normal."""
        for side in self.sides:
            if part in side.parts:
                low = part == side.parts[0]
                return side, side.lower if low else side.upper, -1 if low else 1
        raise ArgumentError(
            "The domain has no such boundary part.",
            given=repr(part),
            expected=", ".join(self.parts) or "none",
        )

    @property
    def ndim(self) -> int:
        """Number of space dimensions."""
        return self.space.ndim if self.space else 0

    def plot(self) -> Any:
        """A picture of space in two or three dimensions, its boundary parts by colour."""
        if self.space is None or self.ndim == 1:
            raise ArgumentError(
                "This domain has no picture.", given=str(self), expected="a domain of two or three space dimensions"
            )
        from ._plot import plot, shape_of

        return plot(shape_of(self.space))

    def __str__(self) -> str:
        return ", ".join(str(part) for part in (self.space, self.time) if part is not None)
