"""The Gaussian error linear unit."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

_INVERSE_ROOT_2PI = 1 / math.sqrt(2 * math.pi)


@jax.custom_jvp
def gelu(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """x Φ(x), Φ the normal distribution function (Hendrycks & Gimpel 2016); exact, not the tanh approximation.

    The derivative Φ(x) + x φ(x) is computed in the same pass as the value and kept for the backward pass instead of
    x: with automatic differentiation the error function and the exponential would be read back or computed again.
    """
    return x * _normal_cdf(x)


@gelu.defjvp
def _(primals, tangents):
    (x,), (tangent,) = primals, tangents
    cdf = _normal_cdf(x)
    slope = cdf + x * (_INVERSE_ROOT_2PI * jnp.exp(-0.5 * x * x))
    return x * cdf, slope * tangent


def _normal_cdf(x: Array) -> Array:
    return 0.5 + 0.5 * jax.lax.erf(x * math.sqrt(0.5))
