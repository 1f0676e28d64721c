"""Approximate Riemann solvers: the flux through a face from the states on both of its sides.

All are written as one side's flux plus differences, so that equal states give exactly their common flux.
"""

from __future__ import annotations

from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array

Riemann = Literal["rusanov", "hll", "hllc"]


def rusanov(u: tuple[Array, Array], f: tuple[Array, Array], speed: Array) -> Array:
    """(F_L + F_R)/2 − s (u_R − u_L)/2 (Rusanov 1961; local Lax–Friedrichs)."""
    return f[0] + ((f[1] - f[0]) - speed[..., None] * (u[1] - u[0])) / 2


def hll(u: tuple[Array, Array], f: tuple[Array, Array], low: Array, high: Array) -> Array:
    """Harten, Lax & van Leer, SIAM Rev. 25 (1983); Toro, *Riemann Solvers*, 3rd ed., eq. 10.21.

    (s_R F_L − s_L F_R + s_L s_R (u_R − u_L))/(s_R − s_L), with s_L = min(low, 0), s_R = max(high, 0).
    """
    left, right = jnp.minimum(low, 0)[..., None], jnp.maximum(high, 0)[..., None]
    width = right - left
    moving = width > 0
    return f[0] + left * (right * (u[1] - u[0]) - (f[1] - f[0])) / jnp.where(moving, width, 1.0)


def hllc(
    u: tuple[Array, Array],
    f: tuple[Array, Array],
    p: tuple[Array, Array],
    low: Array,
    high: Array,
    places: tuple[int, int, int],
) -> Array:
    """Toro, Spruce & Speares (1994); Toro, 3rd ed., eq. 10.37–10.39, 10.26: the contact restored, for ideal gases.

    `places`: of density, energy, and of the momentum normal to the face.
    """
    density, energy, normal = places
    rho = [w[..., density] for w in u]
    v = [w[..., normal] / r for w, r in zip(u, rho, strict=True)]
    mass = [r * (s - w) for r, s, w in zip(rho, (low, high), v, strict=True)]
    middle = (p[1] - p[0] + mass[0] * v[0] - mass[1] * v[1]) / (mass[0] - mass[1])

    def beside(k: int, s: Array) -> Array:
        """F + s (u* − u)."""
        factor = mass[k] / (s - middle)
        star = [u[k][..., i] / rho[k] * factor for i in range(u[k].shape[-1])]
        star[density] = factor
        star[normal] = factor * middle
        star[energy] = factor * (u[k][..., energy] / rho[k] + (middle - v[k]) * (middle + p[k] / mass[k]))
        return f[k] + s[..., None] * (jnp.stack(star, axis=-1) - u[k])

    flux = jnp.where((middle >= 0)[..., None], beside(0, low), beside(1, high))
    flux = jnp.where((low >= 0)[..., None], f[0], flux)
    return jnp.where((high <= 0)[..., None], f[1], flux)
