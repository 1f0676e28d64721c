"""An operator between normalised fields."""

from __future__ import annotations

import equinox as eqx

from .._core import ArgumentError
from ..fields import FieldSpec, GridField
from ._abstract import AbstractOperator
from ._statistics import Statistics


class Normalised(AbstractOperator):
    """x ↦ mean_out + std_out · operator((x − mean_in) / std_in).

    The wrapped operator sees inputs and gives outputs of size one; the outside world sees physical units. Statistics
    per point are interpolated to other grids.
    """

    operator: AbstractOperator
    input_statistics: Statistics = eqx.field(static=True)
    output_statistics: Statistics = eqx.field(static=True)

    def __check_init__(self):
        for name, statistics, spec in (
            ("inputs", self.input_statistics, self.operator.inputs),
            ("outputs", self.output_statistics, self.operator.outputs),
        ):
            if statistics.mean.shape[-1] != spec.channels:
                raise ArgumentError(
                    f"Normalised: the statistics do not fit the operator's {name}.",
                    given=f"{statistics.mean.shape[-1]} channels",
                    expected=f"{spec.channels}: {', '.join(spec.names)}",
                )

    @property
    def inputs(self) -> FieldSpec:
        return self.operator.inputs

    @property
    def outputs(self) -> FieldSpec:
        return self.operator.outputs

    def __call__(self, field: GridField) -> GridField:
        normal = field.with_values(self.input_statistics.normalise(field.values, field.grid))
        image = self.operator(normal)
        return image.with_values(self.output_statistics.restore(image.values, image.grid))
