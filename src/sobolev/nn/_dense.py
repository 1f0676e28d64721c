"""Spectral weights without compression."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._modes import Modes
from ._spectral_kernel import AbstractSpectralKernel, AbstractSpectralWeights, complex_normal


@dataclass(frozen=True)
class Dense(AbstractSpectralWeights):
    """One complex matrix per frequency (Li et al., 2021): 2 · modes · cin · cout real parameters."""

    def build(self, modes, cin, cout, *, std, key):
        real, imaginary = complex_normal((*modes.shape, cin, cout), std, key)
        return DenseKernel(weight=jnp.stack([real, imaginary], -2), modes=modes)


class DenseKernel(AbstractSpectralKernel):
    """The matrices, real and imaginary part side by side: one real product per frequency does both."""

    weight: Float[Array, "*modes cin 2 cout"]
    modes: Modes = eqx.field(static=True)

    def __call__(self, pair, part):
        weight = self.weight
        for axis in range(self.modes.ndim):
            if part.shape[axis] != self.modes.shape[axis]:
                weight = jnp.take(weight, jnp.asarray(self.modes.where(axis, part)), axis=axis)
        *_, cin, _, cout = weight.shape
        rows = jnp.stack(pair, -2).reshape(-1, 2, cin)
        products = jnp.matmul(rows, weight.reshape(-1, cin, 2 * cout)).reshape(*part.shape, 2, 2, cout)
        rr, ri = products[..., 0, 0, :], products[..., 0, 1, :]
        ir, ii = products[..., 1, 0, :], products[..., 1, 1, :]
        return rr - ii, ri + ir

    def dense(self):
        return jax.lax.complex(self.weight[..., 0, :], self.weight[..., 1, :])
