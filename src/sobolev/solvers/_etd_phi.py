"""The φ-functions of exponential integrators.

φ₀(z) = exp z and φ_{k+1}(z) = (φ_k(z) − 1/k!) / z; φ_k(0) = 1/k!.

The quotients lose all digits near z = 0. There they are means over a circle around z (Cauchy's integral by the
trapezoidal rule, which converges faster than exponentially; Kassam & Trefethen, SIAM J. Sci. Comput. 26 (2005),
eq. 2.5). The circle has radius 2 and is used for |z| < 1 only, so that every evaluation keeps a distance of at least 1
from the origin; elsewhere the quotients themselves are accurate. Blocks acting mode by mode are scaled to norm ≤ 1,
integrated with the resolvent around the same circle, and squared back.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

_RADIUS = 2.0
_POINTS = 32  # the error of the trapezoidal rule is about 2³²/32! ≈ 2e-26
_DOUBLINGS = 40  # blocks of norm up to 2⁴⁰


def phi_functions(z: Inexact[Array, "*modes"], highest: int) -> list[Array]:
    """[φ₀(z), …, φ_highest(z)] elementwise."""
    exponential = jnp.exp(z)
    near = jnp.abs(z) < 1
    far = _quotients(exponential, 1 / jnp.where(near, 1.0, z), highest)
    centre, at_centre = jnp.where(near, z, 0.0), jnp.where(near, exponential, 1.0)
    # f(z̄) is the conjugate of f(z): for real z the upper half circle is enough.
    circle = _circle(_POINTS) if jnp.iscomplexobj(z) else _circle(_POINTS)[: _POINTS // 2]
    # exp(centre + w) = exp(centre) exp(w): one exponential serves the whole circle.
    means = _mean(lambda w, e: _quotients(at_centre * e, 1 / (centre + w), highest), circle, z)
    return [exponential, *(jnp.where(near, m, f) for m, f in zip(means, far, strict=True))]


def phi_blocks(z: Inexact[Array, "*modes states states"], highest: int) -> list[Array]:
    """[φ₀(Z), …, φ_highest(Z)] of small matrices, one per mode."""
    norm = jnp.max(jnp.sum(jnp.abs(z), axis=-1), axis=-1)
    doublings = jnp.ceil(jnp.log2(jnp.maximum(jax.lax.stop_gradient(norm), 1.0)))
    scaled = z * (2.0**-doublings)[..., None, None]
    identity = np.eye(z.shape[-1])

    def resolvents(w: Array, e: Array) -> list[Array]:
        resolvent = jnp.linalg.inv(w * identity - scaled) * w
        return [phi * resolvent for phi in _quotients(e, 1 / w, highest)]

    # (1/2πi) ∮ φ_k(w) (w − Z)⁻¹ dw over |w| = 2, for Z of norm at most 1
    means = _mean(resolvents, _circle(2 * _POINTS), z)
    phis = [identity + scaled @ means[0], *means]

    def double(phis: list[Array], i: Array) -> tuple[list[Array], None]:
        # φ_k(2Z) = 2⁻ᵏ (φ₀(Z) φ_k(Z) + Σ_{j=1..k} φ_j(Z)/(k−j)!)
        twice = [
            2.0**-k * (phis[0] @ phis[k] + sum((phis[j] / math.factorial(k - j) for j in range(1, k + 1)), start=0.0))
            for k in range(highest + 1)
        ]
        active = (i < doublings)[..., None, None]
        return [jnp.where(active, t, p) for t, p in zip(twice, phis, strict=True)], None

    # A scan (fixed length) rather than a while loop: reverse-mode derivatives pass through.
    phis, _ = jax.lax.scan(double, phis, jnp.arange(_DOUBLINGS))
    return phis


def _quotients(exponential: Array, inverse: Array, highest: int) -> list[Array]:
    """φ₁(w), …, φ_highest(w) from exp w and 1/w."""
    phis = [exponential]
    for k in range(highest):
        phis.append((phis[-1] - 1 / math.factorial(k)) * inverse)
    return phis[1:]


def _mean(terms: Callable[[Array, Array], list[Array]], circle: np.ndarray, like: Array) -> list[Array]:
    """Mean of `terms(w, exp w)` over the points w of a circle; its real part for real arguments."""

    def add(sums: list[Array], point: tuple[Array, Array]) -> tuple[list[Array], None]:
        found = terms(*point)
        found = found if jnp.iscomplexobj(like) else [f.real for f in found]
        return [s + f for s, f in zip(sums, found, strict=True)], None

    points = (jnp.asarray(circle), jnp.asarray(np.exp(circle)))
    sums = [jnp.zeros_like(like)] * len(jax.eval_shape(terms, points[0][0], points[1][0]))
    sums, _ = jax.lax.scan(add, sums, points)
    return [s / circle.size for s in sums]


def _circle(points: int) -> np.ndarray:
    return _RADIUS * np.exp(2j * np.pi * (np.arange(points) + 0.5) / points)
