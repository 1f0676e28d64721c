"""Timing compiled functions (R9): compilation apart, the median of repeated calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

_REPEATS = 5
_ENOUGH = 1.0  # seconds after which repeating stops


def compiled_in(function: Callable[..., Any], *arguments: Any) -> tuple[Callable[..., Any], float]:
    """`function` compiled for arguments like these, and the seconds that took."""
    begin = time.perf_counter()
    executable = jax.jit(function).lower(*arguments).compile()
    return executable, time.perf_counter() - begin


def seconds_of(function: Callable[..., Any], *arguments: Any) -> float:
    """Median seconds of a call, after one that does not count."""
    jax.block_until_ready(function(*arguments))
    spent: list[float] = []
    while len(spent) < _REPEATS and sum(spent) < _ENOUGH:
        begin = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        spent.append(time.perf_counter() - begin)
    return float(np.median(spent))
