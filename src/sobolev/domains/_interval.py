"""Intervals and time: what boxes and domains are products of."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from .._core import ArgumentError
from .._core._numbers import finite
from ._arguments import coordinate
from ._region import AbstractFactor


@dataclass(frozen=True)
class Interval(AbstractFactor):
    """lower ≤ coordinate ≤ upper, optionally with both ends identified (`periodic=True`).

    Products are boxes: `Interval(x, 0, 1) * Interval(y, 0, 2) * Time(t, 0, 1)`.
    Its boundary parts are named "x.min" and "x.max" (with the coordinate's own name).
    """

    coordinate: sp.Symbol
    lower: float
    upper: float
    periodic: bool = False

    def __post_init__(self):
        coordinate(self.coordinate, "Interval")
        for end in ("lower", "upper"):
            object.__setattr__(self, end, finite(getattr(self, end), f"Interval: {end} end of {self.coordinate}"))
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

    def __str__(self) -> str:
        kind = "periodic " if self.periodic else ""
        return f"{kind}{self.name} in [{self.lower:g}, {self.upper:g}]"


@dataclass(frozen=True)
class Time(AbstractFactor):
    """start ≤ coordinate ≤ stop, the direction in which an evolution runs."""

    coordinate: sp.Symbol
    start: float
    stop: float

    def __post_init__(self):
        coordinate(self.coordinate, "Time")
        for end in ("start", "stop"):
            object.__setattr__(self, end, finite(getattr(self, end), f"Time: {end}"))
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

    def __str__(self) -> str:
        return f"{self.name} in [{self.start:g}, {self.stop:g}]"
