"""Where a solution is looked at when it is measured or drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import ArgumentError, UnsupportedError
from ..fields import Grid
from ..spaces import AbstractGridSpace, FiniteElement
from ._field import SpaceTimeField

_FINE = {1: 513, 2: 129, 3: 33}
_COMPARED = 33  # times


def demand_box(field: SpaceTimeField, what: str) -> None:
    """Refuses by name, for a solution on a mesh, what is done on a tensor grid over a box."""
    if isinstance(field.space, FiniteElement):
        raise UnsupportedError(
            f"{what} works on a grid over a box, and this solution lives on a mesh.",
            given="a finite element solution",
            expected="a solution of a statement on a box by a method on a grid",
            fix="evaluate it where you need it: solution(x=..., y=...); it can be plotted, saved and compared",
        )


def viewing_grid(field: SpaceTimeField, resolution: Any = None, factor: int = 1) -> Grid | None:
    """A grid over the field's box: the space's own nodes, `factor` times as fine, or `resolution` points a side.

    None without a space. Grids other than the nodes are equally spaced, both ends included where not periodic.
    """
    if field.box is None:
        return None
    if resolution is not None:
        return Grid.over(field.box, resolution)
    if isinstance(field.space, AbstractGridSpace):
        grid = field.space.grid
        return grid if factor == 1 else grid.resized(tuple(factor * n for n in grid.shape))
    return Grid.over(field.box, _FINE[field.box.ndim])


def fine_grid(field: SpaceTimeField) -> Grid | None:
    """An equally spaced grid at least as fine as the space's own nodes, for measuring errors."""
    if field.box is None:
        return None
    least = _FINE[field.box.ndim]
    own = field.space.grid.shape if isinstance(field.space, AbstractGridSpace) else (0,) * field.box.ndim
    return Grid.over(field.box, tuple(max(n, least) for n in own))


def viewing_times(field: SpaceTimeField, most: int) -> np.ndarray | None:
    """At most `most` of the saved times, first and last included; None when steady."""
    return None if field.times is None else some_times(field, most)


def some_times(field: SpaceTimeField, most: int) -> np.ndarray:
    """At most `most` of the saved times of an evolution, first and last included."""
    saved = field.saved
    chosen = np.unique(np.linspace(0, len(saved) - 1, min(most, len(saved))).round().astype(int))
    return saved[chosen]


def on_grid(
    field: SpaceTimeField, grid: Grid | None, times: Any, orders: Any = None, time_order: int = 0
) -> np.ndarray:
    """The field's jet on a grid at times: `(time, *grid.shape, channels)`, time and space only where there are any."""
    points: dict[str, Any] = {} if grid is None else dict(grid.coordinates)
    ndim = 0 if grid is None else grid.ndim
    if field.times is not None:
        points[field.time_name] = np.asarray(times, float).reshape((-1,) + (1,) * ndim)
    return field.jet(points, (0,) * ndim if orders is None else tuple(orders), time_order)


def common_times(field: SpaceTimeField, reference: Any) -> np.ndarray | None:
    """Up to 33 times of a field; those that a reference covers, where it is a field too."""
    times = viewing_times(field, _COMPARED)
    if times is None or not isinstance(reference, SpaceTimeField):
        return times
    covered = reference.saved
    times = times[(times >= covered[0] - 1e-12) & (times <= covered[-1] + 1e-12)]
    if not times.size:
        raise ArgumentError("The two solutions have no time in common.", given=reference.times, expected=field.times)
    return times
