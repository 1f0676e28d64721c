"""Intervals, boxes and time: where a problem lives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from .._core import ArgumentError
from ._region import AbstractRegion


def _number(value: object, what: str) -> float:
    try:
        number = float(sp.sympify(value, strict=True))
    except (TypeError, ValueError, OverflowError, IndexError, sp.SympifyError) as error:
        raise ArgumentError(f"{what} is not a number.", given=repr(value), expected="a real number") from error
    if not math.isfinite(number):
        raise ArgumentError(f"{what} is not finite.", given=repr(value), expected="a finite real number")
    return number


def _coordinate(value: object, where: str) -> sp.Symbol:
    if not isinstance(value, sp.Symbol):
        raise ArgumentError(
            f"{where} needs a coordinate as its first argument.",
            given=repr(value),
            expected="a symbol from sv.coordinates(...)",
            fix='x = sv.coordinates("x")',
        )
    return value


@dataclass(frozen=True)
class Interval:
    """lower ≤ coordinate ≤ upper, optionally with both ends identified (`periodic=True`).

    Products are boxes: `Interval(x, 0, 1) * Interval(y, 0, 2) * Time(t, 0, 1)`.
    Its boundary parts are named "x.min" and "x.max" (with the coordinate's own name).
    """

    coordinate: sp.Symbol
    lower: float
    upper: float
    periodic: bool = False

    def __post_init__(self):
        _coordinate(self.coordinate, "Interval")
        for end in ("lower", "upper"):
            object.__setattr__(self, end, _number(getattr(self, end), f"Interval: {end} end of {self.coordinate}"))
        if not self.lower < self.upper:
            raise ArgumentError(
                f"Interval in {self.coordinate} is empty.",
                given=f"[{self.lower:g}, {self.upper:g}]",
                expected="lower < upper",
            )
        if not isinstance(self.periodic, bool):
            raise ArgumentError(
                "Interval: periodic is not a yes or no.", given=repr(self.periodic), expected="True or False"
            )

    @property
    def name(self) -> str:
        return self.coordinate.name

    @property
    def length(self) -> float:
        return self.upper - self.lower

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the boundary parts; none when periodic."""
        return () if self.periodic else (f"{self.name}.min", f"{self.name}.max")

    def __mul__(self, other: Interval | Box | Time | Domain) -> Domain:
        return Domain.of(self) * other

    def __str__(self) -> str:
        kind = "periodic " if self.periodic else ""
        return f"{kind}{self.name} in [{self.lower:g}, {self.upper:g}]"


@dataclass(frozen=True)
class Time:
    """start ≤ coordinate ≤ stop, the direction in which an evolution runs."""

    coordinate: sp.Symbol
    start: float
    stop: float

    def __post_init__(self):
        _coordinate(self.coordinate, "Time")
        for end in ("start", "stop"):
            object.__setattr__(self, end, _number(getattr(self, end), f"Time: {end}"))
        if not self.start < self.stop:
            raise ArgumentError(
                "Time runs backwards or not at all.",
                given=f"[{self.start:g}, {self.stop:g}]",
                expected="start < stop",
            )

    @property
    def name(self) -> str:
        return self.coordinate.name

    @property
    def length(self) -> float:
        return self.stop - self.start

    def __mul__(self, other: Interval | Box | Domain) -> Domain:
        return Domain.of(self) * other

    def __str__(self) -> str:
        return f"{self.name} in [{self.start:g}, {self.stop:g}]"


@dataclass(frozen=True)
class Box(AbstractRegion):
    """Product of one to three intervals."""

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
    def ndim(self) -> int:
        return len(self.sides)

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        return tuple(side.coordinate for side in self.sides)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(side.name for side in self.sides)

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

    def __mul__(self, other: Interval | Box | Time | Domain) -> Domain:
        return Domain.of(self) * other

    def __str__(self) -> str:
        return ", ".join(map(str, self.sides))


@dataclass(frozen=True)
class Domain:
    """Space (a box, a shape or a mesh; nothing for ordinary differential equations) × time (or nothing when steady)."""

    space: Any = None
    time: Time | None = None

    @staticmethod
    def of(part: Interval | AbstractRegion | Time | Domain) -> Domain:
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

    def __mul__(self, other: Interval | Box | Time | Domain) -> Domain:
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
