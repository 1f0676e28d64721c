"""The Gaussian error linear unit."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

_INVERSE_ROOT_2PI = 1 / math.sqrt(2 * math.pi)
# Abramowitz & Stegun 7.1.26: erf(z) = 1 − (a₁ t + … + a₅ t⁵) exp(−z²) + ε, t = 1 / (1 + p z), z >= 0, |ε| <= 1.5e-7.
_P = 0.3275911
_A = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@jax.custom_jvp
def gelu(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """x Φ(x), Φ the normal distribution function (Hendrycks & Gimpel 2016); exact, not the tanh approximation.

    The derivative is Φ(x) + x φ(x). In single precision it takes Φ from the exponential in φ, to 1e-7: one function
    instead of two, and, as the compiler cannot tell it from the value's, no Φ that is kept for the backward pass.
    """
    return x * _by_error_function(x)


@gelu.defjvp
def _(primals, tangents):
    (x,), (tangent,) = primals, tangents
    is_single = jnp.finfo(x.dtype).bits <= 32
    cdf = _by_exponential(x) if is_single else _by_error_function(x)
    return gelu(x), (cdf + x * _density(x)) * tangent


def _by_error_function(x: Array) -> Array:
    """Φ(x)."""
    return 0.5 + 0.5 * jax.lax.erf(x * math.sqrt(0.5))


@jax.custom_jvp
def _by_exponential(x: Array) -> Array:
    """Φ(x) to 1e-7 from exp(−x²/2)."""
    t = 1 / (1 + (_P * math.sqrt(0.5)) * jnp.abs(x))
    polynomial = t * (_A[0] + t * (_A[1] + t * (_A[2] + t * (_A[3] + t * _A[4]))))
    tail = math.sqrt(0.5 * math.pi) * polynomial * _density(x)
    return jnp.where(x < 0, tail, 1 - tail)


_by_exponential.defjvps(lambda tangent, _, x: _density(x) * tangent)


def _density(x: Array) -> Array:
    """φ(x) = exp(−x²/2) / √(2π)."""
    return _INVERSE_ROOT_2PI * jnp.exp(-0.5 * x * x)
