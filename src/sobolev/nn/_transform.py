"""Truncated Fourier transforms of real fields: by matrix products or by FFT, whichever costs less.

Coefficients are those of f(x) = Re Σ_k w_k c_k exp(2πi Σ_d k_d j_d / n_d), j the grid index, with w_k = 1 where the
last frequency is 0 or the Nyquist frequency and 2 elsewhere; c = rfftn(f) / Π n. They are held as two real arrays
(real and imaginary part) of shape `(*modes, channels)`.

Fields have their channels first, as the pointwise maps around a spectral layer like them, coefficients last, as the
product with a matrix per frequency does; what changes place in between is small.

As matrix products, each axis is multiplied by cosines and sines of its kept frequencies in real arithmetic; the complex
coefficients at ±k are sums and differences of the products cos·cos, cos·sin, … Each product takes the last axis away
and puts its frequencies first: after all of them the channels are last. Backwards, each takes the first axis and puts
its points last. So every product is one of two matrices, without an explicit transposition.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._core import ArgumentError
from ._modes import Modes

Transform = Literal["auto", "matrix", "fft"]
Pair = tuple[Float[Array, "*modes channels"], Float[Array, "*modes channels"]]

# Seconds per floating-point operation of an FFT over that of a matrix product: an estimate for CPUs.
_FFT_PENALTY = 8.0


def analyse(x: Float[Array, "channels ..."], modes: Modes, transform: Transform = "auto") -> Pair:
    """Real and imaginary parts of the coefficients of `x` at `modes` (which its grid must resolve)."""
    shape = x.shape[1:]
    if choose_transform(shape, modes, transform) == "fft":
        return _analyse_fft(x, modes)
    return _analyse_matrix(x, modes)


def synthesise(
    pair: Pair, modes: Modes, shape: tuple[int, ...], transform: Transform = "auto"
) -> Float[Array, "channels ..."]:
    """The real field on a grid of this shape with these coefficients; exactly the real part of the complex sum."""
    if choose_transform(shape, modes, transform) == "fft":
        return _synthesise_fft(pair, modes, shape)
    return _synthesise_matrix(pair, modes, shape)


def transform_cost(shape: Sequence[int], modes: Modes) -> dict[str, float]:
    """Estimated cost per channel of one transform, in operations of a matrix product."""
    rows = [2 * (k + 1) for k in modes.highest]
    first = shape[:-1]
    matrix, lead, trail = 2.0 * math.prod(shape) * rows[-1], 1, math.prod(first) * rows[-1]
    for n, r in zip(first, rows, strict=False):
        matrix += 2.0 * lead * trail * r
        lead, trail = lead * r, trail // n
    size = math.prod(shape)
    return {"matrix": matrix, "fft": _FFT_PENALTY * 2.5 * size * max(1.0, math.log2(size))}


def choose_transform(shape: Sequence[int], modes: Modes, transform: Transform = "auto") -> Literal["matrix", "fft"]:
    """The cheaper of the two transforms for a grid of this shape, unless one is prescribed."""
    if transform == "auto":
        cost = transform_cost(shape, modes)
        return "matrix" if cost["matrix"] <= cost["fft"] else "fft"
    if transform not in get_args(Transform):
        raise ArgumentError("Unknown transform.", given=repr(transform), expected=", ".join(get_args(Transform)))
    return transform


def _analyse_matrix(x: Array, modes: Modes) -> Pair:
    channels, *shape = x.shape
    waves = [jnp.asarray(_waves(n, k) / n, x.dtype) for n, k in zip(shape, modes.highest, strict=True)]
    for matrix in reversed(waves):
        x = jnp.tensordot(matrix, x, (1, -1))
    # Now (2 K_0, …, 2 K_last, channels) with cosines first. exp(−iθ) = cos θ − i sin θ.
    x = x.reshape(*(s for k in modes.highest for s in (2, k + 1)), channels)
    last = 2 * (modes.ndim - 1)
    real, imaginary = _take(x, last, 0), -_take(x, last, 1)
    for axis in range(modes.ndim - 1):
        # `axis` axes are complete before this one: its cosine/sine index stands at position `axis`.
        rc, rs = _take(real, axis, 0), _take(real, axis, 1)
        ic, is_ = _take(imaginary, axis, 0), _take(imaginary, axis, 1)
        p, q = modes.positive[axis], modes.negative[axis]
        real = _join(rc + is_, rc - is_, p, q, axis)
        imaginary = _join(ic - rs, ic + rs, p, q, axis)
    return real, imaginary


def _synthesise_matrix(pair: Pair, modes: Modes, shape: tuple[int, ...]) -> Array:
    real, imaginary = pair
    channels = real.shape[-1]
    for axis in reversed(range(modes.ndim - 1)):
        k, p, q = modes.highest[axis], modes.positive[axis], modes.negative[axis]
        rp, rm = _part(real, p, q, k, axis)
        ip, im = _part(imaginary, p, q, k, axis)
        # c₊ e^{iθ} + c₋ e^{−iθ} = (c₊ + c₋) cos θ + i (c₊ − c₋) sin θ.
        real = jnp.stack([rp + rm, im - ip], axis)
        imaginary = jnp.stack([ip + im, rp - rm], axis)
    last = 2 * (modes.ndim - 1)
    x = jnp.stack([real, -imaginary], last)
    x = x.reshape(*(2 * (k + 1) for k in modes.highest), channels)
    waves = [_waves(n, k) for n, k in zip(shape, modes.highest, strict=True)]
    waves[-1] = waves[-1] * np.tile(_multiplicity(shape[-1], modes.highest[-1]), 2)[:, None]
    for matrix in waves:
        x = jnp.tensordot(x, jnp.asarray(matrix, x.dtype), (0, 0))
    return x


def _analyse_fft(x: Array, modes: Modes) -> Pair:
    shape = x.shape[1:]
    c = jnp.moveaxis(jnp.fft.rfftn(x, axes=tuple(range(1, x.ndim)), norm="forward"), 0, -1)
    for axis, n in enumerate(shape):
        c = _pick(c, modes.frequencies(axis) % n if axis < modes.ndim - 1 else modes.frequencies(axis), axis)
    return c.real, c.imag


def _synthesise_fft(pair: Pair, modes: Modes, shape: tuple[int, ...]) -> Array:
    c = jnp.moveaxis(jax.lax.complex(*pair), -1, 0)
    axes = tuple(range(1, c.ndim))
    for d, (axis, n) in enumerate(zip(axes, shape, strict=True)):
        p, q = modes.positive[d], modes.negative[d]
        low, high = jax.lax.slice_in_dim(c, 0, p, axis=axis), jax.lax.slice_in_dim(c, p, p + q, axis=axis)
        gap = (n if axis < axes[-1] else n // 2 + 1) - p - q
        zeros = jnp.zeros((*c.shape[:axis], gap, *c.shape[axis + 1 :]), c.dtype)
        c = jnp.concatenate([low, zeros, jnp.flip(high, axis)], axis)
    # The inverse along the last axis takes the real part where the last frequency is 0 or Nyquist, as the sum does.
    c = jnp.fft.ifftn(c, axes=axes[:-1], norm="forward") if modes.ndim > 1 else c
    return jnp.fft.irfft(c, shape[-1], axis=axes[-1], norm="forward")


@functools.lru_cache(maxsize=256)
def _waves(n: int, highest: int) -> np.ndarray:
    """cos(2πkj/n), then sin(2πkj/n), for k = 0 … highest: shape (2 (highest + 1), n)."""
    # Reducing kj modulo n in integers keeps the arguments small, and the values exact to the last digit.
    angle = 2 * np.pi * (np.outer(np.arange(highest + 1), np.arange(n)) % n) / n
    return np.concatenate([np.cos(angle), np.sin(angle)])


def _multiplicity(n: int, highest: int) -> np.ndarray:
    """w_k of the last axis: 1 at 0 and at the Nyquist frequency, 2 elsewhere."""
    k = np.arange(highest + 1)
    return np.where((k == 0) | (2 * k == n), 1.0, 2.0)


def _take(x: Array, axis: int, i: int) -> Array:
    return jax.lax.index_in_dim(x, i, axis, keepdims=False)


def _pick(x: Array, index: np.ndarray, axis: int) -> Array:
    return jnp.take(x, jnp.asarray(index), axis=axis)


def _join(plus: Array, minus: Array, p: int, q: int, axis: int) -> Array:
    """Frequencies 0 … p − 1 of `plus`, then −1 … −q of `minus`."""
    low = jax.lax.slice_in_dim(plus, 0, p, axis=axis)
    return jnp.concatenate([low, jax.lax.slice_in_dim(minus, 1, 1 + q, axis=axis)], axis) if q else low


def _part(x: Array, p: int, q: int, k: int, axis: int) -> tuple[Array, Array]:
    """Coefficients at +0 … +k and −0 … −k, zero where not kept (and at −0)."""
    plus = jax.lax.slice_in_dim(x, 0, p, axis=axis)
    minus = jax.lax.slice_in_dim(x, p, p + q, axis=axis)
    return _pad(plus, 0, k + 1 - p, axis), _pad(minus, 1, k - q, axis)


def _pad(x: Array, before: int, after: int, axis: int) -> Array:
    widths = [(0, 0)] * x.ndim
    widths[axis] = (before, after)
    return jnp.pad(x, widths)
