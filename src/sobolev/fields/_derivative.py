"""Derivatives of values on a grid, each axis by the scheme natural to it."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from .._core import ArgumentError, UnsupportedError
from ._grid import Axis, Grid


def derivative(
    values: Inexact[Array, "*space channels"], grid: Grid, orders: Sequence[int], accuracy: int = 2
) -> Inexact[Array, "*space channels"]:
    """∂^orders of grid values: `orders` has one entry per axis.

    Periodic axes are differentiated as trigonometric interpolants (exact for band-limited fields; odd derivatives drop
    the Nyquist mode), Chebyshev axes as polynomial interpolants, equally spaced ones by central differences of order
    `accuracy`, one-sided with the same order near the ends. `UnsupportedError` where an axis has too few points.
    """
    if len(orders) != grid.ndim or min(orders, default=0) < 0:
        raise ArgumentError("One order per axis is needed.", given=tuple(orders), expected=f"{grid.ndim} integers >= 0")
    for position, (axis, order) in enumerate(zip(grid.axes, orders, strict=True)):
        if order:
            moved = jnp.moveaxis(values, position, -1)
            values = jnp.moveaxis(_along_last(moved, axis, int(order), accuracy), -1, position)
    return values


def gradient(values: Inexact[Array, "*space channels"], grid: Grid, accuracy: int = 2) -> list[Array]:
    """First derivatives along each axis (see `derivative`)."""
    units = np.eye(grid.ndim, dtype=int)
    return [derivative(values, grid, tuple(unit), accuracy) for unit in units]


def _along_last(values: Array, axis: Axis, order: int, accuracy: int) -> Array:
    if axis.kind == "periodic":
        return _spectral(values, axis, order)
    if axis.kind == "chebyshev":
        matrix = np.linalg.matrix_power(_chebyshev_matrix(axis), order)
        return jnp.einsum("...j,ij->...i", values, jnp.asarray(matrix, values.real.dtype))
    return _differences(values, axis, order, accuracy)


def _spectral(values: Array, axis: Axis, order: int) -> Array:
    n = axis.points
    wave = 2 * np.pi / axis.length * np.fft.fftfreq(n, 1 / n)
    symbol = (1j * wave) ** order
    if order % 2 and n % 2 == 0:
        symbol[n // 2] = 0
    if jnp.iscomplexobj(values):
        return jnp.fft.ifft(jnp.fft.fft(values) * jnp.asarray(symbol, values.dtype))
    spectrum = jnp.fft.rfft(values)
    half = symbol[: n // 2 + 1]
    return jnp.fft.irfft(spectrum * jnp.asarray(half, spectrum.dtype), n)


def _differences(values: Array, axis: Axis, order: int, accuracy: int) -> Array:
    n, half, side = axis.points, (order - 1) // 2 + accuracy // 2, order + accuracy
    if n < max(side, 2 * half + 1):
        raise UnsupportedError(
            f"Axis {axis.name} has too few points for a derivative of order {order}.",
            given=f"{n} points",
            expected=f"at least {max(side, 2 * half + 1)}",
        )
    centre = difference_weights(tuple(range(-half, half + 1)), order)
    inner = sum(float(w) * values[..., k : n - 2 * half + k] for k, w in enumerate(centre))
    left = np.array([difference_weights(tuple(range(-i, side - i)), order) for i in range(half)]).reshape(half, side)
    right = (-1) ** order * left[::-1, ::-1]
    dtype = values.real.dtype
    low = jnp.einsum("...j,ij->...i", values[..., :side], jnp.asarray(left, dtype))
    high = jnp.einsum("...j,ij->...i", values[..., n - side :], jnp.asarray(right, dtype))
    return jnp.concatenate([low, inner, high], axis=-1) / axis.spacing**order


@functools.lru_cache(maxsize=256)
def difference_weights(offsets: tuple[int, ...], order: int) -> np.ndarray:
    """Weights w with Σ wᵢ f(offsetᵢ) = f^(order)(0) for all polynomials of degree < len(offsets)."""
    points = np.array(offsets, float)
    powers = np.vander(points, increasing=True).T
    right = np.zeros(len(points))
    right[order] = math.factorial(order)
    return np.linalg.solve(powers, right)


def _chebyshev_matrix(axis: Axis) -> np.ndarray:
    """First-derivative matrix at Chebyshev extrema (Trefethen 2000, ch. 6), rows summing to zero exactly."""
    x, n = axis.coordinates, axis.points
    scale = np.where((np.arange(n) == 0) | (np.arange(n) == n - 1), 2.0, 1.0) * (-1.0) ** np.arange(n)
    gaps = x[:, None] - x[None, :] + np.eye(n)
    matrix = np.outer(scale, 1 / scale) / gaps
    return matrix - np.diag(matrix.sum(axis=1))
