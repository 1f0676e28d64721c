"""Boundary integrals of weak equations: the flux through facets where a Neumann or Robin condition holds.

`Flux` conditions give F·n as it is. Otherwise α u + β ∂u/∂n = g gives the normal part of the gradient,
∂u/∂n = (g − α u)/β; the part along the facet is that of u itself. The flux F is evaluated with the gradient put
together from the two, whatever F is, so that the conormal derivative comes out right for coefficients, tensors and
nonlinear fluxes alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

from ..equations import (
    DivergenceIndex,
    JetIndex,
    PointwiseFunction,
    Problem,
    Robin,
    Values,
    evaluate_expression,
    pointwise,
    sample_input,
)
from ..spaces import FacetRule
from ._finite_element_cells import variable
from ._weak_form import WeakEquation


@dataclass(frozen=True, eq=False)
class FacetIntegrals:
    """∮ F·n φᵢ over facets on which the same conditions hold; `conditions` has one per unknown, or None."""

    problem: Problem
    rules: tuple[FacetRule, ...]
    conditions: tuple[Robin | None, ...]
    fluxes: tuple[PointwiseFunction | None, ...]
    signs: tuple[int, ...]

    @staticmethod
    def of(
        problem: Problem,
        weak: tuple[WeakEquation, ...],
        rules: tuple[FacetRule, ...],
        conditions: tuple[Robin | None, ...],
    ) -> FacetIntegrals:
        time = problem.time.coordinate if problem.time else None
        fluxes = [
            None if c is not None and c.beta == 0 else pointwise(w.flux, problem.coordinates, time)
            for w, c in zip(weak, conditions, strict=True)
        ]
        return FacetIntegrals(problem, rules, conditions, tuple(fluxes), tuple(w.sign for w in weak))

    @property
    def cells(self) -> np.ndarray:
        return self.rules[0].cells

    def places(self, t: Any) -> dict[str, Any]:
        places: dict[str, Any] = dict(
            zip((c.name for c in self.problem.coordinates), variable(self.rules[0].points), strict=True)
        )
        if self.problem.time is not None:
            places[self.problem.time.name] = t
        return places

    def outward(self, fields: list[Array], t: Any, values: Values, load: Any = 1.0) -> list[Array | None]:
        """F·n as the conditions give it, (points, facets) per unknown; None where the test functions vanish.

        `load`: a factor of what the conditions give.
        """
        jets = self._jets(fields, t, values, load)
        found: list[Array | None] = []
        for k, (flux, rule, c) in enumerate(zip(self.fluxes, self.rules, self.conditions, strict=True)):
            if flux is None:
                found.append(None)
                continue
            if c is not None and c.of_flux:
                alpha, beta, g = (evaluate_expression(self.problem, e, self.places(t), values) for e in _data(c))
                trace = jnp.einsum("iqk,ik->qk", variable(rule.value), fields[k])
                found.append(jnp.broadcast_to(self.signs[k] * (load * g - alpha * trace) / beta, rule.weights.shape))
                continue
            components = flux({j: jets[j] for j in flux.jets}, self.places(t), values.parameters)
            normal = sum(f * n for f, n in zip(components, variable(rule.normals), strict=True))
            found.append(jnp.broadcast_to(jnp.asarray(normal), rule.weights.shape))
        return found

    def residual(self, fields: list[Array], t: Any, values: Values, load: Any = 1.0) -> list[Array]:
        """(functions, facets) per unknown."""
        found = []
        for outward, rule in zip(self.outward(fields, t, values, load), self.rules, strict=True):
            if outward is None:
                found.append(jnp.zeros((len(rule.value), len(rule.cells))))
            else:
                found.append(jnp.einsum("iqk,qk->ik", variable(rule.value), outward * variable(rule.weights)))
        return found

    def matrix(self, fields: list[Array], t: Any, values: Values, load: Any = 1.0) -> Array:
        """∂(residual)/∂(coefficients), all unknowns in one: (functions of all, functions of all, facets)."""
        sizes = [len(f) for f in fields]
        stacked = jnp.concatenate(fields)

        def residual(local: Array) -> Array:
            return jnp.concatenate(self.residual(jnp.split(local, np.cumsum(sizes)[:-1]), t, values, load))

        def column(i: Array) -> Array:
            direction = jnp.zeros_like(stacked).at[i].set(1.0)
            return jax.jvp(residual, (stacked,), (direction,))[1]

        return jax.vmap(column, out_axes=1)(jnp.arange(len(stacked)))

    def _jets(
        self, fields: list[Array], t: Any, values: Values, load: Any
    ) -> Mapping[JetIndex | DivergenceIndex, Array]:
        problem, places = self.problem, self.places(t)
        traces = {}
        for u, local, rule, c in zip(problem.unknowns, fields, self.rules, self.conditions, strict=True):
            value = jnp.einsum("iqk,ik->qk", variable(rule.value), local)
            gradient = jnp.einsum("diqk,ik->dqk", variable(rule.gradient), local)
            if c is not None and c.beta != 0 and not c.of_flux:
                alpha, beta, g = (evaluate_expression(problem, e, places, values) for e in _data(c))
                normal = (load * g - alpha * value) / beta
                gradient = gradient + (normal - jnp.sum(gradient * rule.normals, 0)) * rule.normals
            traces[u.func.__name__] = jnp.concatenate([value[None], gradient])
        found: dict[JetIndex | DivergenceIndex, Array] = {}
        for j in {j for f in self.fluxes if f is not None for j in f.jets}:
            assert isinstance(j, JetIndex)  # divergences have been integrated by parts
            if j.name in traces:
                found[j] = traces[j.name][0 if j.order == 0 else 1 + j.orders.index(1)]
            else:
                found[j] = sample_input(problem, j.name, places, values)
        return found


def _data(c: Robin) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    return c.alpha, c.beta, c.value
