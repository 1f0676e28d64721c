"""Checks of what named problems are called with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core import ArgumentError


def one_of(value: Any, options: Sequence[Any], headline: str) -> Any:
    """`value` where it is one of a few words or whole numbers; `ArgumentError` with `headline` otherwise."""
    kinds = tuple({type(option) for option in options})
    if isinstance(value, bool) or not isinstance(value, kinds) or value not in options:
        raise ArgumentError(headline, given=repr(value), expected=", ".join(map(repr, options)))
    return value


def whole(value: Any, headline: str) -> int:
    """`value` where it is a positive whole number; `ArgumentError` with `headline` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(headline, given=repr(value), expected="a whole number >= 1")
    return value
