"""The boxes on which named problems live."""

from __future__ import annotations

import functools
import operator
from typing import Any

import sympy as sp

from ..domains import Domain, Interval, Time
from ..equations import coordinates
from ._arguments import one_of

_NAMES = "xyz"


def box(ndim: int, lower: Any, upper: Any, periodic: bool = False) -> tuple[Domain, tuple[sp.Symbol, ...]]:
    """[lower, upper]^ndim with coordinates x, y, z."""
    one_of(ndim, (1, 2, 3), "Problems have one to three space dimensions.")
    axes = tuple(coordinates(name) for name in _NAMES[:ndim])
    sides = [Domain.of(Interval(axis, lower, upper, periodic)) for axis in axes]
    return functools.reduce(operator.mul, sides), axes


def unit_box(ndim: int, periodic: bool = False, stop: float = 1.0) -> tuple[Domain, tuple[sp.Symbol, ...], sp.Symbol]:
    """[0, 1]^ndim × [0, stop] with coordinates x, y, z and t."""
    space, axes = box(ndim, 0, 1, periodic)
    t = coordinates("t")
    return space * Time(t, 0, stop), axes, t
