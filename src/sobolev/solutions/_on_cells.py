"""Finite element fields at concrete points, by NumPy: a mesh is often looked at once, and compiling takes longer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..spaces import FiniteElement, at_points

if TYPE_CHECKING:
    from ._field import SpaceTimeField

States = Callable[[np.ndarray], np.ndarray]  # coefficients (time, nodes, channels) at times


def on_cells(
    field: SpaceTimeField, points: Mapping[str, np.ndarray], orders: tuple[int, ...], states: States
) -> np.ndarray | None:
    """`field.jet(points, orders)` of order zero or one; None where times and places do not form a product.

    `states` gives the coefficients at times, or their derivatives; it is not asked where the field is steady.
    """
    space = field.space
    assert isinstance(space, FiniteElement)
    places = [_within(points[side.name], side) for side in space.box.sides]
    ndim = max((np.ndim(p) for p in points.values()), default=0)
    wide = [p.reshape((1,) * (ndim - p.ndim) + p.shape) for p in places]
    shape = np.broadcast_shapes(*(p.shape for p in wide))
    x = np.stack([np.broadcast_to(p, shape).ravel() for p in wide], -1)
    if field.times is None:
        values = _derivative(space, np.asarray(field.coefficients), x, orders)
        return values.reshape(*shape, values.shape[-1])
    t = np.asarray(points[field.time_name], float)
    t = t.reshape((1,) * (ndim - t.ndim) + t.shape)
    if any(a > 1 and b > 1 for a, b in zip(t.shape, shape, strict=True)):
        return None
    coefficients = states(t.ravel())
    count, nodes, channels = coefficients.shape
    stacked = np.moveaxis(coefficients, 0, 1).reshape(nodes, count * channels)
    values = _derivative(space, stacked, x, orders).reshape(*shape, *t.shape, channels)
    # One of each pair of axes has length one: (places, times) become one axis each.
    order = [axis for pair in zip(range(ndim), range(ndim, 2 * ndim), strict=True) for axis in pair]
    both = np.broadcast_shapes(shape, t.shape)
    return values.transpose(*order, 2 * ndim).reshape(*both, channels)


def _within(points: np.ndarray, side) -> np.ndarray:
    points = np.asarray(points, float)
    if side.periodic:
        return side.lower + np.mod(points - side.lower, side.length)
    return np.clip(points, side.lower, side.upper)


def _derivative(space: FiniteElement, coefficients: np.ndarray, x: np.ndarray, orders: tuple[int, ...]) -> np.ndarray:
    values, slopes = at_points(space, coefficients, x)
    found = values if sum(orders) == 0 else slopes[:, orders.index(1)]
    return found.astype(coefficients.dtype)
