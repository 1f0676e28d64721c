"""Weights of a spectral layer: what every format can do."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Complex, Float, PRNGKeyArray

from .._core import ArgumentError
from ._modes import Modes
from ._transform import Pair


class AbstractSpectralKernel(eqx.Module):
    """A complex matrix per frequency, R[k, i, o], in some format.

    Complex numbers are stored as pairs of reals, so that optimisers, checkpoints and counts of parameters meet real
    arrays only.
    """

    modes: eqx.AbstractVar[Modes]

    @abc.abstractmethod
    def __call__(self, pair: Pair, part: Modes) -> Pair:
        """Σ_i c[k, i] R[k, i, o] at the frequencies `part`, a subset of `modes`."""

    @abc.abstractmethod
    def dense(self) -> Complex[Array, "*modes cin cout"]:
        """The whole tensor R."""


@dataclass(frozen=True)
class AbstractSpectralWeights(abc.ABC):
    """A format of spectral weights, still to be built."""

    @abc.abstractmethod
    def build(self, modes: Modes, cin: int, cout: int, *, std: float, key: PRNGKeyArray) -> AbstractSpectralKernel:
        """Fresh weights; entries of the whole tensor have mean 0 and E|R|² = std²."""


def complex_normal(shape: tuple[int, ...], std: float, key: PRNGKeyArray) -> Float[Array, " pair *shape"]:
    """Circular complex normal numbers with E|z|² = std², as a pair of reals along a new first axis."""
    return std * math.sqrt(0.5) * jax.random.normal(key, (2, *shape))


def as_complex(pair: Float[Array, " pair *shape"] | Pair) -> Complex[Array, "*shape"]:
    """The complex array of a pair."""
    return jax.lax.complex(pair[0], pair[1])


def check_rank(name: str, rank: object) -> float:
    """`rank` as a fraction of the dense parameters, or `ArgumentError`."""
    if isinstance(rank, bool) or not isinstance(rank, int | float | np.number) or not 0 < rank <= 1:
        raise ArgumentError(
            f"{name}: rank is a fraction of the dense layer's parameters.",
            given=repr(rank),
            expected="a number in (0, 1]",
            fix=f"{name}(rank=0.1) keeps about a tenth of the parameters",
        )
    return float(rank)
