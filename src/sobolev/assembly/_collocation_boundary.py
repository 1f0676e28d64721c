"""Conditions solved for the outermost nodes: from inner values to values everywhere.

On each grid line that meets two ends of an axis, k conditions αu + β∂u/∂n = g at these ends are k linear
equations for the k outermost nodal values, given the inner ones. Axes are filled one after the other, so that
edges and corners obey the conditions of the last axis that meets there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
import sympy as sp
from jaxtyping import Array

from ..equations import Problem, Robin, Values, evaluate_expression
from ..fields import Grid
from ._collocation_layout import Channel

_EACH = ("alpha", "beta", "value")


@dataclass(frozen=True, eq=False)
class LineRow:
    """One condition at one end of a line: αu + β∂u/∂n there, as weights over the nodes of the line."""

    condition: Robin
    node: int
    normal: np.ndarray  # weights of the outward derivative

    def number(self, name: str) -> float | None:
        """α or β if it is a plain number."""
        value = getattr(self.condition, name)
        return float(value) if value.is_number and value.is_real else None


@dataclass(frozen=True, eq=False)
class AxisExtension:
    """The conditions of a channel at both ends of axis `d`."""

    channel: Channel
    d: int
    rows: tuple[LineRow, ...]
    points: int

    @property
    def layers(self) -> tuple[int, int]:
        return self.channel.layers(self.d)

    @property
    def outer(self) -> np.ndarray:
        """The nodes that the conditions determine."""
        low, high = self.layers
        return np.concatenate([np.arange(low), np.arange(self.points - high, self.points)])

    @property
    def is_constant(self) -> bool:
        """α and β are numbers."""
        return all(row.number(name) is not None for row in self.rows for name in ("alpha", "beta"))

    def weights(self) -> np.ndarray:
        """Rows of numbers over the line; needs `is_constant`."""
        return np.stack([_row(r.number("alpha"), r.number("beta"), r, self.points) for r in self.rows])

    def matrix(self, pattern: bool = False) -> sparse.csr_array:
        """From inner to all nodes of a line: numbers, or (`pattern`) ones wherever an entry may be non-zero."""
        n, (low, high) = self.points, self.layers
        inner = np.arange(low, n - high)
        if pattern:
            outer = np.zeros((len(self.rows), n))
            for row in self.rows:
                outer[:, np.flatnonzero(row.normal if row.number("beta") != 0 else 0 * row.normal)] = 1
            values = outer[:, inner]
        else:
            w = self.weights()
            values = -np.linalg.solve(w[:, self.outer], w[:, inner])
        full = sparse.lil_array((n, len(inner)))
        full[inner, np.arange(len(inner))] = 1.0
        full[self.outer] = values
        return sparse.csr_array(full)


def _row(alpha: Any, beta: Any, row: LineRow, n: int) -> Any:
    return alpha * np.eye(n)[row.node] + beta * row.normal


def axis_extensions(channel: Channel, grid: Grid, end_derivative: Callable[[int], np.ndarray]) -> list[AxisExtension]:
    """One extension per axis; `end_derivative(d)` gives ∂/∂x_d at both ends as weights of the axis' nodes."""
    result = []
    for d, (axis, (low, high)) in enumerate(zip(grid.axes, channel.sides, strict=True)):
        rows = []
        if low or high:
            ends = end_derivative(d)
            rows += [LineRow(c, 0, -ends[0]) for c in low]
            rows += [LineRow(c, axis.points - 1, ends[1]) for c in high]
        result.append(AxisExtension(channel, d, tuple(rows), axis.points))
    return result


@dataclass(frozen=True, eq=False)
class Extension:
    """Inner nodal values of one channel → nodal values, for given data."""

    problem: Problem
    grid: Grid
    axes: tuple[AxisExtension, ...]

    def _places(self, a: AxisExtension, row: LineRow) -> dict[str, np.ndarray]:
        """Coordinates of the nodes where a row holds; axes not yet filled only at their inner nodes."""
        places = {}
        for e, axis in enumerate(self.grid.axes):
            low, high = a.channel.layers(e) if e > a.d else (0, 0)
            nodes = axis.coordinates[[row.node]] if e == a.d else axis.coordinates[low : axis.points - high]
            places[axis.name] = nodes.reshape(tuple(-1 if f == e else 1 for f in range(self.grid.ndim)))
        return places

    def _evaluate(self, a: AxisExtension, row: LineRow, name: str, t: Any, values: Values) -> Array:
        coordinates: dict[str, Any] = dict(self._places(a, row))
        expression = getattr(row.condition, name)
        time = self.problem.time

        def value(t: Any) -> Array:
            here = coordinates if time is None else {**coordinates, time.name: t}
            return jnp.asarray(evaluate_expression(self.problem, expression, here, values)) * 1.0

        at: Callable[[Any], Array] = value
        for _ in range(a.channel.time_order if name == "value" else 0):
            at = _rate(at)
        return at(t)

    def is_timely(self, expression: sp.Expr) -> bool:
        """Whether an expression of a condition may depend on time."""
        return self.problem.time is not None and self.problem.time.coordinate in expression.free_symbols

    def data(self, values: Values) -> dict[str, Array]:
        """What of the conditions does not depend on time, evaluated once; its rates vanish."""
        found = {}
        for a in self.axes:
            for i, row in enumerate(a.rows):
                for name in _EACH:
                    expression = getattr(row.condition, name)
                    if not self.is_timely(expression):
                        rate = name == "value" and a.channel.time_order > 0
                        zero = jnp.zeros((1,) * self.grid.ndim)
                        found[f"{a.d}.{i}.{name}"] = zero if rate else self._evaluate(a, row, name, 0.0, values)
        return found

    def __call__(self, inner: Array, t: Any, data: dict[str, Array], values: Values) -> Array:
        block = inner
        for a in self.axes:
            if a.rows:
                block = self._fill(a, block, t, data, values)
        # Otherwise XLA takes differences of inner and outer values apart, to put them together again.
        return jax.lax.optimization_barrier(block)

    def _fill(self, a: AxisExtension, block: Array, t: Any, data: dict[str, Array], values: Values) -> Array:
        def get(i: int, row: LineRow, name: str) -> Array:
            key = f"{a.d}.{i}.{name}"
            value = data[key] if key in data else self._evaluate(a, row, name, t, values)
            return jnp.moveaxis(value, a.d, 0)[0]

        low, high = a.layers
        inner = np.arange(low, a.points - high)
        lines = jnp.moveaxis(block, a.d, 0)
        right = jnp.stack([jnp.broadcast_to(get(i, r, "value"), lines.shape[1:]) for i, r in enumerate(a.rows)])
        if a.is_constant:
            inverse = np.linalg.inv(a.weights()[:, a.outer])
            outer = jnp.tensordot(inverse, right, 1)
            matrix = -inverse @ a.weights()[:, inner]
            used = np.flatnonzero(np.abs(matrix).max(0))
            if used.size:
                outer = outer + jnp.tensordot(matrix[:, used], lines[used], 1)
        else:
            near = [np.flatnonzero(r.normal[inner]) for r in a.rows]
            square = []
            for i, r in enumerate(a.rows):
                alpha, beta = get(i, r, "alpha"), get(i, r, "beta")
                right = right.at[i].add(-beta * jnp.tensordot(r.normal[inner][near[i]], lines[near[i]], 1))
                row = [alpha * float(r.node == k) + beta * r.normal[k] for k in a.outer]
                square.append(jnp.stack([jnp.broadcast_to(e, lines.shape[1:]) for e in row]))
            square = jnp.moveaxis(jnp.stack(square), (0, 1), (-2, -1))
            outer = jnp.moveaxis(jnp.linalg.solve(square, jnp.moveaxis(right, 0, -1)[..., None])[..., 0], -1, 0)
        dtype = jnp.result_type(outer, lines)
        ends = [jnp.moveaxis(part, 0, a.d) for part in (outer[:low], outer[low:])]
        return jnp.concatenate([part.astype(dtype) for part in (ends[0], block, ends[1])], a.d)


def _rate(function: Callable[[Any], Array]) -> Callable[[Any], Array]:
    return lambda t: jax.jvp(function, (jnp.asarray(t, float),), (jnp.ones((), float),))[1]
