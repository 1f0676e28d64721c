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
    """The matrices, real and imaginary part side by side, as one real product meets both."""

    weight: Float[Array, "*modes cin 2 cout"]
    modes: Modes = eqx.field(static=True)

    def __call__(self, pair, part):
        weight = self.weight
        for axis in range(self.modes.ndim):
            if part.shape[axis] != self.modes.shape[axis]:
                weight = jnp.take(weight, jnp.asarray(self.modes.where(axis, part)), axis=axis)
        *_, cin, _, cout = weight.shape
        matrices = weight.reshape(-1, cin, 2 * cout)
        # One row at a time: the gradient of a row's product is an outer product, which XLA adds to what is
        # accumulated already in one pass over memory.
        by_real, by_imaginary = (
            jnp.matmul(rows.reshape(-1, 1, cin), matrices).reshape(*part.shape, 2, cout) for rows in pair
        )
        real = by_real[..., 0, :] - by_imaginary[..., 1, :]
        imaginary = by_real[..., 1, :] + by_imaginary[..., 0, :]
        return real, imaginary

    def dense(self):
        return jax.lax.complex(self.weight[..., 0, :], self.weight[..., 1, :])
