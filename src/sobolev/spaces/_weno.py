r"""Weighted essentially non-oscillatory reconstruction from cell averages.

Faces: the fifth-order scheme of Jiang & Shu (J. Comput. Phys. 126 (1996), eq. 2.8–2.12, 2.17) with its own weights
("js") or those of Borges, Carmona, Costa & Don (J. Comput. Phys. 227 (2008), eq. 25, "z"), which keep the order at
critical points. Anywhere in a cell: the central scheme CWENOZ5 of Cravero, Semplice & Visconti (SIAM J. Numer. Anal.
57 (2019)): a polynomial of degree 4 blended with three parabolas, on the smoothest of which it falls back at a jump.
All formulas are in differences of neighbours, so that constants are kept exactly, to the last bit.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Literal

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

Weights = Literal["js", "z"]

_TINY = 1e-40  # keeps 0/0 away; far below the square of any difference that matters
_SMALL = 1e-6  # Jiang and Shu's ε, here relative to the square of the data


def face_values(cells: Sequence[Array], weights: Weights = "z") -> Array:
    """The value at the right face of the middle one of five cells a, b, c, d, e (arrays of averages).

    Mirrored, `face_values(cells[::-1])` is that at its left face.
    """
    a, b, c, d, e = cells
    p0 = c + (2 * (a - c) - 7 * (b - c)) / 6
    p1 = c + (2 * (d - c) - (b - c)) / 6
    p2 = c + (5 * (d - c) - (e - c)) / 6
    betas = parabola_indicators(cells)
    if weights == "js":
        scale = _SMALL * (sum(v * v for v in cells) / 5) + _TINY
        shares = [g / (scale + beta) ** 2 for g, beta in zip((0.1, 0.6, 0.3), betas, strict=True)]
    else:
        tau = jnp.abs(betas[0] - betas[2])
        shares = [g * (1 + (tau / (beta + _TINY)) ** 2) for g, beta in zip((0.1, 0.6, 0.3), betas, strict=True)]
    total = shares[0] + shares[1] + shares[2]
    return p1 + (shares[0] * (p0 - p1) + shares[2] * (p2 - p1)) / total


def parabola_indicators(cells: Sequence[Array]) -> tuple[Array, Array, Array]:
    """Jiang and Shu's smoothness of the three parabolas over (a, b, c), (b, c, d), (c, d, e), eq. 2.17."""
    a, b, c, d, e = cells
    left = 13 / 12 * (a - 2 * b + c) ** 2 + (a - 4 * b + 3 * c) ** 2 / 4
    middle = 13 / 12 * (b - 2 * c + d) ** 2 + (b - d) ** 2 / 4
    right = 13 / 12 * (c - 2 * d + e) ** 2 + (3 * c - 4 * d + e) ** 2 / 4
    return left, middle, right


def cell_value(cells: Sequence[Array], offset: Array | float, derivative: int = 0) -> Array:
    """∂^derivative at `offset` cell widths from the centre of the middle one of five cells (in units of its width)."""
    middle = cells[2]
    steps = jnp.stack([v - middle for v in cells])
    betas = parabola_indicators(cells)
    optimal, parabolas, form = _polynomials()
    beta = jnp.einsum("i...,ij,j...->...", steps, form, steps)
    tau = jnp.abs(betas[2] - betas[0])
    gammas = (0.125, 0.25, 0.125)
    shares = [g * (1 + (tau / (b + _TINY)) ** 2) for g, b in zip((0.5, *gammas), (beta, *betas), strict=True)]
    total = sum(shares)
    # P = ω₀/γ₀ (P_opt − Σ γ_k P_k) + Σ ω_k P_k
    first = 2 * shares[0] / total
    coefficients = first * jnp.tensordot(optimal, steps, 1)
    for share, g, parabola in zip(shares[1:], gammas, parabolas, strict=True):
        coefficients = coefficients + (share / total - first * g) * jnp.tensordot(parabola, steps, 1)
    value = jnp.zeros(())
    for power in range(4, derivative - 1, -1):
        value = value * offset + float(np.prod(np.arange(power, power - derivative, -1))) * coefficients[power]
    return value if derivative else middle + value


@functools.cache
def _polynomials() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Monomial coefficients of the optimal polynomial (5, 5) and the parabolas (3, 5, 5); indicator of the former."""

    def fit(cells: range) -> np.ndarray:
        k, n = np.array(list(cells), float), len(cells)
        powers = np.arange(n)
        averages = ((k[:, None] + 0.5) ** (powers + 1) - (k[:, None] - 0.5) ** (powers + 1)) / (powers + 1)
        whole = np.zeros((5, 5))
        whole[:n, cells.start + 2 : cells.stop + 2] = np.linalg.inv(averages)
        return whole

    optimal = fit(range(-2, 3))
    parabolas = np.stack([fit(range(start, start + 3)) for start in (-2, -1, 0)])
    form = np.zeros((5, 5))
    for order in range(1, 5):  # Σ ∫ (P^(order))² over the cell
        for i in range(order, 5):
            for j in range(order, 5):
                falling = np.prod(np.arange(i, i - order, -1.0)) * np.prod(np.arange(j, j - order, -1.0))
                power = i + j - 2 * order
                if power % 2 == 0:
                    form[i, j] += falling * 2 * 0.5 ** (power + 1) / (power + 1)
    return optimal, parabolas, optimal.T @ form @ optimal
