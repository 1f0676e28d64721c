"""Transforms of one real row by a complex transform of half its length.

With z_j = x_2j + i x_2j+1 and Z its transform of length n/2: X_k = (Z_k + Z*_−k)/2 − (i/2) e^(−2πik/n) (Z_k − Z*_−k).
XLA's transforms of real rows on a CPU gain their speed from many rows at once; of a single row they take twice as long
as the complex one of half the length, and this way round is 1.4 to 1.6 times as fast. For many rows it gains nothing.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float


def pays(shape: tuple[int, ...], dimensions: int) -> bool:
    """Whether the real transform over the last `dimensions` axes is of one row of even length, on a CPU."""
    return dimensions == 1 and shape[-1] % 2 == 0 and np.prod(shape[:-1]) == 1 and jax.default_backend() == "cpu"


def row_spectrum(x: Float[Array, "*rows n"]) -> Complex[Array, "*rows half"]:
    """Σ_j x_j e^(−2πijk/n) for k = 0, …, n/2."""
    n = x.shape[-1]
    pairs = x.reshape(*x.shape[:-1], n // 2, 2)
    z = jax.lax.fft(jax.lax.complex(pairs[..., 0], pairs[..., 1]), "FFT", (n // 2,))
    z = jnp.concatenate([z, z[..., :1]], axis=-1)
    mirrored = jnp.conj(jnp.flip(z, -1))
    turn = jnp.asarray(-0.5j * np.exp(-2j * np.pi * np.arange(n // 2 + 1) / n), z.dtype)
    return 0.5 * (z + mirrored) + turn * (z - mirrored)


def row_values(spectrum: Complex[Array, "*rows half"], n: int) -> Float[Array, "*rows n"]:
    """The real row Σ_k c_k e^(2πijk/n), with c_−k = c_k* and the real parts of c_0 and c_n/2: n times the inverse."""
    ends = [spectrum[..., :1].real, spectrum[..., -1:].real]
    spectrum = jnp.concatenate([ends[0] + 0j, spectrum[..., 1:-1], ends[1] + 0j], axis=-1)
    c, mirrored = spectrum[..., :-1], jnp.conj(jnp.flip(spectrum[..., 1:], -1))
    turn = jnp.asarray(1j * np.exp(2j * np.pi * np.arange(n // 2) / n), spectrum.dtype)
    z = jax.lax.fft((c + mirrored) + turn * (c - mirrored), "IFFT", (n // 2,)) * (n // 2)
    return jnp.stack([z.real, z.imag], axis=-1).reshape(*z.shape[:-1], n)
