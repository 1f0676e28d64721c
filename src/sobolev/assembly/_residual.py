"""How well values on a grid satisfy a statement."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array, Float

from ..equations import (
    Initial,
    Mean,
    Problem,
    Robin,
    Values,
    evaluate_expression,
    pointwise,
    values_of,
)
from ..fields._derivative import difference_weights
from ._residual_jets import Fields, SampledJets, unit


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
    sampled = SampledJets(problem, fields, values, accuracy)
    time = problem.time.coordinate if problem.time else None
    function = pointwise(problem.residuals, problem.coordinates, time)
    equations = tuple(jnp.broadcast_to(r, sampled.grid.shape)[sampled.interior] for r in sampled.evaluate(function))
    return GridResidual(equations, _conditions(problem, sampled))


def _conditions(problem: Problem, sampled: SampledJets) -> dict[str, Array]:
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
            case Initial() if (time := problem.time) and not sampled.is_steady:
                trace, slope = _at_end(sampled, condition.unknown.func.__name__, f"{time.name}.min")
                given = _on_side(problem, sampled, condition.value, time.name, time.start)
                found[str(condition)] = (-slope if condition.time_order else trace) - given
    return found


def _robin(problem: Problem, sampled: SampledJets, condition: Robin, part: str) -> Array:
    trace, slope = _at_end(sampled, condition.unknown.func.__name__, part)
    assert problem.space is not None  # a part of its boundary was named
    name, end = part.rsplit(".", 1)
    side = problem.space.side(name)
    where = side.lower if end == "min" else side.upper
    alpha, beta, value = (
        _on_side(problem, sampled, e, name, where) for e in (condition.alpha, condition.beta, condition.value)
    )
    return alpha * trace + beta * slope - value


def _at_end(sampled: SampledJets, name: str, part: str) -> tuple[Array, Array]:
    """Value and outward normal derivative of an unknown on one side, without that axis."""
    axis_name, end = part.rsplit(".", 1)
    position = sampled.grid.names.index(axis_name)
    axis, values = sampled.grid.axes[position], jnp.moveaxis(sampled.unknowns[name], position, 0)
    sign = 1.0 if end == "max" else -1.0
    if axis.kind == "chebyshev":
        slopes = sampled.derivative(sampled.unknowns[name], unit(position, sampled.grid.ndim))
        last = -1 if end == "max" else 0
        return values[last], sign * jnp.moveaxis(slopes, position, 0)[last]
    # Inwards from the side: cell centres start half a cell inside.
    inwards = values if end == "min" else values[::-1]
    offset = 0.5 if axis.kind == "cells" else 0.0
    offsets = tuple(offset + k for k in range(sampled.accuracy + 1))
    weigh = [jnp.asarray(difference_weights(offsets, order), values.dtype) for order in (0, 1)]
    trace, slope = (jnp.tensordot(w, inwards[: len(offsets)], 1) for w in weigh)
    return trace, -slope / axis.spacing


def _on_side(problem: Problem, sampled: SampledJets, expression: sp.Expr, name: str, where: float) -> Array:
    """An expression on one side: shape of the grid without that axis."""
    position, grid = sampled.grid.names.index(name), sampled.grid
    coordinates = {n: np.take(c, 0, position) for n, c in grid.coordinates.items() if n != name}
    value = evaluate_expression(problem, expression, coordinates | {name: where}, sampled.values)
    return jnp.broadcast_to(value, tuple(n for i, n in enumerate(grid.shape) if i != position))


def _rms(values: Array) -> Float[Array, ""]:
    return jnp.sqrt(jnp.mean(jnp.abs(values) ** 2))
