"""Gradients of gridded arrays, for norms of errors."""

from __future__ import annotations

import numpy as np

from ..fields import Axis, Grid


def gradient(values: np.ndarray, grid: Grid) -> list[np.ndarray]:
    """Partial derivatives of `(…, *space, channels)` along each axis of the grid.

    Periodic axes: by the Fourier series (the Nyquist mode has no derivative). Chebyshev axes: by the
    interpolating polynomial. Others: central differences, one-sided of second order at the ends.
    """
    first = values.ndim - 1 - grid.ndim
    return [_along(values, axis, first + number) for number, axis in enumerate(grid.axes)]


def _along(values: np.ndarray, axis: Axis, number: int) -> np.ndarray:
    n = axis.points
    if axis.kind == "periodic":
        k = np.fft.fftfreq(n, 1 / n)
        if n % 2 == 0:
            k[n // 2] = 0
        shape = [1] * values.ndim
        shape[number] = n
        with np.errstate(invalid="ignore"):
            d = np.fft.ifft(
                np.fft.fft(values, axis=number) * (2j * np.pi / axis.length * k).reshape(shape), axis=number
            )
        return d if np.iscomplexobj(values) else d.real
    if axis.kind == "chebyshev":
        with np.errstate(invalid="ignore"):
            return np.moveaxis(np.tensordot(_chebyshev(axis), values, axes=(1, number)), 0, number)
    if n == 1:
        return np.zeros_like(values)
    with np.errstate(invalid="ignore"):
        return np.gradient(values, axis.coordinates, axis=number, edge_order=2 if n > 2 else 1)


def _chebyshev(axis: Axis) -> np.ndarray:
    """Differentiation matrix of the nodes (barycentric weights ±1, halved at the ends; diagonal by row sums)."""
    x, n = axis.coordinates, axis.points
    w = (-1.0) ** np.arange(n)
    w[[0, -1]] *= 0.5
    with np.errstate(divide="ignore"):
        d = (w[None, :] / w[:, None]) / (x[:, None] - x[None, :])
    np.fill_diagonal(d, 0)
    np.fill_diagonal(d, -d.sum(axis=1))
    return d
