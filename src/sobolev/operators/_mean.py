"""The training mean: what every learned map must beat."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..fields import FieldSpec, GridField
from ._abstract import AbstractEstimator, AbstractOperator
from ._grids import output_grid
from ._refusals import check_field
from ._resample import resample


@dataclass(frozen=True)
class Mean(AbstractEstimator):
    """The mean of the training outputs, whatever the input."""

    def estimate(self, inputs, outputs, x, y, validation=None):
        return MeanOperator(mean=jnp.asarray(np.mean(np.asarray(y, np.float64), 0)), inputs=inputs, outputs=outputs)


class MeanOperator(AbstractOperator):
    """A constant field, interpolated to other grids."""

    mean: Float[Array, "*space cout"]
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)

    def __call__(self, field: GridField) -> GridField:
        check_field("Mean", self.inputs, field)
        grid = output_grid(self.inputs, self.outputs, field.grid)
        values = resample(self.mean.astype(field.values.dtype), self.outputs.grid, grid)
        return GridField(values, grid, self.outputs.names)
