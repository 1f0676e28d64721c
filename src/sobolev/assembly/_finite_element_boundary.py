"""Which boundary conditions hold on which facets: given values, and facets to integrate over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..equations import Problem, Robin, Values, evaluate_expression
from ..spaces import FiniteElement
from ._finite_element_facets import FacetIntegrals
from ._weak_form import WeakEquation


@dataclass(frozen=True, eq=False)
class Fixed:
    """Coefficients `numbers` of an unknown that a Dirichlet condition gives, at `points` (n, d)."""

    unknown: int
    condition: Robin
    numbers: np.ndarray
    points: np.ndarray

    def values(self, problem: Problem, t: Any, values: Values) -> Array:
        places: dict[str, Any] = dict(zip((c.name for c in problem.coordinates), self.points.T, strict=True))
        if problem.time is not None:
            places[problem.time.name] = t
        c = self.condition
        alpha, value = (evaluate_expression(problem, e, places, values) for e in (c.alpha, c.value))
        return jnp.broadcast_to(value / alpha, (len(self.numbers),))


def facets_of(problem: Problem, space: FiniteElement, c: Robin) -> np.ndarray:
    """The mesh's boundary facets on which a condition holds."""
    on = c.on
    if on is None and space.periodic:
        on = tuple(part for part in space.mesh.part_names if part.rsplit(".", 1)[0] not in space.periodic)
    return space.mesh.facets_on(on)


def fixed_values(problem: Problem, spaces: tuple[FiniteElement, ...]) -> tuple[Fixed, ...]:
    """Where parts with different values meet, the condition stated first holds."""
    found = []
    for k, (u, space) in enumerate(zip(problem.unknowns, spaces, strict=True)):
        taken = np.zeros(space.size, bool)
        for c in problem.conditions_of(u, Robin):
            if c.beta != 0:
                continue
            numbers = np.unique(space.numbers[space.table.on_facets(facets_of(problem, space, c))])
            numbers = numbers[~taken[numbers]]
            taken[numbers] = True
            found.append(Fixed(k, c, numbers, space.nodes[numbers]))
    return tuple(found)


def facet_integrals(
    problem: Problem, weak: tuple[WeakEquation, ...], spaces: tuple[FiniteElement, ...], order: int
) -> tuple[FacetIntegrals, ...]:
    """The facets where some test function does not vanish and a flux is known, by the conditions that hold there."""
    mesh = spaces[0].mesh
    which = np.full((len(mesh.facets), len(problem.unknowns)), -1)
    for k, u in enumerate(problem.unknowns):
        for i, c in enumerate(problem.conditions):
            if isinstance(c, Robin) and c.unknown == u:
                on = facets_of(problem, spaces[0], c)
                free = on[which[on, k] < 0]
                which[free, k] = i
    found = []
    for row in np.unique(which, axis=0):
        held = tuple(problem.conditions[i] if i >= 0 else None for i in row)
        natural = [c is not None and c.beta != 0 for c in held]
        if not any(natural):
            continue
        facets = np.flatnonzero((which == row).all(1))
        rules = tuple(s.table.facet_rule(facets, order) for s in spaces)
        found.append(FacetIntegrals.of(problem, weak, rules, held))
    return tuple(found)
