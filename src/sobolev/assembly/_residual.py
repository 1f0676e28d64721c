"""How well values on a grid satisfy a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array, Float

from .._core import ArgumentError, UnsupportedError
from ..equations import (
    DivergenceIndex,
    Initial,
    JetIndex,
    Mean,
    PointwiseFunction,
    Problem,
    Robin,
    Values,
    evaluate_expression,
    pointwise,
    sample_input,
    values_of,
)
from ..fields import GridField, derivative
from ..fields._derivative import difference_weights

Fields = GridField | Mapping[str, GridField]


class GridResidual(eqx.Module):
    """Left minus right sides, in the statement's own units.

    - `equations`: one array per equation, at the grid's points without the outermost layer of each side that is not
      periodic (there the conditions hold instead);
    - `conditions`: by label, such as "Dirichlet(u(x), 0) at x.min", the values on that side.
    """

    equations: tuple[Array, ...]
    conditions: dict[str, Array]

    def equation_norms(self) -> tuple[Float[Array, ""], ...]:
        """Root mean square of each equation's residual."""
        return tuple(_rms(r) for r in self.equations)

    def condition_norms(self) -> dict[str, Float[Array, ""]]:
        """Root mean square of each condition's residual."""
        return {label: _rms(r) for label, r in self.conditions.items()}


def grid_residual(problem: Problem, fields: Fields, values: Values | None = None, accuracy: int = 2) -> GridResidual:
    """The statement's residual at the points of a grid, with respect to the grid's own scheme.

    `fields`: the unknowns, as one `GridField` with channels of their names or one for each, on one grid over the space
    coordinates; for an evolution the grid has an axis of the time coordinate as well. `values` (default: those bound)
    gives parameters and inputs; inputs given on the same grid are read off, not interpolated.

    Derivatives are spectral on periodic and Chebyshev axes, differences of order `accuracy` on others, so that for a
    smooth exact solution the residual tends to zero at that rate (to rounding, where it is band-limited). Divergences
    (`sv.div`) along equally spaced axes that are not periodic are differences of fluxes at midpoints (order 2), with
    harmonic means of inputs of one sign: a discontinuous coefficient leaves no error of order one.
    """
    values = values_of(problem) if values is None else values
    sampled = _Sampled(problem, fields, values, accuracy)
    time = problem.time.coordinate if problem.time else None
    function = pointwise(problem.residuals, problem.coordinates, time)
    equations = tuple(jnp.broadcast_to(r, sampled.grid.shape)[sampled.interior] for r in sampled.evaluate(function))
    return GridResidual(equations, _conditions(problem, sampled))


class _Sampled:
    """Jets of the unknowns and inputs of a statement on one grid."""

    def __init__(self, problem: Problem, fields: Fields, values: Values, accuracy: int):
        self.problem, self.values, self.accuracy = problem, values, accuracy
        parts = {name: fields[name] for name in problem.unknown_names}
        grids = {field.grid for field in parts.values()}
        moving = None if self._is_steady else problem.time
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
    def _is_steady(self) -> bool:
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
            self._cache[index] = self._derivative(self._field(index.name), self._orders(index))
        return self._cache[index]

    def divergence(self, function: PointwiseFunction, k: int) -> Array:
        """Σ ∂Fᵢ/∂xᵢ of a flux kept in conservative form."""
        flux, total = function.fluxes[k], 0.0
        for component, side in enumerate(function.flux_axes[k]):
            axis = self._axes[side]
            if self.grid.axes[axis].kind in ("periodic", "chebyshev"):
                here = jnp.broadcast_to(self.evaluate(flux)[component], self.grid.shape)
                total = total + self._derivative(here, _unit(axis, self.grid.ndim))
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
            return _along(self._derivative(values, orders), axis, lambda a, b: (b - a) / spacing)
        whole = self._derivative(values, orders)
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

    def _derivative(self, values: Array, orders) -> Array:
        return derivative(values[..., None], self.grid, tuple(orders), self.accuracy)[..., 0] if any(orders) else values


def _conditions(problem: Problem, sampled: _Sampled) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for condition in problem.conditions:
        match condition:
            case Robin():
                for part in condition.on or (problem.space.parts if problem.space else ()):
                    found[f"{condition} at {part}"] = _robin(problem, sampled, condition, part)
            case Mean():
                name, weights = condition.unknown.func.__name__, sampled.grid.weights
                mean = jnp.sum(jnp.asarray(weights / weights.sum()) * sampled.unknowns[name])
                found[str(condition)] = mean - evaluate_expression(problem, condition.value, {}, sampled.values)
            case Initial() if (time := problem.time) and not sampled._is_steady:
                trace, slope = _at_end(sampled, condition.unknown.func.__name__, f"{time.name}.min")
                given = _on_side(problem, sampled, condition.value, time.name, time.start)
                found[str(condition)] = (-slope if condition.time_order else trace) - given
    return found


def _robin(problem: Problem, sampled: _Sampled, condition: Robin, part: str) -> Array:
    trace, slope = _at_end(sampled, condition.unknown.func.__name__, part)
    assert problem.space is not None  # a part of its boundary was named
    name, end = part.rsplit(".", 1)
    side = problem.space.side(name)
    where = side.lower if end == "min" else side.upper
    alpha, beta, value = (
        _on_side(problem, sampled, e, name, where) for e in (condition.alpha, condition.beta, condition.value)
    )
    return alpha * trace + beta * slope - value


def _at_end(sampled: _Sampled, name: str, part: str) -> tuple[Array, Array]:
    """Value and outward normal derivative of an unknown on one side, without that axis."""
    axis_name, end = part.rsplit(".", 1)
    position = sampled.grid.names.index(axis_name)
    axis, values = sampled.grid.axes[position], jnp.moveaxis(sampled.unknowns[name], position, 0)
    sign = 1.0 if end == "max" else -1.0
    if axis.kind == "chebyshev":
        slopes = sampled._derivative(sampled.unknowns[name], _unit(position, sampled.grid.ndim))
        last = -1 if end == "max" else 0
        return values[last], sign * jnp.moveaxis(slopes, position, 0)[last]
    # Inwards from the side: cell centres start half a cell inside.
    inwards = values if end == "min" else values[::-1]
    offset = 0.5 if axis.kind == "cells" else 0.0
    offsets = tuple(offset + k for k in range(sampled.accuracy + 1))
    weigh = [jnp.asarray(difference_weights(offsets, order), values.dtype) for order in (0, 1)]
    trace, slope = (jnp.tensordot(w, inwards[: len(offsets)], 1) for w in weigh)
    return trace, -slope / axis.spacing


def _on_side(problem: Problem, sampled: _Sampled, expression: sp.Expr, name: str, where: float) -> Array:
    """An expression on one side: shape of the grid without that axis."""
    position, grid = sampled.grid.names.index(name), sampled.grid
    coordinates = {n: np.take(c, 0, position) for n, c in grid.coordinates.items() if n != name}
    value = evaluate_expression(problem, expression, coordinates | {name: where}, sampled.values)
    return jnp.broadcast_to(value, tuple(n for i, n in enumerate(grid.shape) if i != position))


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


def _unit(axis: int, ndim: int) -> tuple[int, ...]:
    return tuple(int(i == axis) for i in range(ndim))


def _rms(values: Array) -> Float[Array, ""]:
    return jnp.sqrt(jnp.mean(jnp.abs(values) ** 2))
