"""Jets of fields that are given on a grid, and fluxes between its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from .._core import ArgumentError, UnsupportedError
from ..equations import DivergenceIndex, JetIndex, PointwiseFunction, Problem, Values, sample_input
from ..fields import GridField, derivative

Fields = GridField | Mapping[str, GridField]


class SampledJets:
    """Jets of the unknowns and inputs of a statement on one grid."""

    def __init__(self, problem: Problem, fields: Fields, values: Values, accuracy: int):
        self.problem, self.values, self.accuracy = problem, values, accuracy
        parts = {name: fields[name] for name in problem.unknown_names}
        grids = {field.grid for field in parts.values()}
        moving = None if self.is_steady else problem.time
        names = {c.name for c in problem.coordinates} | ({moving.name} if moving else set())
        if len(grids) != 1 or {axis.name for grid in grids for axis in grid.axes} != names:
            raise ArgumentError(
                f"The fields do not lie on one grid of '{problem.name}'.",
                given="; ".join(", ".join(grid.names) for grid in grids),
                expected=f"one grid with the axes {', '.join(sorted(names))}",
            )
        (self.grid,) = grids
        self.unknowns = {name: field.values[..., 0] for name, field in parts.items()}
        self._axes = [self.grid.names.index(c.name) for c in problem.coordinates]
        self._time = self.grid.names.index(moving.name) if moving else None
        self._cache: dict[Any, Array] = {}

    @property
    def is_steady(self) -> bool:
        """No time enters."""
        return self.problem.time is None or self.problem.is_steady

    @property
    def interior(self) -> tuple[slice, ...]:
        """The points where the equations are to hold. Time keeps its ends: there is a state at each."""
        periodic = [axis.kind == "periodic" or i == self._time for i, axis in enumerate(self.grid.axes)]
        return tuple(slice(None) if p else slice(1, -1) for p in periodic)

    def evaluate(self, function: PointwiseFunction) -> tuple[Array, ...]:
        """The expressions at all points of the grid."""
        jets = {
            j: self.divergence(function, j.k) if isinstance(j, DivergenceIndex) else self.jet(j) for j in function.jets
        }
        return function(jets, self.grid.coordinates, self.values.parameters)

    def jet(self, index: JetIndex) -> Array:
        """A derivative of an unknown or input at all points."""
        if index not in self._cache:
            self._cache[index] = self.derivative(self._field(index.name), self._orders(index))
        return self._cache[index]

    def divergence(self, function: PointwiseFunction, k: int) -> Array:
        """Σ ∂Fᵢ/∂xᵢ of a flux kept in conservative form."""
        flux, total = function.fluxes[k], 0.0
        for component, side in enumerate(function.flux_axes[k]):
            axis = self._axes[side]
            if self.grid.axes[axis].kind in ("periodic", "chebyshev"):
                here = jnp.broadcast_to(self.evaluate(flux)[component], self.grid.shape)
                total = total + self.derivative(here, unit(axis, self.grid.ndim))
            else:
                total = total + self._between(flux, component, axis)
        return total

    def _between(self, flux: PointwiseFunction, component: int, axis: int) -> Array:
        """Differences of one flux component at midpoints along `axis`; the end points are zero, and not looked at."""
        jets = {j: self._midpoint(j, axis) for j in flux.jets}
        coordinates = dict(self.grid.coordinates)
        name = self.grid.names[axis]
        coordinates[name] = _along(coordinates[name], axis, lambda a, b: (a + b) / 2)
        middle = list(self.grid.shape)
        middle[axis] -= 1
        value = jnp.broadcast_to(flux(jets, coordinates, self.values.parameters)[component], middle)
        inner = _along(value, axis, lambda a, b: (b - a) / self.grid.axes[axis].spacing)
        return jnp.pad(inner, [(1, 1) if i == axis else (0, 0) for i in range(self.grid.ndim)])

    def _midpoint(self, index: JetIndex | DivergenceIndex, axis: int) -> Array:
        if isinstance(index, DivergenceIndex):
            raise UnsupportedError(
                "A divergence inside a flux has no residual on a grid.", fix="expand it with .doit()"
            )
        orders, values = list(self._orders(index)), self._field(index.name)
        if orders[axis]:
            orders[axis] -= 1
            spacing = self.grid.axes[axis].spacing
            return _along(self.derivative(values, orders), axis, lambda a, b: (b - a) / spacing)
        whole = self.derivative(values, orders)
        is_plain_input = index.name not in self.unknowns and not any(orders)
        return _along(whole, axis, _harmonic if is_plain_input else lambda a, b: (a + b) / 2)

    def _field(self, name: str) -> Array:
        if name in self.unknowns:
            return self.unknowns[name]
        return self.input(name)

    def input(self, name: str) -> Array:
        """Values of an input field at all points."""
        given = self.values.inputs[name]
        if isinstance(given, GridField) and given.grid == self.grid:
            return given.values[..., 0]
        return jnp.broadcast_to(sample_input(self.problem, name, self.grid.coordinates, self.values), self.grid.shape)

    def _orders(self, index: JetIndex) -> tuple[int, ...]:
        orders = [0] * self.grid.ndim
        for axis, order in zip(self._axes, index.orders, strict=True):
            orders[axis] = order
        if self._time is not None:
            orders[self._time] = index.time_order
        return tuple(orders)

    def derivative(self, values: Array, orders: Sequence[int]) -> Array:
        """Of nodal values, along the axes of the grid."""
        if not any(orders):
            return values
        return derivative(values[..., None], self.grid, tuple(orders), self.accuracy)[..., 0]


def _harmonic(a: Array, b: Array) -> Array:
    """2ab/(a + b) where both have one sign, else the arithmetic mean."""
    one_sign = a * b > 0
    return jnp.where(one_sign, 2 * a * b / jnp.where(one_sign, a + b, 1), (a + b) / 2)


def _along(values: Any, axis: int, combine: Any) -> Array:
    """`combine` of neighbours along an axis (which may have been broadcast)."""
    n = values.shape[axis]
    before, after = [slice(None)] * values.ndim, [slice(None)] * values.ndim
    before[axis], after[axis] = slice(0, n - 1), slice(1, n)
    return combine(values[tuple(before)], values[tuple(after)])


def unit(axis: int, ndim: int) -> tuple[int, ...]:
    """Orders of the first derivative along one axis."""
    return tuple(int(i == axis) for i in range(ndim))
