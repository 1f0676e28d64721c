"""Conservative divergences: fluxes between neighbouring nodes, second order.

(∇·F)ᵢ = Σ_d (F_d(i + ½) − F_d(i − ½)) / h_d. What flows out of one cell flows into the next, so that sums over cells
telescope. The normal derivative on a face is the difference of its two nodes; everything else is averaged, and a
factor made of inputs and coordinates alone harmonically: for a(x) u′ this is the exact flux of piecewise linear u
with the interface midway (Samarskii; LeVeque, Finite Volume Methods, §4.8), whatever the contrast.

Next to a side on which conditions give the normal derivative, the cell of the first inner node reaches to the wall,
3h/2 wide, and what flows through the wall is the condition's. The difference of fluxes then stays symmetric and keeps
its sign for every coefficient; a flux through the face h/2 from the wall, with a coefficient of its own and the value
on the wall extrapolated, would grow waves and heat where coefficients jump.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
import sympy as sp
from jaxtyping import Array

from ..equations import JetIndex, PointwiseFunction
from ..fields import Axis, Grid
from ..spaces import fornberg

Node = Callable[[JetIndex], Array]


@dataclasses.dataclass(frozen=True, eq=False)
class FluxTerm:
    """coefficient · factor of one component of a flux; the coefficient holds no unknown."""

    coefficient: PointwiseFunction
    factor: PointwiseFunction


@dataclasses.dataclass(frozen=True, eq=False)
class FluxComponent:
    """One component of a flux, along axis d; `walls`: at which of its two ends conditions give normal derivatives."""

    d: int
    terms: tuple[FluxTerm, ...]
    walls: tuple[bool, bool]


def flux_terms(component: PointwiseFunction, k: int, unknowns: frozenset[str], d: int) -> tuple[FluxTerm, ...]:
    """Component k of a flux along axis d as Σ coefficientᵢ · factorᵢ.

    One term for each first normal derivative that enters linearly; the rest as a whole.
    """
    expression = component.expressions[k]
    symbols = {s for j, s in component.symbols.items() if getattr(j, "name", None) in unknowns}
    normals = {
        s: j
        for j, s in component.symbols.items()
        if isinstance(j, JetIndex) and j.name in unknowns and j.orders[d] == 1 and j.order == 1
    }
    parts, rest = [], expression
    for s in normals:
        slope = sp.diff(expression, s)
        if slope != 0 and not slope.free_symbols & set(normals):
            parts.append(slope * s)
            rest = sp.expand(rest - slope * s) if rest.is_Add else sp.simplify(rest - slope * s)
    parts += [] if rest == 0 else [rest]
    terms = []
    for part in parts:
        coefficient, factor = part.as_independent(*symbols, as_Add=False)
        terms.append(FluxTerm(_only(component, coefficient), _only(component, factor)))
    return tuple(terms)


def _only(like: PointwiseFunction, expression: sp.Expr) -> PointwiseFunction:
    jets = tuple(j for j in like.jets if like.symbols[j] in expression.free_symbols)
    return dataclasses.replace(like, expressions=(expression,), jets=jets)


def _pairs(values: Array, axis: Axis, d: int) -> tuple[Array, Array]:
    """Values at the two nodes of each face along axis d; periodic axes have a face between last and first."""
    if axis.kind == "periodic":
        return values, jnp.roll(values, -1, d)
    return _part(values, d, 0, -1), _part(values, d, 1, None)


def _part(values: Array, d: int, start: int | None, stop: int | None) -> Array:
    """A slice along axis d, without moving axes: XLA would copy arrays to do that."""
    return values[(slice(None),) * d + (slice(start, stop),)]


def _harmonic(left: Array, right: Array) -> Array:
    """2ab / (a + b) where both have one sign, zero included; the arithmetic mean where they do not."""
    same = left * right > 0
    total = jnp.where(same, left + right, 1.0)
    return jnp.where(same, 2 * left * right / total, jnp.where(left * right < 0, 0.5 * (left + right), 0.0))


def divergence(
    components: tuple[FluxComponent, ...],
    node: Node,
    grid: Grid,
    coordinates: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> Array:
    """∇·F at all nodes; `node` gives nodal values of jets.

    At ends of an axis, where a face is missing, a one-sided formula of second order through three faces.
    """
    total: Array = jnp.zeros(())
    for component in components:
        d = component.d
        flux: Array = jnp.zeros(())
        for term in component.terms:
            flux = flux + _on_faces(term, node, grid, d, coordinates, parameters)
        axis = grid.axes[d]
        faces = axis.points if axis.kind == "periodic" else axis.points - 1
        flux = jnp.broadcast_to(flux, (*grid.shape[:d], faces, *grid.shape[d + 1 :]))
        walls = [
            _on_wall(component.terms, node, grid, d, end, coordinates, parameters) if given else None
            for end, given in zip((0, -1), component.walls, strict=True)
        ]
        total = total + _difference(flux, axis, d, walls)
    return total


def _on_faces(
    term: FluxTerm,
    node: Node,
    grid: Grid,
    d: int,
    coordinates: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> Array:
    axis = grid.axes[d]
    h = axis.spacing
    (coefficient,) = term.coefficient({j: node(j) for j in term.coefficient.jets}, coordinates, parameters)
    if coefficient.ndim == grid.ndim and coefficient.shape[d] == axis.points:
        coefficient = _harmonic(*_pairs(coefficient, axis, d))
    jets = {}
    for j in term.factor.jets:
        if j.orders[d] % 2:
            lower = dataclasses.replace(j, orders=tuple(m - (e == d) for e, m in enumerate(j.orders)))
            left, right = _pairs(node(lower), axis, d)
            jets[j] = (right - left) / h
        else:
            left, right = _pairs(node(j), axis, d)
            jets[j] = 0.5 * (left + right)
    middle = axis.coordinates + h / 2
    faces = middle if axis.kind == "periodic" else middle[:-1]
    places = {**coordinates, axis.name: faces.reshape(tuple(-1 if e == d else 1 for e in range(grid.ndim)))}
    (factor,) = term.factor(jets, places, parameters)
    return coefficient * factor


def _on_wall(
    terms: tuple[FluxTerm, ...],
    node: Node,
    grid: Grid,
    d: int,
    end: int,
    coordinates: Mapping[str, Any],
    parameters: Mapping[str, Any],
) -> Array:
    """The flux at the first (0) or last (−1) nodes of axis d, where nodal values obey the conditions."""

    def there(values: Array) -> Array:
        return values[(slice(None),) * d + (slice(end, end + 1 or None),)]

    axis = grid.axes[d]
    places = {**coordinates, axis.name: there(jnp.asarray(coordinates[axis.name]))}
    total: Array = jnp.zeros(())
    for term in terms:
        values = [
            f({j: there(node(j)) for j in f.jets}, places, parameters)[0] for f in (term.coefficient, term.factor)
        ]
        total = total + values[0] * values[1]
    return jnp.broadcast_to(total, tuple(1 if e == d else n for e, n in enumerate(grid.shape)))


@functools.lru_cache(maxsize=64)
def _end_weights(h: float) -> np.ndarray:
    return fornberg(np.array([0.5, 1.5, 2.5]), 0.0, 1) / h


def _difference(flux: Array, axis: Axis, d: int, walls: list[Array | None]) -> Array:
    if axis.kind == "periodic":
        return (flux - jnp.roll(flux, 1, d)) / axis.spacing
    weights = _end_weights(axis.spacing)
    low = sum(w * _part(flux, d, k, k + 1) for k, w in enumerate(weights))
    high = sum(-w * _part(flux, d, flux.shape[d] - k - 1, flux.shape[d] - k) for k, w in enumerate(weights))
    lower, upper = walls
    first = [] if lower is None else [(_part(flux, d, 1, 2) - lower) / (1.5 * axis.spacing)]
    last = [] if upper is None else [(upper - _part(flux, d, -2, -1)) / (1.5 * axis.spacing)]
    begin, end = len(first), flux.shape[d] - 1 - len(last)
    inner = (_part(flux, d, begin + 1, end + 1) - _part(flux, d, begin, end)) / axis.spacing
    return jnp.concatenate([jnp.asarray(low), *first, inner, *last, jnp.asarray(high)], d)


def flux_pattern(axis: Axis) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Patterns: nodes ← faces of the difference, and faces ← nodes of averages."""
    n, periodic = axis.points, axis.kind == "periodic"
    faces = n if periodic else n - 1
    to_faces = sparse.lil_array((faces, n), dtype=np.int8)
    to_nodes = sparse.lil_array((n, faces), dtype=np.int8)
    for f in range(faces):
        to_faces[f, [f, (f + 1) % n]] = 1
        to_nodes[[f, (f + 1) % n], f] = 1
    if not periodic:
        to_nodes[0, :3] = 1
        to_nodes[n - 1, faces - 3 :] = 1
    return sparse.csr_array(to_nodes), sparse.csr_array(to_faces)
