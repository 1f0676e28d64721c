"""Maps of channels, the same at every point. Arrays are `(channels, *space)`."""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ._gelu import gelu


class Pointwise(eqx.Module):
    """Affine map of channels: y = W x + b, initialised uniformly in ±1/√cin.

    Channels come first here: W times all points is then one matrix product with long rows, which CPUs like best.
    """

    weight: Float[Array, "cout cin"]
    bias: Float[Array, " cout"] | None

    def __init__(self, cin: int, cout: int, *, bias: bool = True, key: PRNGKeyArray):
        of_weight, of_bias = jax.random.split(key)
        bound = 1 / math.sqrt(cin)
        self.weight = jax.random.uniform(of_weight, (cout, cin), minval=-bound, maxval=bound)
        self.bias = jax.random.uniform(of_bias, (cout,), minval=-bound, maxval=bound) if bias else None

    def __call__(self, x: Float[Array, "cin ..."]) -> Float[Array, "cout ..."]:
        # With several space axes XLA would transpose copies in the backward pass.
        y = self.weight @ x.reshape(x.shape[0], -1)
        if self.bias is not None:
            y = y + self.bias[:, None]
        return y.reshape(-1, *x.shape[1:])


class PointwiseMLP(eqx.Module):
    """Affine maps of channels with GELU in between (none after the last)."""

    layers: tuple[Pointwise, ...]

    def __init__(self, widths: tuple[int, ...], *, key: PRNGKeyArray):
        keys = jax.random.split(key, len(widths) - 1)
        self.layers = tuple(Pointwise(a, b, key=k) for a, b, k in zip(widths[:-1], widths[1:], keys, strict=True))

    def __call__(self, x: Float[Array, "cin ..."]) -> Float[Array, "cout ..."]:
        for layer in self.layers[:-1]:
            x = gelu(layer(x))
        return self.layers[-1](x)


class Gate(eqx.Module):
    """A factor per channel, one at first: y = w x ("soft gating" of a skip connection)."""

    weight: Float[Array, " channels"]

    def __init__(self, channels: int):
        self.weight = jnp.ones(channels)

    def __call__(self, x: Float[Array, "channels ..."]) -> Float[Array, "channels ..."]:
        return self.weight.reshape(-1, *(1,) * (x.ndim - 1)) * x
