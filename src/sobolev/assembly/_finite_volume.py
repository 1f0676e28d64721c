r"""Finite volumes: the rate of change of cell averages.

    dū/dt = −Σ_d (F̂_d right − F̂_d left)/h_d + s̄

F̂ is the average over a face of the Riemann solver's flux between two reconstructed states (WENO5 across the face; in
two dimensions at three Gauss points along it, by CWENOZ5); s̄ the average of the source by Gauss quadrature. What leaves
a cell enters its neighbour, so that sums are kept to rounding on periodic boxes and between walls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, PyTree

from .._core import UnsupportedError
from ..equations import Initial, Problem, Values, evaluate_expression
from ..spaces import Cells, Weights, cell_value, face_values
from ._clock import clock
from ._hyperbolic import Hyperbolic
from ._riemann import Riemann, hll, hllc, rusanov

_GHOSTS = 3
_ALONG = np.polynomial.legendre.leggauss(3)  # Gauss points along a face
_WITHIN = {1: np.polynomial.legendre.leggauss(5), 2: np.polynomial.legendre.leggauss(4)}  # per axis, within a cell


class Flow(eqx.Module):
    """The rate of a state; Σ_d max|λ_d|/h_d, of which an explicit step may be a fraction; whether it is admissible."""

    rate: Array
    frequency: Array
    admissible: Bool[Array, ""]


class Transport(eqx.Module):
    """y' = flow(t, y, args).rate on [start, stop], whose explicit steps are bounded by the frequency it returns."""

    flow: Callable[[Any, Array, PyTree], Flow] = eqx.field(static=True)
    initial: Callable[[PyTree], Array] = eqx.field(static=True)
    args: PyTree
    start: float = eqx.field(static=True)
    stop: float = eqx.field(static=True)


class FiniteVolumes:
    """A conservation law on cells, with all static decisions made; `form(values)` gives its `Transport`."""

    def __init__(self, problem: Problem, space: Cells, riemann: Riemann | None = None, weights: Weights = "z"):
        self.problem, self.space, self.weights = problem, space, weights
        self.law = Hyperbolic(problem)
        self.riemann = riemann or ("hllc" if self.law.gas else "hll")
        if self.riemann == "hllc" and self.law.gas is None:
            raise UnsupportedError(
                "HLLC is the Riemann solver of an ideal gas.", given=problem.name, fix='riemann="hll" or "rusanov"'
            )
        self.ends = [_ends(problem, side) for side in problem.domain.sides]
        self.nested = problem.ndim > 1 and self.law.law.is_nonlinear

    def form(self, values: Values) -> Transport:
        arrays, statics = eqx.partition(values, eqx.is_array)
        time = clock(self.problem)

        def flow(t: Array, y: Array, args: PyTree) -> Flow:
            return self._flow(t, y, eqx.combine(args, statics))

        def initial(args: PyTree) -> Array:
            return self._initial(eqx.combine(args, statics))

        return Transport(flow, initial, arrays, time.start, time.stop)

    # --- the rate -------------------------------------------------------------------------------------

    def _flow(self, t: Array, y: Array, values: Values) -> Flow:
        centres = {**self.space.grid.coordinates, clock(self.problem).name: t}
        rate, frequency, admissible = jnp.zeros_like(y), jnp.zeros(()), jnp.asarray(True)
        for d, axis in enumerate(self.space.grid.axes):
            low, high, fine = self.law.speeds(d, y, centres, values)
            frequency = frequency + jnp.max(jnp.maximum(jnp.abs(low), jnp.abs(high))) / axis.spacing
            admissible = admissible & jnp.all(fine)
            flux = self._through_faces(d, t, y, values)
            rate = rate - jnp.moveaxis(jnp.diff(flux, axis=0), 0, d) / axis.spacing
        if self.law.has_sources:
            rate = rate + self._source(t, y, values)
        return Flow(rate, frequency, admissible & jnp.all(jnp.isfinite(rate)))

    def _through_faces(self, d: int, t: Array, y: Array, values: Values) -> Array:
        """Average flux through the faces across axis d, that axis first: `(faces, *others, unknowns)`."""
        padded = jnp.moveaxis(self._extended(y, d, _GHOSTS, t, values), d, 0)
        count = padded.shape[0] - 2 * _GHOSTS + 1
        cells = [padded[k : k + count] for k in range(2 * _GHOSTS)]  # three on each side of every face
        left, right = face_values(cells[:5], self.weights), face_values(cells[:0:-1], self.weights)
        axis, names = self.space.grid.axes[d], self.space.grid.names
        at = {clock(self.problem).name: t, names[d]: axis.lower + axis.spacing * np.arange(count)}
        if self.problem.ndim == 1:
            return self._riemann(d, (left, right), (cells[2], cells[3]), at, values)
        other = 1 - d
        across = self.space.grid.axes[other]
        at[names[d]] = at[names[d]][:, None]
        if not self.nested:
            at[names[other]] = across.coordinates[None]
            return self._riemann(d, (left, right), (cells[2], cells[3]), at, values)
        rows = [self._rows(w, other, t, values) for w in (left, right)]
        total = jnp.zeros_like(left)
        for offset, weight in zip(_ALONG[0] / 2, _ALONG[1] / 2, strict=True):
            at[names[other]] = (across.coordinates + offset * across.spacing)[None]
            states = tuple(cell_value(five, float(offset)) for five in rows)
            total = total + weight * self._riemann(d, states, (cells[2], cells[3]), at, values)
        return total

    def _rows(self, faces: Array, other: int, t: Array, values: Values) -> list[Array]:
        """The five neighbours of each face along the other axis, which is the second of `faces`."""
        n = faces.shape[1]
        wide = self._extended(jnp.moveaxis(faces, 0, 1 - other), other, 2, t, values)
        wide = jnp.moveaxis(wide, 1 - other, 0)
        return [wide[:, k : k + n] for k in range(5)]

    def _riemann(self, d: int, states: tuple, means: tuple, at: dict, values: Values) -> Array:
        """The Riemann solver's flux; where a reconstructed state is inadmissible, the cell's average replaces it."""
        found = [self.law.speeds(d, w, at, values) for w in states]
        if self.law.is_cheap:
            states = tuple(jnp.where(f[2][..., None], w, m) for f, w, m in zip(found, states, means, strict=True))
            found = [self.law.speeds(d, w, at, values) for w in states]
        low = jnp.minimum(found[0][0], found[1][0])
        high = jnp.maximum(found[0][1], found[1][1])
        fluxes = tuple(self.law.flux(d, w, at, values) for w in states)
        if self.riemann == "rusanov":
            return rusanov(states, fluxes, jnp.maximum(jnp.abs(low), jnp.abs(high)))
        gas = self.law.gas
        if self.riemann == "hll" or gas is None:
            return hll(states, fluxes, low, high)
        pressures = tuple(self.law.pressure(w, values) for w in states)
        return hllc(states, fluxes, pressures, low, high, (gas.density, gas.energy, gas.momenta[d]))

    def _source(self, t: Array, y: Array, values: Values) -> Array:
        """Average of the source, by Gauss quadrature of the reconstructed state."""
        nodes, weights = _WITHIN[self.problem.ndim]
        grid, total = self.space.grid, jnp.zeros_like(y)
        for place in np.ndindex(*(len(nodes),) * grid.ndim):
            state, at = y, {clock(self.problem).name: t}
            for d, k in enumerate(place):
                wide = jnp.moveaxis(self._extended(state, d, 2, t, values), d, 0)
                n = state.shape[d]
                state = jnp.moveaxis(cell_value([wide[i : i + n] for i in range(5)], float(nodes[k]) / 2), 0, d)
                at[grid.names[d]] = grid.coordinates[grid.names[d]] + nodes[k] / 2 * grid.axes[d].spacing
            weight = float(np.prod([weights[k] / 2 for k in place]))
            total = total + weight * self.law.source(state, at, values)
        return total

    def _extended(self, y: Array, d: int, width: int, t: Array, values: Values) -> Array:
        """Averages with `width` more cells beyond both ends of axis d, by the conditions there."""
        y = jnp.moveaxis(y, d, 0)
        if self.problem.domain.sides[d].periodic:
            return jnp.moveaxis(jnp.concatenate([y[-width:], y, y[:width]]), 0, d)
        low, high = self.ends[d]
        before, after = self._beyond(y, low, width, t, values), self._beyond(y[::-1], high, width, t, values)
        return jnp.moveaxis(jnp.concatenate([before[::-1], y, after]), 0, d)

    def _beyond(self, y: Array, end: list, width: int, t: Array, values: Values) -> Array:
        """The cells beyond the first, from the nearest on."""
        mirrored, channels = y[:width], []
        wall = any(kind == "value" for kind, _ in end)
        for k, (kind, value) in enumerate(end):
            if kind == "value":
                given = evaluate_expression(self.problem, value, {clock(self.problem).name: t}, values)
                channels.append(2 * given - mirrored[..., k])
            else:
                flat = jnp.broadcast_to(y[:1, ..., k], mirrored.shape[:-1])
                channels.append(mirrored[..., k] if wall and kind == "slope" else flat)
        return jnp.stack(channels, axis=-1)

    # --- the start ------------------------------------------------------------------------------------

    def _initial(self, values: Values) -> Array:
        """Averages of the initial values, by Gauss quadrature in every cell."""
        return cell_averages(self.space, lambda points: self._start(points, values))

    def _start(self, points: dict[str, Any], values: Values) -> Array:
        at = {**points, clock(self.problem).name: clock(self.problem).start}
        found = []
        for u in self.problem.unknowns:
            (given,) = self.problem.conditions_of(u, Initial)
            found.append(1.0 * evaluate_expression(self.problem, given.value, at, values))
        return jnp.stack(jnp.broadcast_arrays(*found), axis=-1)


def cell_averages(space: Cells, function: Callable[[dict[str, Any]], Any]) -> Any:
    """Averages over the cells of a function: points (coordinates by name) → `(*points, channels)`, by Gauss points."""
    nodes, weights = np.polynomial.legendre.leggauss(5)
    grid = space.grid
    fine = [(a.coordinates[:, None] + nodes / 2 * a.spacing).ravel() for a in grid.axes]
    value = function(dict(zip(grid.names, np.ix_(*fine), strict=True)))
    for d, axis in enumerate(grid.axes):
        split = value.reshape(*value.shape[:d], axis.points, len(nodes), *value.shape[d + 1 :])
        # In differences from one node, so that the average of a constant is that constant to the last bit.
        first = split.take(0, axis=d + 1)
        steps = split - first.reshape(*first.shape[: d + 1], 1, *first.shape[d + 1 :])
        weigh = (weights / 2).reshape(-1, *(1,) * (value.ndim - d - 1))
        value = first + (steps * weigh).sum(axis=d + 1)
    return value


def _ends(problem: Problem, side: Any) -> list[list[tuple[str, Any]]]:
    """For each end of a side and each unknown: ("value", g), ("slope", 0) or ("free", None)."""
    return [] if side.periodic else [[_condition(problem, u, part) for u in problem.unknowns] for part in side.parts]


def _condition(problem: Problem, u: Any, part: str) -> tuple[str, Any]:
    found = problem.boundary_condition(u, part)
    if not found:
        return "free", None
    c, space = found[0], set(problem.coordinates)
    value = c.value / c.alpha if c.beta == 0 else c.value
    if len(found) > 1 or (c.beta != 0 and (c.alpha != 0 or c.value != 0)) or value.free_symbols & space:
        raise UnsupportedError(
            f"takes Dirichlet values that are constant along a side, and Neumann({u.func.__name__}, 0)",
            given=", ".join(map(str, found)),
        )
    return ("value", value) if c.beta == 0 else ("slope", None)
