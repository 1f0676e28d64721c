"""Numbers as the user gives them: Python's, NumPy's or SymPy's."""

from __future__ import annotations

import math

import sympy as sp

from ._errors import ArgumentError


def finite(value: object, what: str) -> float:
    """`value` as a finite float (SymPy numbers included)."""
    try:
        number = float(sp.sympify(value, strict=True))
    except (TypeError, ValueError, OverflowError, IndexError, sp.SympifyError) as error:
        raise ArgumentError(f"{what} is not a number.", given=repr(value), expected="a real number") from error
    if not math.isfinite(number):
        raise ArgumentError(f"{what} is not finite.", given=repr(value), expected="a finite real number")
    return number
