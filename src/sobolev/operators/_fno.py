"""The Fourier neural operator."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .._core import ArgumentError
from ..fields import FieldSpec, GridField
from ..nn import (
    AbstractSpectralWeights,
    Dense,
    DomainPadding,
    Gate,
    Modes,
    Pointwise,
    PointwiseMLP,
    SpectralConvolution,
    Transform,
    gelu,
)
from ._abstract import AbstractArchitecture, AbstractOperator
from ._refusals import check_field, check_positive, check_same_grid, check_uniform


@dataclass(frozen=True)
class FNO(AbstractArchitecture):
    """Fourier neural operator (Li et al., ICLR 2021), with the parts of Kossaifi et al. (TMLR 2024).

    - `width`: channels of the hidden fields; `layers`: number of Fourier layers;
    - `modes`: frequencies kept per axis, negative ones included (an integer, or one per axis);
    - `weights`: format of the spectral weights, `Dense()`, `Tucker(rank)`, `CP(rank)` or `TT(rank)`;
    - `mixing`: width of the channel MLP after each convolution, as a fraction of `width`; None leaves it out;
    - `padding`: for axes that are not periodic, `DomainPadding(...)` or None;
    - `coordinates`: whether the coordinates are inputs too. Without them the operator commutes with translations of
      a periodic box;
    - `transform`: "auto" chooses matrix products or FFTs by their cost.
    """

    width: int = 32
    modes: int | Sequence[int] = 16
    layers: int = 4
    weights: AbstractSpectralWeights = field(default_factory=Dense)
    mixing: float | None = 0.5
    padding: DomainPadding | None = None
    coordinates: bool = True
    transform: Transform = "auto"

    def __post_init__(self):
        check_positive("FNO", width=self.width, layers=self.layers)
        if not isinstance(self.modes, int):
            object.__setattr__(self, "modes", tuple(self.modes))
        Modes.of((self.modes,) if isinstance(self.modes, int) else self.modes)
        if self.transform not in get_args(Transform):
            raise ArgumentError("FNO: unknown transform.", given=repr(self.transform), expected="auto, matrix or fft")
        if self.mixing is not None and not self.mixing > 0:
            raise ArgumentError("FNO: mixing is no fraction of the width.", given=self.mixing, expected="> 0, or None")

    def build(self, inputs, outputs, *, key):
        check_same_grid("FNO", inputs, outputs)
        check_uniform("FNO", inputs.grid)
        return FourierNeuralOperator(self, inputs, outputs, key=key)

    def modes_on(self, ndim: int) -> Modes:
        """The kept frequencies in this many dimensions."""
        counts = (self.modes,) * ndim if isinstance(self.modes, int) else self.modes
        if len(counts) != ndim:
            raise ArgumentError(
                "FNO: modes does not fit the number of axes.",
                given=counts,
                expected=f"an integer, or {ndim} of them",
            )
        return Modes.of(counts)


class FourierLayer(eqx.Module):
    """x ↦ σ(M(σ(K x + W x)) + w x): spectral convolution K, pointwise skip W, channel MLP M with gated skip w.

    Without the MLP: σ(K x + W x). σ is `activate`: the last layer of an operator has the identity in its place.
    """

    convolution: SpectralConvolution
    skip: Pointwise
    mlp: PointwiseMLP | None
    gate: Gate | None

    def __init__(self, architecture: FNO, modes: Modes, *, key: PRNGKeyArray):
        of_convolution, of_skip, of_mlp = jax.random.split(key, 3)
        width = architecture.width
        self.convolution = SpectralConvolution(
            modes, width, width, architecture.weights, architecture.transform, key=of_convolution
        )
        self.skip = Pointwise(width, width, bias=False, key=of_skip)
        self.mlp = self.gate = None
        if architecture.mixing is not None:
            hidden = max(1, round(architecture.mixing * width))
            self.mlp, self.gate = PointwiseMLP((width, hidden, width), key=of_mlp), Gate(width)

    def __call__(
        self, x: Float[Array, "width ..."], activate: Callable[[Array], Array] = gelu
    ) -> Float[Array, "width ..."]:
        y = activate(self.convolution(x) + self.skip(x))
        if self.mlp is None or self.gate is None:
            return y
        return activate(self.mlp(y) + self.gate(x))


class FourierNeuralOperator(AbstractOperator):
    """Lift, Fourier layers, projection: what `FNO` builds. Takes any number of points per axis."""

    lift: PointwiseMLP
    layers: tuple[FourierLayer, ...]
    project: PointwiseMLP
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    padding: DomainPadding | None = eqx.field(static=True)
    coordinates: bool = eqx.field(static=True)

    def __init__(self, architecture: FNO, inputs: FieldSpec, outputs: FieldSpec, *, key: PRNGKeyArray):
        of_lift, of_project, of_layers = jax.random.split(key, 3)
        width, ndim = architecture.width, inputs.grid.ndim
        modes = architecture.modes_on(ndim)
        cin = inputs.channels + (ndim if architecture.coordinates else 0)
        self.lift = PointwiseMLP((cin, 2 * width, width), key=of_lift)
        # Drawn together: a random array per layer and weight would take longer to compile than an epoch to train.
        stack = eqx.filter_vmap(lambda k: FourierLayer(architecture, modes, key=k))(
            jax.random.split(of_layers, architecture.layers)
        )
        arrays, rest = eqx.partition(stack, eqx.is_array)
        self.layers = tuple(
            eqx.combine(jax.tree.map(operator.itemgetter(i), arrays), rest) for i in range(architecture.layers)
        )
        self.project = PointwiseMLP((width, 2 * width, outputs.channels), key=of_project)
        self.inputs, self.outputs = inputs, outputs
        self.padding, self.coordinates = architecture.padding, architecture.coordinates

    def __call__(self, field: GridField) -> GridField:
        check_field("FNO", self.inputs, field)
        check_uniform("FNO", field.grid)
        # Channels come first inside, see `nn.Pointwise`.
        x = self.lift(jnp.moveaxis((field.with_coordinates() if self.coordinates else field).values, -1, 0))
        if self.padding is not None:
            x = self.padding.pad(x, field.grid)
        for layer in self.layers[:-1]:
            x = layer(x)
        x = self.layers[-1](x, activate=lambda y: y)
        if self.padding is not None:
            x = self.padding.cut(x, field.grid)
        return GridField(jnp.moveaxis(self.project(x), 0, -1), field.grid, self.outputs.names)
