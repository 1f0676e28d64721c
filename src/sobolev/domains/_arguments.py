"""Checks of the numbers, coordinates and names that regions are given."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from .._core import ArgumentError
from .._core._numbers import finite


def coordinate(value: object, where: str) -> sp.Symbol:
    """A coordinate."""
    if not isinstance(value, sp.Symbol):
        raise ArgumentError(
            f"{where} needs a coordinate as its first argument.",
            given=repr(value),
            expected="a symbol from sv.coordinates(...)",
            fix='x = sv.coordinates("x")',
        )
    return value


def axes(coordinates: Any, count: int, what: str) -> tuple[sp.Symbol, ...]:
    """`count` distinct coordinates."""
    if not isinstance(coordinates, list | tuple | sp.Tuple) or len(coordinates) != count:
        raise ArgumentError(
            f"{what} needs {count} coordinates as its first argument.",
            given=repr(coordinates),
            expected="a tuple of symbols from sv.coordinates(...)",
            fix='x, y = sv.coordinates("x y")' if count == 2 else 'x, y, z = sv.coordinates("x y z")',
        )
    found = tuple(coordinate(c, what) for c in coordinates)
    if len(set(found)) != count:
        raise ArgumentError(f"{what} names a coordinate twice.", given=str(found), expected="distinct coordinates")
    return found


def numbers(values: Any, what: str, count: int) -> tuple[float, ...]:
    """`count` finite numbers."""
    if not isinstance(values, list | tuple | np.ndarray | sp.Tuple) or len(values) != count:
        raise ArgumentError(
            f"{what} needs {count} numbers.", given=repr(values), expected=f"{count} finite real numbers"
        )
    return tuple(finite(v, what) for v in values)


def length(value: Any, what: str) -> float:
    """A positive number."""
    number = finite(value, what)
    if number <= 0:
        raise ArgumentError(f"{what} is not positive.", given=f"{number:g}", expected="a number > 0")
    return number


def label(name: Any) -> str | None:
    """A name for the boundary parts of a shape, or None."""
    if name is not None and (not isinstance(name, str) or not name or name != name.strip()):
        raise ArgumentError("A shape's name is no name.", given=repr(name), expected="text, or None")
    return name


def checked_order(order: Any) -> int:
    """An order of quadrature."""
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or not 0 <= order <= 40:
        raise ArgumentError("The order of a quadrature is out of range.", given=repr(order), expected="0 … 40")
    return int(order)
