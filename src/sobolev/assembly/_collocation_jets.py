"""Expressions of a statement at the nodes of a grid: jets by the space's derivatives, divergences by fluxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
import sympy as sp
from jaxtyping import Array

from ..equations import (
    Divergence,
    DivergenceIndex,
    JetIndex,
    PointwiseFunction,
    Problem,
    Values,
    expand_divergences,
    pointwise,
    sample_input,
)
from ..spaces import AbstractNodalSpace, FiniteDifference
from ._collocation_flux import FluxComponent, FluxTerm, divergence, flux_pattern, flux_terms


@dataclass(frozen=True, eq=False)
class NodalExpressions:
    """Several expressions as one function of nodal values; made once by `nodal_expressions`."""

    problem: Problem
    space: AbstractNodalSpace
    function: PointwiseFunction
    divergences: Mapping[int, tuple[FluxComponent, ...]]

    def __call__(
        self, fields: Mapping[tuple[str, int], Array], inputs: Mapping[str, Array], t: Any, values: Values
    ) -> list[Array]:
        """Values at all nodes, one array per expression.

        `fields` holds nodal values by (name, time order); `inputs` those of the inputs that do not depend on time.
        """
        grid, time = self.space.grid, self.problem.time
        coordinates: dict[str, Any] = unfolded(grid.coordinates)
        if time is not None:
            coordinates[time.name] = t
        known: dict[JetIndex, Array] = {}

        def node(j: JetIndex) -> Array:
            if j not in known:
                if (j.name, j.time_order) in fields:
                    base = fields[j.name, j.time_order]
                elif j.name in inputs:
                    base = inputs[j.name]
                else:
                    base = jnp.broadcast_to(sample_input(self.problem, j.name, coordinates, values), grid.shape)
                known[j] = self.space.derivative(base[..., None], j.orders)[..., 0] if j.order else base
            return known[j]

        jets: dict[JetIndex | DivergenceIndex, Array] = {}
        for j in self.function.jets:
            if isinstance(j, DivergenceIndex):
                jets[j] = divergence(self.divergences[j.k], node, grid, coordinates, values.parameters)
            else:
                jets[j] = node(j)
        return [jnp.broadcast_to(v, grid.shape) for v in self.function(jets, coordinates, values.parameters)]

    def pattern(self, i: int, key: tuple[str, int]) -> sparse.csr_array | None:
        """Where expression i may depend on the nodal values of a field: nodes × nodes, or None for nowhere."""
        free = self.function.expressions[i].free_symbols
        found = []
        for j in self.function.jets:
            if self.function.symbols[j] not in free:
                continue
            if isinstance(j, DivergenceIndex):
                found += self._flux_patterns(j.k, key)
            elif (j.name, j.time_order) == key:
                found.append(self._stencil(j.orders))
        if not found:
            return None
        total = sum(found[1:], found[0])
        return sparse.csr_array((np.ones_like(total.data), total.indices, total.indptr), shape=total.shape)

    def _stencil(self, orders: Sequence[int], replaced: Mapping[int, sparse.sparray] | None = None) -> sparse.csr_array:
        result = sparse.csr_array(np.ones((1, 1), np.int32))
        for d, m in enumerate(orders):
            matrix = self.space.axis_matrix(d, m)
            factor = sparse.csr_array((np.ones(matrix.nnz, np.int32), matrix.indices, matrix.indptr), matrix.shape)
            if replaced and d in replaced:
                factor = sparse.csr_array(replaced[d] @ factor)
            result = sparse.csr_array(sparse.kron(result, factor))
        return result

    def _flux_patterns(self, k: int, key: tuple[str, int]) -> list[sparse.csr_array]:
        found = []
        for component in self.divergences[k]:
            d, terms = component.d, component.terms
            to_nodes, to_faces = flux_pattern(self.space.grid.axes[d])
            through = sparse.csr_array(to_nodes.astype(np.int32) @ to_faces.astype(np.int32))
            for orders in {j.orders for t in terms for j in t.factor.jets if (j.name, j.time_order) == key}:
                even = tuple(m - (e == d) * (m % 2) for e, m in enumerate(orders))
                found.append(self._stencil(even, {d: through}))
        return found


def nodal_expressions(
    problem: Problem, space: AbstractNodalSpace, expressions: Sequence[sp.Expr], unknowns: Sequence[str]
) -> NodalExpressions:
    """Prepares expressions for evaluation at the nodes of `space`.

    Divergences stay conservative for second-order differences; elsewhere they are differentiated out, which needs
    coefficients that are smooth.
    """
    conservative = isinstance(space, FiniteDifference) and space.order == 2
    prepared = [e if conservative and not _is_nested(e) else expand_divergences(e) for e in expressions]
    time = problem.time.coordinate if problem.time else None
    function = pointwise(prepared, problem.coordinates, time)
    names = frozenset(unknowns)
    divergences = {
        k: tuple(_component(problem, flux_terms(flux, i, names, d), d) for i, d in enumerate(axes))
        for k, (flux, axes) in enumerate(zip(function.fluxes, function.flux_axes, strict=True))
    }
    return NodalExpressions(problem, space, function, divergences)


def _component(problem: Problem, terms: tuple[FluxTerm, ...], d: int) -> FluxComponent:
    """A component with what is known of the flux at both ends of its axis."""
    names = {j.name for t in terms for j in t.factor.jets}
    carried = [u for u in problem.unknowns if u.func.__name__ in names]
    assert problem.space is not None
    side = problem.space.sides[d]
    conditions = [
        [problem.boundary_condition(u, f"{side.name}.{end}") if not side.periodic else () for u in carried]
        for end in ("min", "max")
    ]
    low, high = (bool(found) and all(len(c) == 1 and c[0].beta != 0 for c in found) for found in conditions)
    return FluxComponent(d, terms, (low, high))


def unfolded(coordinates: Mapping[str, np.ndarray]) -> dict[str, Array]:
    """Coordinates as arrays that XLA does not take for constants: folding them costs seconds on large grids."""
    return {name: jax.lax.optimization_barrier(jnp.asarray(c)) for name, c in coordinates.items()}


def _is_nested(expression: sp.Expr) -> bool:
    return any(inner is not outer for outer in expression.atoms(Divergence) for inner in outer.atoms(Divergence))
