"""Values of a field on another grid of the same box."""

from __future__ import annotations

import functools

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..fields import Axis, Grid


def resample(values: Float[Array, "*space channels"], source: Grid, target: Grid) -> Float[Array, "*target channels"]:
    """Multilinear interpolation from one tensor grid to another, one matrix per axis.

    The same interpolation as calling a `GridField`: periodic axes wrap, beyond the outermost points the last value
    counts. Axes with equal points are left alone.
    """
    for d, (a, b) in enumerate(zip(source.axes, target.axes, strict=True)):
        if a != b:
            matrix = jnp.asarray(interpolation(a, b), values.dtype)
            values = jnp.moveaxis(jnp.tensordot(matrix, values, (1, d)), 0, d)
    return values


@functools.lru_cache(maxsize=64)
def interpolation(source: Axis, target: Axis) -> np.ndarray:
    """Matrix of linear interpolation from the points of one axis to those of another: `(target, source)`."""
    nodes, points, n = source.coordinates, target.coordinates, source.points
    if source.kind == "periodic":
        nodes = np.append(nodes, nodes[0] + source.length)
        points = nodes[0] + np.mod(points - nodes[0], source.length)
    if len(nodes) == 1:
        return np.ones((len(points), 1))
    left = np.clip(np.searchsorted(nodes, points, side="right") - 1, 0, len(nodes) - 2)
    fraction = np.clip((points - nodes[left]) / (nodes[left + 1] - nodes[left]), 0, 1)
    matrix, rows = np.zeros((len(points), n)), np.arange(len(points))
    np.add.at(matrix, (rows, left), 1 - fraction)
    np.add.at(matrix, (rows, (left + 1) % n), fraction)
    return matrix
