"""Spectral weights in canonical polyadic format."""

from __future__ import annotations

import math
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from ._modes import Modes
from ._spectral_kernel import AbstractSpectralKernel, AbstractSpectralWeights, as_complex, check_rank, complex_normal


@dataclass(frozen=True)
class CP(AbstractSpectralWeights):
    """R[k, i, o] = Σ_r A_in[i, r] A_out[o, r] Π_d A_d[k_d, r], all complex.

    `rank` is the fraction of the dense parameters to keep. Factors are normal with std (s / √r)^(1/n), n factors of
    r terms, so that the entries of R have std s.
    """

    rank: float = 0.1

    def __post_init__(self):
        check_rank("CP", self.rank)

    def build(self, modes, cin, cout, *, std, key):
        sizes = (*modes.shape, cin, cout)
        terms = max(1, math.floor(self.rank * math.prod(sizes) / sum(sizes)))
        each = (std / math.sqrt(terms)) ** (1 / len(sizes))
        keys = jax.random.split(key, len(sizes))
        factors = tuple(complex_normal((s, terms), each, k) for s, k in zip(sizes, keys, strict=True))
        return CPKernel(factors=factors, modes=modes)


class CPKernel(AbstractSpectralKernel):
    """The factors (modes in order, then input and output channels)."""

    factors: tuple[Float[Array, "pair size terms"], ...]
    modes: Modes = eqx.field(static=True)

    def __call__(self, pair, part):
        *along, into, out = (as_complex(f) for f in self.factors)
        weights = self._outer([a[self.modes.where(d, part)] for d, a in enumerate(along)])
        y = ((as_complex(pair) @ into) * weights) @ out.T
        return y.real, y.imag

    def dense(self):
        *along, into, out = (as_complex(f) for f in self.factors)
        return jnp.einsum("...r,ir,or->...io", self._outer(along), into, out)

    def _outer(self, along: list[Array]) -> Complex[Array, "*modes terms"]:
        """Π_d A_d[k_d, r] at every frequency."""
        product = along[0]
        for a in along[1:]:
            product = product[..., None, :] * a
        return product
