"""Coordinates as waves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._core import ArgumentError


@dataclass(frozen=True)
class FourierFeatures:
    """x ↦ (x, cos πkx, sin πkx for k = 1 … count), for each coordinate in [0, 1].

    Networks of coordinates learn high frequencies slowly; given as inputs they need not be learnt (Tancik et al.,
    NeurIPS 2020). Here with fixed frequencies, half-waves included, so that no axis is taken for periodic.
    """

    count: int = 4

    def __post_init__(self):
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 1:
            raise ArgumentError("FourierFeatures: count is not positive.", given=repr(self.count), expected=">= 1")

    def channels(self, ndim: int) -> int:
        """Number of features of `ndim` coordinates."""
        return ndim * (1 + 2 * self.count)

    def __call__(self, x: Float[Array, "ndim ..."]) -> Float[Array, "features ..."]:
        waves = [f(math.pi * k * x) for k in range(1, self.count + 1) for f in (jnp.cos, jnp.sin)]
        return jnp.concatenate([x, *waves])
