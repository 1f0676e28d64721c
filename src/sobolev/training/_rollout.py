"""Applying a one-step operator again and again."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..fields import GridField
from ..operators import AbstractOperator


def rollout(operator: AbstractOperator, field: GridField, steps: int) -> Float[Array, "step *space channels"]:
    """Outputs after 1, 2, …, `steps` applications of a one-step operator.

    Each output replaces the channels of the same names at the front of the input; further input channels (forcings,
    parameters) stay as they are.
    """

    def advance(values: Array, _) -> tuple[Array, Array]:
        new = operator(field.with_values(values)).values
        return carried(new, values), new

    return jax.lax.scan(advance, field.values, None, length=steps)[1]


def carried(new: Array, inputs: Array) -> Array:
    """The next input: the new state followed by the input's constant channels."""
    return jnp.concatenate([new, inputs[..., new.shape[-1] :]], axis=-1)
