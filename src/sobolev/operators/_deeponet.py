"""The deep operator network."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..fields import FieldSpec, Grid, GridField
from ..nn import FourierFeatures, PointwiseMLP, gelu
from ._abstract import AbstractArchitecture, AbstractOperator
from ._grids import output_grid
from ._refusals import check_field, check_positive
from ._resample import resample


@dataclass(frozen=True)
class DeepONet(AbstractArchitecture):
    """G(a)(y) = Σ_k b_k(a(x_1), …, a(x_m)) t_k(y) + b₀ (Lu et al., Nat. Mach. Intell. 2021), unstacked.

    One branch network sees the input at the sensors x_i, the points of the training grid; one trunk network sees the
    coordinates y. `basis` products per output channel; both networks have `depth` hidden layers of `width`. The trunk
    ends with an activation, the branch does not. `features` gives the trunk waves besides the coordinates.
    """

    basis: int = 64
    width: int = 128
    depth: int = 3
    features: FourierFeatures | None = None

    def __post_init__(self):
        check_positive("DeepONet", basis=self.basis, width=self.width, depth=self.depth)

    def build(self, inputs, outputs, *, key):
        return DeepOperatorNetwork(self, inputs, outputs, key=key)


class DeepOperatorNetwork(AbstractOperator):
    """Branch, trunk and bias: what `DeepONet` builds.

    Inputs on another grid are interpolated to the sensors. Outputs are given on any grid: on that of the input where
    inputs and outputs share one, else on the declared one; `at` asks for any other.
    """

    branch: PointwiseMLP
    trunk: PointwiseMLP
    bias: Float[Array, " cout"]
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    features: FourierFeatures | None = eqx.field(static=True)

    def __init__(self, architecture: DeepONet, inputs: FieldSpec, outputs: FieldSpec, *, key: PRNGKeyArray):
        of_branch, of_trunk = jax.random.split(key)
        hidden = (architecture.width,) * architecture.depth
        size, ndim = inputs.grid.size * inputs.channels, outputs.grid.ndim
        coordinates = ndim if architecture.features is None else architecture.features.channels(ndim)
        count = architecture.basis * outputs.channels
        self.branch = PointwiseMLP((size, *hidden, count), key=of_branch)
        self.trunk = PointwiseMLP((coordinates, *hidden, count), key=of_trunk)
        self.bias = jnp.zeros(outputs.channels)
        self.inputs, self.outputs, self.features = inputs, outputs, architecture.features

    def __call__(self, field: GridField) -> GridField:
        return self.at(field, output_grid(self.inputs, self.outputs, field.grid))

    def at(self, field: GridField, grid: Grid) -> GridField:
        """The image of `field` on `grid`."""
        check_field("DeepONet", self.inputs, field)
        sensors = resample(field.values, field.grid, self.inputs.grid)
        coefficients = self.branch(sensors.reshape(-1))
        scaled = [
            jnp.broadcast_to(jnp.asarray((c - a.lower) / a.length, coefficients.dtype), grid.shape)
            for a, c in zip(self.outputs.grid.axes, grid.coordinates.values(), strict=True)
        ]
        points = jnp.stack(scaled)
        basis = gelu(self.trunk(points if self.features is None else self.features(points)))
        cout = self.outputs.channels
        products = coefficients.reshape(cout, -1)[:, None] @ basis.reshape(cout, -1, grid.size)
        values = products[:, 0].T.reshape(*grid.shape, cout) + self.bias
        return GridField(values, grid, self.outputs.names)
