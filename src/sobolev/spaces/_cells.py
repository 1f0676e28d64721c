"""Functions given by their averages over the cells of a grid."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from .._core import ArgumentError
from ..domains import Box
from ..fields import Axis, Grid
from ._abstract import AbstractGridSpace
from ._weno import cell_value

_LEAST = 5


class Cells(AbstractGridSpace):
    """Averages over the equal cells of a box, in one or two dimensions.

    Coefficients are the averages `(*cells, channels)`. An average differs from the value at the cell's centre by
    h² u″/24: `to_grid` gives values at the centres and `jet` values anywhere, by the essentially non-oscillatory
    polynomial of `cell_value` (fifth order where the function is smooth, no overshoot at jumps); `averages` of a
    field are its coefficients as they are, and their sum times the cell's volume is its exact integral. At ends that
    are not periodic the polynomial is that of the five cells nearest.
    """

    domain: Box = eqx.field(static=True)
    points: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, box: Box, points: int | tuple[int, ...]):
        counts = (points,) * box.ndim if isinstance(points, int | np.integer) else tuple(points)
        if len(counts) != box.ndim or any(n < _LEAST for n in counts):
            raise ArgumentError(
                "A grid of cells does not fit its box.", given=points, expected=f"{box.ndim} numbers >= {_LEAST}"
            )
        self.domain, self.points = box, tuple(map(int, counts))

    @property
    def box(self) -> Box:
        return self.domain

    @property
    def order(self) -> int:
        return 5

    @property
    def grid(self) -> Grid:
        return _grid(self.domain, self.points)

    def to_grid(self, coefficients: Inexact[Array, "*cells channels"]) -> Inexact[Array, "*cells channels"]:
        return self._at_centres(coefficients, (0,) * self.domain.ndim)

    def from_grid(self, values: Inexact[Array, "*cells channels"]) -> Inexact[Array, "*cells channels"]:
        """Averages of the smooth function with these values at the centres, to sixth order: u + h²u″/24 + h⁴u⁗/1920."""
        for axis, side in enumerate(self.domain.sides):
            a, b, c, d, e = self._neighbours(values, axis, side.periodic)
            values = c + (308 * (b + d - 2 * c) - 17 * (a + e - 2 * c)) / 5760
        return values

    def derivative(
        self, values: Inexact[Array, "*cells channels"], orders: tuple[int, ...]
    ) -> Inexact[Array, "*cells channels"]:
        return self._at_centres(self.from_grid(values), orders) if any(orders) else values

    def jet(self, coefficients: Any, orders: tuple[int, ...], points: Mapping[str, Any]) -> Array:
        located = [jnp.asarray(points[name]) for name in self.grid.names]
        shape = np.broadcast_shapes(*(p.shape for p in located))
        indices, offsets = zip(
            *(
                _locate(axis, side.periodic, p)
                for axis, side, p in zip(self.grid.axes, self.box.sides, located, strict=True)
            ),
            strict=True,
        )
        spread = [jnp.broadcast_to(o, shape)[..., None] for o in offsets]
        scales = [axis.spacing**-m for axis, m in zip(self.grid.axes, orders, strict=True)]

        def along(axis: int, fixed: tuple[Array, ...]) -> Array:
            if axis == self.box.ndim:
                return coefficients[fixed]
            cells = [along(axis + 1, (*fixed, jnp.broadcast_to(indices[axis][k], shape))) for k in range(5)]
            return scales[axis] * cell_value(cells, spread[axis], orders[axis])

        return along(0, ())

    def _at_centres(self, averages: Array, orders: tuple[int, ...]) -> Array:
        for i, (axis, side, m) in enumerate(zip(self.grid.axes, self.domain.sides, orders, strict=True)):
            cells = self._neighbours(averages, i, side.periodic)
            averages = cell_value(cells, 0.0, m) / axis.spacing**m
        return averages

    def _neighbours(self, values: Array, axis: int, periodic: bool) -> list[Array]:
        """The five cells around each, along an axis; beyond an end, a parabola through the last three goes on."""
        padded = jnp.moveaxis(values, axis, 0)
        n = padded.shape[0]
        if periodic:
            padded = jnp.concatenate([padded[-2:], padded, padded[:2]])
        else:
            before = [_beyond(padded, k) for k in (2, 1)]
            after = [_beyond(padded[::-1], k) for k in (1, 2)]
            padded = jnp.concatenate([jnp.stack(before), padded, jnp.stack(after)])
        return [jnp.moveaxis(padded[k : k + n], 0, axis) for k in range(5)]


def _beyond(values: Array, k: int) -> Array:
    """The average k cells before the first, by the parabola of the first three."""
    a, b, c = values[0], values[1], values[2]
    return (1 + k * (k + 3) / 2) * a - k * (k + 2) * b + k * (k + 1) / 2 * c


@functools.lru_cache(maxsize=64)
def _grid(box: Box, points: tuple[int, ...]) -> Grid:
    return Grid.over(Box(tuple(_open(side) for side in box.sides)), points, "cells")


def _open(side: Any) -> Any:
    """The same side without its ends identified: cell centres lie inside either way."""
    return type(side)(side.coordinate, side.lower, side.upper)


def _locate(axis: Axis, periodic: bool, points: Array) -> tuple[Array, Array]:
    """Indices `(5, *points)` of the cells around each point's own, and its offset from the middle one's centre."""
    n = axis.points
    position = (points - axis.lower) / axis.spacing
    own = jnp.clip(jnp.floor(position).astype(int), 0, n - 1)
    middle = own if periodic else jnp.clip(own, 2, n - 3)
    index = middle + jnp.arange(-2, 3).reshape(-1, *(1,) * points.ndim)
    return (index % n if periodic else index), position - middle - 0.5
