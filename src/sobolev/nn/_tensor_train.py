"""Spectral weights in tensor-train format."""

from __future__ import annotations

import math
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._modes import Modes
from ._spectral_kernel import AbstractSpectralKernel, AbstractSpectralWeights, as_complex, check_rank, complex_normal


@dataclass(frozen=True)
class TT(AbstractSpectralWeights):
    """R[k, i, o] = A_in[i] A_1[k_1] … A_d[k_d] A_out[o], a product of complex matrices (Oseledets 2011).

    The train runs from input channels over frequencies to output channels, as the data do. `rank` is the fraction of
    the dense parameters to keep; inner ranks are equal, except where a smaller one is exact. Cores are normal with
    std (s / √Π r)^(1/n), n cores, so that the entries of R have std s.
    """

    rank: float = 0.1

    def __post_init__(self):
        check_rank("TT", self.rank)

    def build(self, modes, cin, cout, *, std, key):
        sizes = (cin, *modes.shape, cout)
        ranks = tt_ranks(sizes, self.rank)
        each = (std / math.sqrt(math.prod(ranks))) ** (1 / len(sizes))
        shapes = zip(ranks[:-1], sizes, ranks[1:], strict=True)
        keys = jax.random.split(key, len(sizes))
        cores = tuple(complex_normal(s, each, k) for s, k in zip(shapes, keys, strict=True))
        return TTKernel(cores=cores, modes=modes)


class TTKernel(AbstractSpectralKernel):
    """The cores, (left rank, size, right rank), from input channels to output channels."""

    cores: tuple[Float[Array, "pair left size right"], ...]
    modes: Modes = eqx.field(static=True)

    def __call__(self, pair, part):
        into, *along, out = (as_complex(c) for c in self.cores)
        train = self._train([c[:, self.modes.where(d, part)] for d, c in enumerate(along)])
        state = as_complex(pair) @ into[0]
        y = jnp.einsum("...a,...ab->...b", state, train) @ out[..., 0]
        return y.real, y.imag

    def dense(self):
        into, *along, out = (as_complex(c) for c in self.cores)
        return jnp.einsum("ia,...ab,bo->...io", into[0], self._train(along), out[..., 0])

    def _train(self, along: list[Array]) -> Array:
        """A_1[k_1] … A_d[k_d] at every frequency: (*modes, left rank, right rank)."""
        product = jnp.moveaxis(along[0], 1, 0)
        for core in along[1:]:
            product = jnp.einsum("...ab,bkc->...kac", product, core)
        return product


def tt_ranks(sizes: tuple[int, ...], fraction: float) -> tuple[int, ...]:
    """1, r, …, r, 1, each capped where a larger rank could not add anything; r the largest within the fraction."""
    caps = [min(math.prod(sizes[:j]), math.prod(sizes[j:])) for j in range(len(sizes) + 1)]
    budget = fraction * math.prod(sizes)
    best = tuple(min(1, c) for c in caps)
    for r in range(1, max(caps) + 1):
        ranks = tuple(min(r, c) for c in caps)
        if sum(a * s * b for a, s, b in zip(ranks[:-1], sizes, ranks[1:], strict=True)) > budget:
            break
        best = ranks
    return best
