"""Relative errors of sampled fields, from values and quadrature weights: the one place where their formulas stand.

`axes` are those that are summed over (None: all); weights broadcast against the values, which may be complex. A ratio
whose denominator vanishes is 0 where the numerator vanishes too, and infinite elsewhere; what is not finite is
infinitely wrong. NaN is never returned.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def relative_l2(p: Any, u: Any, weights: Any, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """‖p − u‖ / ‖u‖, ‖f‖² = Σ w |f|²."""
    return quotient(np.sqrt(square_norm(p - u, weights, axes)), np.sqrt(square_norm(u, weights, axes)))


def relative_max(p: Any, u: Any, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """max |p − u| / max |u|."""
    return quotient(np.abs(p - u).max(axis=axes), np.abs(u).max(axis=axes))


def relative_h1(
    p: Any, u: Any, slopes: Iterable[tuple[Any, Any]], weights: Any, axes: tuple[int, ...] | None = None
) -> np.ndarray:
    """√(‖e‖² + ‖∇e‖²) / √(‖u‖² + ‖∇u‖²), e = p − u; `slopes` are pairs of the same derivative of p and of u."""
    error, size = square_norm(p - u, weights, axes), square_norm(u, weights, axes)
    for a, b in slopes:
        error, size = error + square_norm(a - b, weights, axes), size + square_norm(b, weights, axes)
    return quotient(np.sqrt(error), np.sqrt(size))


def square_norm(f: Any, weights: Any, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """Σ w |f|²."""
    return np.sum(weights * np.abs(f) ** 2, axis=axes)


def quotient(above: Any, below: Any) -> np.ndarray:
    """above / below under the conventions of this file."""
    above = np.where(np.isfinite(above), above, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.where(above > 0, np.inf, 0.0))
