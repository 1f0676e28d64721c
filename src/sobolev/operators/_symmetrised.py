"""An operator averaged over exchanges of axes."""

from __future__ import annotations

import itertools

import jax.numpy as jnp

from .._core import UnsupportedError
from ..fields import FieldSpec, Grid, GridField
from ._abstract import AbstractOperator


class Symmetrised(AbstractOperator):
    """x ↦ mean over permutations P of the axes of P⁻¹ operator(P x).

    Where the true map commutes with exchanges of axes (an isotropic equation on a square, scalar fields), the average
    does so exactly and errs less; it costs ndim! evaluations. Channels must be scalars.
    """

    operator: AbstractOperator

    def __check_init__(self):
        for spec in (self.inputs, self.outputs):
            _check_square(spec.grid)

    @property
    def inputs(self) -> FieldSpec:
        return self.operator.inputs

    @property
    def outputs(self) -> FieldSpec:
        return self.operator.outputs

    def __call__(self, field: GridField) -> GridField:
        _check_square(field.grid)
        ndim = field.grid.ndim
        images = []
        for order in itertools.permutations(range(ndim)):
            image = self.operator(field.with_values(jnp.transpose(field.values, (*order, ndim))))
            back = sorted(range(ndim), key=order.__getitem__)
            images.append(image.with_values(jnp.transpose(image.values, (*back, ndim))))
        return images[0].with_values(sum(image.values for image in images) / len(images))


def _check_square(grid: Grid) -> None:
    first, *others = grid.axes
    for axis in others:
        if (axis.points, axis.kind, axis.length) != (first.points, first.kind, first.length):
            raise UnsupportedError(
                "Symmetrised: axes that differ cannot be exchanged.",
                given=f"{first.name}: {first.points} {first.kind}, {axis.name}: {axis.points} {axis.kind}",
                expected="a square grid",
            )
