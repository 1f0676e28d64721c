"""Checks of the numbers that priors are given."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sympy as sp
from jaxtyping import Array, ArrayLike

from .._core import ArgumentError
from .._core._numbers import finite


def positive(value: object, what: str) -> float:
    """`value` as a finite float above zero."""
    number = finite(value, what)
    if number <= 0:
        raise ArgumentError(f"{what} is not positive.", given=repr(value), expected="a number > 0")
    return number


def whole(value: object, what: str, least: int = 1) -> int:
    """`value` as an integer not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer | sp.Integer) or value < least:
        raise ArgumentError(f"{what} is not a whole number.", given=repr(value), expected=f"an integer >= {least}")
    return int(value)


def ordered(names: tuple[str, ...], given: dict[str, ArrayLike]) -> Iterable[Array]:
    """Coordinates given by keyword, in the order of `names`; refuses missing and extra ones."""
    if set(given) != set(names):
        raise ArgumentError(
            "A random function is called with the wrong coordinates.",
            given=", ".join(given) or "none",
            expected=", ".join(names),
        )
    return [given[name] for name in names]
