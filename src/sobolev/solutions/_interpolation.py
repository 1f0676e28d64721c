"""Cubic Hermite interpolation between saved times."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact


def hermite(
    times: Float[Array, " time"],
    values: Inexact[Array, "time ..."],
    rates: Inexact[Array, "time ..."],
    t: Float[Array, ""],
    time_order: int = 0,
) -> Inexact[Array, ...]:
    """∂ₜ^time_order of the cubic Hermite interpolant at one time t, for time_order 0 … 3.

    On [tᵢ, tᵢ₊₁] with h = tᵢ₊₁ − tᵢ and s = (t − tᵢ)/h:

        u = (1 + 2s)(1 − s)² uᵢ + h s(1 − s)² u̇ᵢ + s²(3 − 2s) uᵢ₊₁ + h s²(s − 1) u̇ᵢ₊₁.

    The error is h⁴ max|u⁗| / 384; saved values are reproduced exactly. Times outside are clamped.
    """
    t = jnp.clip(t, times[0], times[-1])
    i = jnp.clip(jnp.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    h = times[i + 1] - times[i]
    s = (t - times[i]) / h
    match time_order:
        case 0:
            weights = ((1 + 2 * s) * (1 - s) ** 2, s * (1 - s) ** 2, s**2 * (3 - 2 * s), s**2 * (s - 1))
        case 1:
            weights = (6 * s * (s - 1), (1 - s) * (1 - 3 * s), 6 * s * (1 - s), s * (3 * s - 2))
        case 2:
            weights = (12 * s - 6, 6 * s - 4, 6 - 12 * s, 6 * s - 2)
        case _:
            weights = (12.0, 6.0, -12.0, 6.0)
    a, b, c, d = (w / h**time_order for w in weights)
    return a * values[i] + b * h * rates[i] + c * values[i + 1] + d * h * rates[i + 1]


def rates_from_values(times: np.ndarray, values: Inexact[Array, "time ..."]) -> Inexact[Array, "time ..."]:
    """Time derivatives from the saved values alone, by polynomials through the five nearest times (fourth order)."""
    matrix = jnp.asarray(differentiation_matrix(np.asarray(times, float)))
    return jnp.tensordot(matrix.astype(values.real.dtype), values, axes=1)


def differentiation_matrix(times: np.ndarray, width: int = 5) -> np.ndarray:
    """D with (D u)ᵢ = p'(tᵢ), p the polynomial through the `width` saved values around tᵢ. Shape (time, time)."""
    n = len(times)
    width = min(width, n)
    matrix = np.zeros((n, n))
    for i in range(n):
        first = int(np.clip(i - width // 2, 0, n - width))
        around = times[first : first + width]
        scale = around[-1] - around[0]
        powers = np.vander((around - times[i]) / scale, increasing=True).T
        right = np.zeros(width)
        right[1] = 1 / scale
        matrix[i, first : first + width] = np.linalg.solve(powers, right)
    return matrix
