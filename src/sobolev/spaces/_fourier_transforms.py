"""Discrete Fourier transforms between mode arrays and grids of any size, on trailing axes.

Scaling: û_k is the mean of u(x) exp(−i k·(x − lower)) over the grid, so that u = Σ û_k exp(i k·(x − lower)) needs no
factor. Real fields keep k ≥ 0 only on the last axis. With an even number of modes the highest one stands for
cos(k (x − lower)): it is its own partner, its odd derivatives vanish on the nodes, and it is split into ±k (or halved,
when real) on a finer grid.
"""

from __future__ import annotations

import functools
import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from ._half_length import pays, row_spectrum, row_values


def mode_shape(modes: tuple[int, ...], real: bool) -> tuple[int, ...]:
    """Shape of the coefficient array for a grid of `modes` points."""
    return (*modes[:-1], modes[-1] // 2 + 1) if real else modes


def indices(modes: tuple[int, ...], real: bool) -> tuple[np.ndarray, ...]:
    """Integer wavenumbers per axis, in FFT order."""
    ks = [np.rint(np.fft.fftfreq(n, 1 / n)) for n in modes]
    if real:
        ks[-1] = np.arange(modes[-1] // 2 + 1.0)
    return tuple(ks)


def synthesis(coefficients: Array, modes: tuple[int, ...], points: tuple[int, ...], real: bool) -> Array:
    """Values on a grid of `points ≥ modes` nodes per side: `(..., *mode_shape)` to `(..., *points)`."""
    axes = tuple(range(-len(modes), 0))
    if modes == points:
        return _inverse(coefficients, points, axes, real)
    # Axis by axis, so that an axis is transformed before those after it are padded: a third less to do at 3/2.
    for axis, (old, new) in enumerate(zip(modes[:-1], points[:-1], strict=True)):
        wide = _resample_axis(coefficients, axes[axis], old, new, half=False)
        coefficients = jnp.fft.ifft(wide, axis=axes[axis], norm="forward")
    return _inverse(_resample_axis(coefficients, -1, modes[-1], points[-1], real), points[-1:], (-1,), real)


def _inverse(padded: Array, points: tuple[int, ...], axes: tuple[int, ...], real: bool) -> Array:
    if real and pays((*padded.shape[:-1], points[-1]), len(axes)):
        return row_values(padded, points[-1])
    if real:
        return jnp.fft.irfftn(padded, s=points, axes=axes, norm="forward")
    return jnp.fft.ifftn(padded, axes=axes, norm="forward")


def analysis(values: Array, modes: tuple[int, ...], real: bool) -> Array:
    """Coefficients of the lowest `modes`, from values on a grid at least as fine: the inverse of `synthesis`."""
    points = values.shape[-len(modes) :]
    axes = tuple(range(-len(modes), 0))
    transform = functools.partial(jnp.fft.rfftn if real else jnp.fft.fftn, axes=axes)
    if real and pays(values.shape, len(modes)):
        transform = row_spectrum
    # Divided before the transform: real numbers, in the same pass as whatever made them.
    return resample(transform(values / math.prod(points)), points, modes, real)


def resample(
    coefficients: Inexact[Array, "*batch modes"], modes: tuple[int, ...], others: tuple[int, ...], real: bool
) -> Inexact[Array, "*batch others"]:
    """The same trigonometric polynomial with other numbers of modes: padded with zeros, or truncated."""
    ndim = len(modes)
    for axis, (old, new) in enumerate(zip(modes, others, strict=True)):
        half = real and axis == ndim - 1
        coefficients = _resample_axis(coefficients, axis - ndim, old, new, half)
    return coefficients


def _resample_axis(c: Array, axis: int, old: int, new: int, half: bool) -> Array:
    if old == new:
        return c
    least = min(old, new)
    keep = (least - 1) // 2  # modes ±1 … ±keep exist on both grids, apart from an even grid's highest

    def take(start: int, stop: int) -> Array:
        index = [slice(None)] * c.ndim
        index[axis] = slice(start, stop)
        return c[tuple(index)]

    def zeros(n: int) -> Array:
        shape = list(c.shape)
        shape[axis] = n
        return jnp.zeros(shape, c.dtype)

    has_highest = least % 2 == 0
    parts = [take(0, keep + 1)]
    if half:
        if has_highest:
            parts.append(take(least // 2, least // 2 + 1) * (0.5 if old < new else 2.0))
        parts.append(zeros(new // 2 + 1 - sum(p.shape[axis] for p in parts)))
    else:
        top = least // 2
        if has_highest and old < new:
            middle = 0.5 * take(top, top + 1)
            parts += [middle, zeros(new - 2 * top - 1), middle]
        elif has_highest:
            parts.append(take(top, top + 1) + take(old - top, old - top + 1))
        else:
            parts.append(zeros(new - 2 * keep - 1))
        if keep:
            parts.append(take(old - keep, old))
    return jnp.concatenate([p for p in parts if p.shape[axis]], axis)


def fast_size(least: int) -> int:
    """The smallest even number ≥ `least` with prime factors 2, 3, 5 only (lengths at which FFTs are fast)."""
    n = max(2, least + least % 2)
    while not _is_smooth(n):
        n += 2
    return n


def _is_smooth(n: int) -> bool:
    for p in (2, 3, 5):
        while n % p == 0:
            n //= p
    return n == 1


def derivative_factors(
    modes: tuple[int, ...], lengths: tuple[float, ...], orders: tuple[int, ...], real: bool
) -> list[np.ndarray]:
    """(i k)^order per axis, shaped to broadcast against `*mode_shape`; axes of order 0 are left out."""
    factors = []
    for axis, (k, n, length, order) in enumerate(zip(indices(modes, real), modes, lengths, orders, strict=True)):
        if order:
            symbol = (2j * math.pi / length * k) ** order
            if order % 2 and n % 2 == 0:
                symbol[n // 2] = 0
            factors.append(symbol.reshape([-1 if a == axis else 1 for a in range(len(modes))]))
    return factors
