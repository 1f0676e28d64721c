"""An operator averaged over a group of symmetries: equivariant by construction."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp

from ..fields import FieldSpec, GridField
from ..operators import AbstractOperator
from ._symmetries import Symmetries


class Symmetrised(AbstractOperator):
    """x ↦ mean over the elements g of g⁻¹ · operator(g · x).

    Commutes with every element. Where the true map does too, its mean error is no larger than the operator's (the mean
    projects onto the equivariant maps), and the errors of the images, as far as they are independent, average out.
    One call costs as many as the group has elements.
    """

    operator: AbstractOperator
    symmetries: Symmetries = eqx.field(static=True)

    @property
    def inputs(self) -> FieldSpec:
        return self.operator.inputs

    @property
    def outputs(self) -> FieldSpec:
        return self.operator.outputs

    def __call__(self, field: GridField) -> GridField:
        given = FieldSpec(field.names, field.grid)
        self.symmetries.check(given)
        elements = self.symmetries.elements(field.grid.ndim)
        images = jnp.stack([self.symmetries.action(g, given)(field.values) for g in elements])
        mapped = jax.vmap(lambda values: self.operator(field.with_values(values)))(images)
        spec = FieldSpec(mapped.names, mapped.grid)
        back = [
            self.symmetries.action(self.symmetries.inverse(g), spec)(values)
            for g, values in zip(elements, mapped.values, strict=True)
        ]
        return GridField(sum(back) / len(back), spec.grid, spec.names)
