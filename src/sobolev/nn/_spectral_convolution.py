"""Convolution with a learned kernel, as a product of Fourier coefficients."""

from __future__ import annotations

import math

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from .._core import ArgumentError
from ._modes import Modes
from ._spectral_kernel import AbstractSpectralKernel, AbstractSpectralWeights
from ._transform import Transform, analyse, synthesise


class SpectralConvolution(eqx.Module):
    """y = F⁻¹(R · F x) + b on the kept frequencies, zero on the others (Li et al., 2021, eq. 4).

    Discretisation invariant: the same weights act on any grid. Frequencies that a coarser grid does not resolve are
    left out, so that for band-limited x the results agree to round-off on all grids that resolve x and the modes.
    Entries of R have std (2 / (cin + cout))^½; the bias likewise.
    """

    kernel: AbstractSpectralKernel
    bias: Float[Array, " cout"]
    transform: Transform = eqx.field(static=True)

    def __init__(
        self,
        modes: Modes,
        cin: int,
        cout: int,
        weights: AbstractSpectralWeights,
        transform: Transform = "auto",
        *,
        key: PRNGKeyArray,
    ):
        if not isinstance(weights, AbstractSpectralWeights):
            raise ArgumentError(
                "These are no spectral weights.",
                given=repr(weights),
                expected="Dense(), Tucker(...), CP(...) or TT(...)",
            )
        std = math.sqrt(2 / (cin + cout))
        of_kernel, of_bias = jax.random.split(key)
        self.kernel = weights.build(modes, cin, cout, std=std, key=of_kernel)
        self.bias = std * jax.random.normal(of_bias, (cout,))
        self.transform = transform

    def __call__(self, x: Float[Array, "cin ..."]) -> Float[Array, "cout ..."]:
        shape = x.shape[1:]
        part = self.kernel.modes.on(shape)
        pair = self.kernel(analyse(x, part, self.transform), part)
        y = synthesise(pair, part, shape, self.transform)
        return y + self.bias.reshape(-1, *(1,) * len(shape))
