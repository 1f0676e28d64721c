"""Values on a grid, which know where they live and can be called anywhere in between."""

from __future__ import annotations

import math

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float, Inexact

from .._core import ArgumentError
from ._grid import Axis, Grid


class GridField(eqx.Module):
    """A field given by its values at the points of a grid, multilinear in between.

    `values` has shape `(*grid.shape, channels)`; `names` names the channels. Called with coordinates by
    keyword, which broadcast as in NumPy, it returns `(*broadcast, channels)`, or `(*broadcast,)` for a
    single channel: `field(x=0.3, y=ys)`. Periodic axes wrap; elsewhere points outside the box are refused
    when they are concrete (traced ones are clamped to the box).
    """

    values: Inexact[Array, "*space channels"]
    grid: Grid = eqx.field(static=True)
    names: tuple[str, ...] = eqx.field(static=True)

    def __init__(self, values: ArrayLike, grid: Grid, names: tuple[str, ...] | str):
        self.names = (names,) if isinstance(names, str) else tuple(names)
        self.grid = grid
        self.values = jnp.asarray(values)
        expected = (*grid.shape, len(self.names))
        if self.values.shape == grid.shape and len(self.names) == 1:
            self.values = self.values[..., None]
        if self.values.shape != expected:
            raise ArgumentError(
                f"The values of {', '.join(self.names)} do not fit their grid.",
                given=f"shape {self.values.shape}",
                expected=f"shape {expected}: the grid's points, then channels; batch with jax.vmap",
            )

    @property
    def channels(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> GridField:
        """One channel, as a field."""
        if name not in self.names:
            raise ArgumentError("The field has no such channel.", given=repr(name), expected=", ".join(self.names))
        return GridField(self.values[..., [self.names.index(name)]], self.grid, (name,))

    def __call__(self, **coordinates: ArrayLike) -> Array:
        if set(coordinates) != set(self.grid.names):
            raise ArgumentError(
                f"{', '.join(self.names)} is called with the wrong coordinates.",
                given=", ".join(coordinates) or "none",
                expected=", ".join(self.grid.names),
            )
        points = [jnp.asarray(coordinates[name]) for name in self.grid.names]
        shape = np.broadcast_shapes(*(p.shape for p in points))
        stencils = [_neighbours(axis, p) for axis, p in zip(self.grid.axes, points, strict=True)]
        result = jnp.zeros((*shape, self.channels), self.values.dtype)
        for corner in np.ndindex(*(2,) * self.grid.ndim):
            index = tuple(jnp.broadcast_to(s[0][c], shape) for s, c in zip(stencils, corner, strict=True))
            weight = math.prod((s[1][c] for s, c in zip(stencils, corner, strict=True)), start=jnp.ones(shape))
            result = result + weight[..., None].astype(self.values.real.dtype) * self.values[index]
        return result[..., 0] if self.channels == 1 else result

    def with_coordinates(self) -> GridField:
        """The field with one more channel per axis: its coordinate, scaled to [0, 1]."""
        extra = [
            jnp.broadcast_to(((c - axis.lower) / axis.length).astype(self.values.real.dtype), self.grid.shape)
            for axis, c in zip(self.grid.axes, self.grid.coordinates.values(), strict=True)
        ]
        values = jnp.concatenate([self.values, jnp.stack(extra, axis=-1)], axis=-1)
        return GridField(values, self.grid, (*self.names, *(f"@{axis.name}" for axis in self.grid.axes)))

    def with_values(self, values: ArrayLike, names: tuple[str, ...] | None = None) -> GridField:
        """Other values on the same grid."""
        return GridField(values, self.grid, names or self.names)


def norm(field: GridField) -> Float[Array, ""]:
    """L2 norm over the box, all channels joint, by the grid's quadrature."""
    weights = jnp.asarray(field.grid.weights, field.values.real.dtype)[..., None]
    return jnp.sqrt(jnp.sum(weights * jnp.abs(field.values) ** 2))


def _neighbours(axis: Axis, points: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Indices of the grid points left and right of `points`, and their linear weights."""
    n = axis.points
    if axis.kind == "periodic":
        position = jnp.mod((points - axis.lower) / axis.spacing, n)
        left = jnp.clip(jnp.floor(position).astype(int), 0, n - 1)
        fraction = position - left
        return (left, (left + 1) % n), (1 - fraction, fraction)
    _refuse_outside(axis, points)
    if axis.kind == "chebyshev":
        nodes = jnp.asarray(axis.coordinates, points.dtype if points.dtype.kind == "f" else None)
        left = jnp.clip(jnp.searchsorted(nodes, points, side="right") - 1, 0, n - 2)
        fraction = jnp.clip((points - nodes[left]) / (nodes[left + 1] - nodes[left]), 0, 1)
        return (left, left + 1), (1 - fraction, fraction)
    first = axis.lower if axis.kind == "nodes" else axis.lower + axis.spacing / 2
    position = jnp.clip((points - first) / axis.spacing, 0, n - 1)
    left = jnp.clip(jnp.floor(position).astype(int), 0, max(n - 2, 0))
    fraction = position - left
    return (left, jnp.minimum(left + 1, n - 1)), (1 - fraction, fraction)


def _refuse_outside(axis: Axis, points: Array) -> None:
    if eqx.is_array(points) and not _is_traced(points):
        slack = 1e-6 * axis.length
        outside = (points < axis.lower - slack) | (points > axis.upper + slack)
        if bool(jnp.any(outside)):
            worst = float(points[outside].ravel()[0]) if points.ndim else float(points)
            raise ArgumentError(
                f"A point lies outside the box in {axis.name}.",
                given=f"{axis.name} = {worst:g}",
                expected=f"{axis.lower:g} <= {axis.name} <= {axis.upper:g}",
            )


def _is_traced(array: Array) -> bool:
    import jax.core

    return isinstance(array, jax.core.Tracer)
