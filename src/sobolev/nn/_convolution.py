"""Convolutions with small kernels in any number of dimensions."""

from __future__ import annotations

import math
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..fields import AxisKind

EdgePadding = Literal["zeros", "reflect"]


class Convolution(eqx.Module):
    """Convolution over neighbours, 3 per axis, on `(channels, *space)`; the number of points is kept.

    Periodic axes wrap; the others continue by zeros or by reflection (`edges`).
    """

    weight: Float[Array, "cout cin *three"]
    bias: Float[Array, " cout"]
    kinds: tuple[AxisKind, ...] = eqx.field(static=True)
    edges: EdgePadding = eqx.field(static=True)

    def __init__(self, cin: int, cout: int, kinds: tuple[AxisKind, ...], edges: EdgePadding, *, key: PRNGKeyArray):
        of_weight, of_bias = jax.random.split(key)
        shape = (cout, cin, *(3 for _ in kinds))
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        self.weight = jax.random.uniform(of_weight, shape, minval=-bound, maxval=bound)
        self.bias = jax.random.uniform(of_bias, (cout,), minval=-bound, maxval=bound)
        self.kinds, self.edges = kinds, edges

    def __call__(self, x: Float[Array, "cin ..."]) -> Float[Array, "cout ..."]:
        for axis, kind in enumerate(self.kinds, 1):
            widths = [(0, 0)] * x.ndim
            widths[axis] = (1, 1)
            mode = "wrap" if kind == "periodic" else {"zeros": "constant"}.get(self.edges, self.edges)
            x = jnp.pad(x, widths, mode=mode)
        y = jax.lax.conv_general_dilated(x[None], self.weight, (1,) * len(self.kinds), "VALID")[0]
        return y + self.bias.reshape(-1, *(1,) * len(self.kinds))


def halve(x: Float[Array, "channels ..."]) -> Float[Array, "channels ..."]:
    """Means of pairs of neighbours along every axis."""
    for axis in range(1, x.ndim):
        x = x.reshape(*x.shape[:axis], x.shape[axis] // 2, 2, *x.shape[axis + 1 :]).mean(axis + 1)
    return x


def double(x: Float[Array, "channels ..."]) -> Float[Array, "channels ..."]:
    """Every value twice along every axis."""
    for axis in range(1, x.ndim):
        x = jnp.repeat(x, 2, axis=axis)
    return x
