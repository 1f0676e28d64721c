"""The same fields on a coarser grid of the same box."""

from __future__ import annotations

import numpy as np

from .._core import ArgumentError
from ..fields import Axis, Grid


def coarser_grid(grid: Grid, factor: int) -> Grid:
    """The grid with `factor` times fewer intervals per side; its points are among those of `grid`, or cells of them.

    `periodic` and `cells` axes need a number of points divisible by `factor`; `nodes` and `chebyshev` axes a
    number of intervals (points − 1) divisible by it.
    """
    if not isinstance(factor, int | np.integer) or factor < 1:
        raise ArgumentError("The coarsening factor is no whole number.", given=repr(factor), expected="2, 3, …")
    return Grid(tuple(_coarser(axis, int(factor)) for axis in grid.axes))


def _coarser(axis: Axis, factor: int) -> Axis:
    ends = 1 if axis.kind in ("nodes", "chebyshev") else 0
    intervals = axis.points - ends
    if intervals % factor or intervals // factor + ends < 1 + ends:
        raise ArgumentError(
            f"The grid cannot be coarsened {factor} times along {axis.name}.",
            given=f"{axis.points} points of kind {axis.kind!r}",
            expected=f"{'points − 1' if ends else 'points'} divisible by {factor}",
        )
    return Axis(axis.name, axis.lower, axis.upper, intervals // factor + ends, axis.kind)


def coarsen(values: np.ndarray, grid: Grid, factor: int, first: int) -> np.ndarray:
    """Values `(..., *grid.shape, channels)`, space beginning at axis `first`, on `coarser_grid(grid, factor)`.

    Point values are picked; cell values are averaged over the cells that form the larger one.
    """
    for offset, axis in enumerate(grid.axes):
        position = first + offset
        if axis.kind == "cells":
            shape = values.shape
            split = (*shape[:position], shape[position] // factor, factor, *shape[position + 1 :])
            values = values.reshape(split).mean(axis=position + 1, dtype=values.dtype)
        else:
            values = values[(slice(None),) * position + (slice(None, None, factor),)]
    return values
