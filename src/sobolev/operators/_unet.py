"""The U-Net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .._core import ArgumentError, UnsupportedError
from ..fields import FieldSpec, Grid, GridField
from ..nn import Convolution, EdgePadding, Pointwise, double, gelu, halve
from ._abstract import AbstractArchitecture, AbstractOperator
from ._refusals import check_field, check_positive, check_same_grid, check_uniform


@dataclass(frozen=True)
class UNet(AbstractArchitecture):
    """Convolutions on finer and coarser grids, joined level by level (Ronneberger et al., MICCAI 2015).

    Each level has two convolutions of three points per axis; going down halves the points and doubles the channels
    (`width` at first), `levels` times. Periodic axes wrap; `edges` continues the others. `coordinates` are inputs
    too. Needs numbers of points divisible by 2^levels, and acts on the training grid only: its kernels are as wide as
    that grid's cells.
    """

    width: int = 32
    levels: int = 3
    edges: EdgePadding = "zeros"
    coordinates: bool = True

    def __post_init__(self):
        check_positive("UNet", width=self.width, levels=self.levels)
        if self.edges not in get_args(EdgePadding):
            raise ArgumentError(
                "UNet: unknown edges.", given=repr(self.edges), expected=", ".join(get_args(EdgePadding))
            )

    def build(self, inputs, outputs, *, key):
        check_same_grid("UNet", inputs, outputs)
        check_uniform("UNet", inputs.grid)
        self._check_points(inputs.grid)
        return UNetwork(self, inputs, outputs, key=key)

    def _check_points(self, grid: Grid) -> None:
        # Reflection needs two points on the coarsest grid.
        factor = 2**self.levels
        for axis in grid.axes:
            if axis.points % factor or axis.points < 2 * factor:
                below = max(2 * factor, axis.points // factor * factor)
                raise UnsupportedError(
                    f"UNet with {self.levels} levels cannot take {axis.points} points along {axis.name}.",
                    given=f"a grid of {' × '.join(map(str, grid.shape))}",
                    expected=f"multiples of {factor}, such as {below} or {below + factor}",
                    fix="use fewer levels or another resolution, or FNO, which takes any",
                )


class DoubleConvolution(eqx.Module):
    """Two convolutions, each followed by GELU."""

    first: Convolution
    second: Convolution

    def __init__(self, cin: int, cout: int, architecture: UNet, grid: Grid, *, key: PRNGKeyArray):
        kinds = tuple(axis.kind for axis in grid.axes)
        of_first, of_second = jax.random.split(key)
        self.first = Convolution(cin, cout, kinds, architecture.edges, key=of_first)
        self.second = Convolution(cout, cout, kinds, architecture.edges, key=of_second)

    def __call__(self, x: Float[Array, "cin ..."]) -> Float[Array, "cout ..."]:
        return gelu(self.second(gelu(self.first(x))))


class UNetwork(AbstractOperator):
    """What `UNet` builds: the way down, the way up, and a pointwise projection."""

    down: tuple[DoubleConvolution, ...]
    up: tuple[DoubleConvolution, ...]
    project: Pointwise
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    coordinates: bool = eqx.field(static=True)

    def __init__(self, architecture: UNet, inputs: FieldSpec, outputs: FieldSpec, *, key: PRNGKeyArray):
        of_project, *keys = jax.random.split(key, 2 + 2 * architecture.levels)
        grid, widths = inputs.grid, [architecture.width * 2**i for i in range(architecture.levels + 1)]
        cin = inputs.channels + (grid.ndim if architecture.coordinates else 0)
        pairs = zip([cin, *widths[:-1]], widths, strict=True)
        self.down = tuple(DoubleConvolution(a, b, architecture, grid, key=keys.pop()) for a, b in pairs)
        # Going up, the coarser field joins the finer one of the way down.
        finer = list(reversed(widths[:-1]))
        self.up = tuple(DoubleConvolution(3 * b, b, architecture, grid, key=keys.pop()) for b in finer)
        self.project = Pointwise(widths[0], outputs.channels, key=of_project)
        self.inputs, self.outputs, self.coordinates = inputs, outputs, architecture.coordinates

    def __call__(self, field: GridField) -> GridField:
        check_field("UNet", self.inputs, field)
        if field.grid != self.inputs.grid:
            shape = " × ".join(map(str, self.inputs.grid.shape))
            raise UnsupportedError(
                "UNet acts on the grid it was trained on: its kernels are as wide as that grid's cells.",
                given=f"a grid of {' × '.join(map(str, field.grid.shape))}",
                expected=f"the training grid, {shape} points",
                fix="interpolate the input, or use FNO or DeepONet, which take any resolution",
            )
        x = jnp.moveaxis((field.with_coordinates() if self.coordinates else field).values, -1, 0)
        passed: list[Array] = []
        for level in self.down[:-1]:
            x = level(x)
            passed.append(x)
            x = halve(x)
        x = self.down[-1](x)
        for level in self.up:
            x = level(jnp.concatenate([passed.pop(), double(x)]))
        return GridField(jnp.moveaxis(self.project(x), 0, -1), field.grid, self.outputs.names)
