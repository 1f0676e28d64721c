"""Spectral weights in Tucker format."""

from __future__ import annotations

import math
import string
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._modes import Modes
from ._spectral_kernel import AbstractSpectralKernel, AbstractSpectralWeights, as_complex, check_rank, complex_normal


@dataclass(frozen=True)
class Tucker(AbstractSpectralWeights):
    """R = G ×₁ U₁ … ×_d U_d ×_in U_in ×_out U_out, all complex (Kossaifi et al., TMLR 2024).

    `rank` is the fraction of the dense parameters to keep; all dimensions shrink by a common factor. Factors are
    normal with std (s / √Π r)^(1/(n + 1)), n factors and a core, so that the entries of R have std s.
    """

    rank: float = 0.1

    def __post_init__(self):
        check_rank("Tucker", self.rank)

    def build(self, modes, cin, cout, *, std, key):
        sizes = (*modes.shape, cin, cout)
        ranks = tucker_ranks(sizes, self.rank)
        each = (std / math.sqrt(math.prod(ranks))) ** (1 / (len(sizes) + 1))
        keys = jax.random.split(key, len(sizes) + 1)
        core = complex_normal(ranks, each, keys[0])
        shapes = zip(sizes, ranks, strict=True)
        factors = tuple(complex_normal(shape, each, k) for shape, k in zip(shapes, keys[1:], strict=True))
        return TuckerKernel(core=core, factors=factors, modes=modes)


class TuckerKernel(AbstractSpectralKernel):
    """Core and factors (modes in order, then input and output channels)."""

    core: Float[Array, " pair *ranks"]
    factors: tuple[Float[Array, "pair size rank"], ...]
    modes: Modes = eqx.field(static=True)

    def __call__(self, pair, part):
        *along, into, out = (as_complex(f) for f in self.factors)
        along = [u[self.modes.where(d, part)] for d, u in enumerate(along)]
        reduced = self._expand(along)  # the core at every frequency: (*part, rank_in, rank_out)
        y = jnp.einsum("...i,ia,...ab,ob->...o", as_complex(pair), into, reduced, out, optimize="optimal")
        return y.real, y.imag

    def dense(self):
        *along, into, out = (as_complex(f) for f in self.factors)
        return jnp.einsum("ia,...ab,ob->...io", into, self._expand(along), out)

    def _expand(self, along: list[Array]) -> Array:
        """The core multiplied by the factors of the frequencies."""
        ranks = string.ascii_lowercase[: self.modes.ndim]
        places = ranks.upper()
        terms = ",".join([f"{ranks}yz", *(f"{p}{r}" for p, r in zip(places, ranks, strict=True))])
        return jnp.einsum(f"{terms}->{places}yz", as_complex(self.core), *along, optimize="optimal")


def tucker_ranks(sizes: tuple[int, ...], fraction: float) -> tuple[int, ...]:
    """Ranks r_d = max(1, ⌊c s_d⌋) with the largest c ≤ 1 whose parameters stay within the fraction of Π s."""
    budget = fraction * math.prod(sizes)
    best = (1,) * len(sizes)
    for c in sorted({j / s for s in sizes for j in range(1, s + 1)}):
        ranks = tuple(max(1, math.floor(c * s + 1e-9)) for s in sizes)
        if math.prod(ranks) + sum(r * s for r, s in zip(ranks, sizes, strict=True)) > budget:
            break
        best = ranks
    return best
