"""Taylor and Hood: which unknowns take elements of one degree less, and how values go between the two degrees."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sympy.core.function import AppliedUndef

from ..equations import Problem
from ..spaces import FiniteElement
from ._weak_form import space_order


def field_spaces(problem: Problem, space: FiniteElement) -> tuple[FiniteElement, ...]:
    """The space of each unknown: of full degree, or one less where a system has it of first order only (pressures)."""
    full = [_is_second_order(problem, u) for u in problem.unknowns]
    if all(full):
        return (space,) * len(full)
    lower = FiniteElement(space.mesh, space.degree - 1, space.periodic, space.curved)
    return tuple(space if is_full else lower for is_full in full)


def raised(u: Array, own: FiniteElement, space: FiniteElement) -> Array:
    """Values at the nodes of `space` of a field with coefficients in `own`."""
    if own.degree == space.degree:
        return u
    corners = u[jnp.asarray(own.dofs)]
    values = [*corners, *((corners[a] + corners[b]) / 2 for a, b in space.table.edges)]
    return jnp.zeros(space.size).at[jnp.asarray(space.dofs)].set(jnp.stack(values))


def lowered(values: np.ndarray, own: FiniteElement, space: FiniteElement) -> np.ndarray:
    """The inverse of `raised`: coefficients in `own` of values at the nodes of `space`."""
    if own.degree == space.degree:
        return values
    found = np.empty(own.size)
    found[own.dofs] = values[space.dofs[: len(own.dofs)]]
    return found


def _is_second_order(problem: Problem, u: AppliedUndef) -> bool:
    """All but the unknowns of a system that do not evolve and have first derivatives only."""
    return not problem.is_system or space_order(problem, u) != 1 or problem.time_order_of(u) > 0
