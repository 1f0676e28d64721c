"""Eigenpairs at finer and finer resolutions, until eigenvalues agree."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Sequence

import numpy as np

from .._core import ConvergenceError, precision_context, progress
from ..equations import Problem
from ..solutions import ErrorBar, SpaceTimeField
from ._eigen_elements import Eigenpair
from ._error_bars import error_over_distance, observed_order
from ._refinement import difference

_APART = 10.0  # times their errors: eigenvalues between which a function is told from its neighbour's


def refined_pairs(
    problem: Problem,
    at: Callable[[int], Sequence[Eigenpair]],
    sizes: Sequence[int],
    order: float,
    tolerance: float,
    *,
    demanded: bool,
    quiet: bool,
) -> tuple[Eigenpair, ...]:
    """Pairs `at` one size after another, until the errors of all eigenvalues but the last are below the tolerance.

    The last tells how far those before it are from others, and is not returned.

    Errors are those that the distances of successive sizes tell, by the `order` of the method or a lower one that three
    sizes show; the tolerance is relative to the largest eigenvalue found. Where the finest size does not reach it:
    `ConvergenceError` if it was `demanded`, and a warning otherwise.
    """
    levels: list[Sequence[Eigenpair]] = []
    with progress(f"Eigenpairs of {problem.name}", None, quiet=quiet) as advance:
        for n, size in enumerate(sizes):
            levels.append(at(size))
            advance(1, note=f"{size} points")
            if n == 0:
                continue
            errors = _errors([[float(p.value) for p in pairs] for pairs in levels], sizes[: n + 1], order)
            errors, largest = errors[:-1], max(abs(float(p.value)) for p in levels[-1])
            if errors.max() <= tolerance * largest:
                break
    pairs = tuple(_with_error(levels, k, errors) for k in range(len(errors)))
    if errors.max() > tolerance * largest:
        seen = f"{errors.max() / largest:.1e} of the largest eigenvalue with {size} points"
        if demanded:
            raise ConvergenceError(
                f"The eigenvalues of '{problem.name}' are not as exact as asked for.",
                given=seen,
                expected=f"{tolerance:g}",
                fix="a larger tolerance, or points=... for a finer grid without an estimate",
            )
        warnings.warn(
            f"Eigenvalues of '{problem.name}' are exact to {seen}, short of the {tolerance:g} aimed at by default. "
            "Each pair says its own error; points=... sets a finer grid.",
            stacklevel=3,
        )
    return pairs


def _errors(values: Sequence[Sequence[float]], sizes: Sequence[int], order: float) -> np.ndarray:
    """Of the last size's eigenvalues: their distance to those before, more where convergence is below first order."""
    last = np.abs(np.subtract(values[-1], values[-2]))
    ratio = sizes[-1] / sizes[-2]
    orders = [order] * len(last)
    if len(values) > 2:
        before = np.abs(np.subtract(values[-2], values[-3]))
        seen = (observed_order(a, b, sizes[-2] / sizes[-3], ratio) for a, b in zip(before, last, strict=True))
        orders = [min(order, p) for p in seen]
    return last * [error_over_distance(ratio, p) for p in orders]


def _with_error(levels: Sequence[Sequence[Eigenpair]], k: int, errors: np.ndarray) -> Eigenpair:
    """The last level's pair k with its errors. A function whose eigenvalue is not told from another's has none."""
    pair = levels[-1][k]
    found = pair.function
    statistics = dataclasses.replace(
        found.statistics, levels=tuple(level for pairs in levels for level in pairs[k].function.statistics.levels)
    )
    values = np.array([float(p.value) for p in levels[-1]])
    gaps = np.abs(np.delete(values, k) - values[k])
    bar = None
    if (gaps > _APART * errors.max()).all():
        before = levels[-2][k].function.field
        with precision_context("double"):
            moved = [difference(_turned(before, sign), found.field) for sign in (1, -1)]
        least = min(moved, key=lambda m: m.relative_l2)
        bar = ErrorBar(least.relative_l2, least.relative_max, "two resolutions")
    function = dataclasses.replace(found, statistics=statistics, error_bar=bar)
    return dataclasses.replace(pair, function=function, error=float(errors[k]))


def _turned(field: SpaceTimeField, sign: int) -> SpaceTimeField:
    return dataclasses.replace(field, coefficients=sign * field.coefficients)
