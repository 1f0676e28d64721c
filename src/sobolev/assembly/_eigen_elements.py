"""Eigenproblems on meshes: the pencil A y = E B y of a statement that is linear in u and in an unknown number."""

from __future__ import annotations

import dataclasses
import functools

import jax
import jax.numpy as jnp
import sympy as sp
from jaxtyping import Array

from .._core import UnsupportedError
from ..equations import Normalised, Problem, Robin, Values, parameter
from ..spaces import FiniteElement
from ._finite_element import FiniteElements, finite_elements
from ._finite_element_cells import variable


class ElementPencil:
    """A and B of a statement in a finite element space: the weak form's matrix at E = 0, and minus its slope in E.

    `forms` is the statement with a parameter in the place of E. Conditions are homogeneous, as `check_pencil` ensures.
    """

    def __init__(self, problem: Problem, space: FiniteElement):
        check_pencil(problem)
        self.name = problem.eigenvalue.name if problem.eigenvalue is not None else ""
        self.forms: FiniteElements = finite_elements(_with_parameter(problem), space)

    def entries(self, values: Values) -> tuple[Array, Array]:
        """Entries of A and of B, in the order of `forms.sparsity`; `values` may be traced."""
        at = [Values({**values.parameters, self.name: jnp.asarray(e)}, values.inputs) for e in (0.0, 1.0)]
        zero, one = (self.forms.entries(v) for v in at)
        return zero, zero - one

    def slopes(self, values: Values) -> dict[str, tuple[Array, Array]]:
        """(∂A, ∂B) by each parameter."""

        def of(parameters: dict) -> tuple[Array, Array]:
            return self.entries(Values(parameters, values.inputs))

        found = {}
        for name in values.parameters:
            step = {n: jnp.ones_like(v) if n == name else jnp.zeros_like(v) for n, v in values.parameters.items()}
            found[name] = jax.jvp(of, (values.parameters,), (step,))[1]
        return found

    def normalised(self, y: Array, values: Values) -> Array:
        """The field (nodes, 1) of unknowns y with ∫ u² = 1, and positive where it first is nearly largest."""
        field = self.forms.extended(y, Values({**values.parameters, self.name: jnp.zeros(())}, values.inputs))
        rule = self.forms.cells.rule[0]
        local = field[:, 0][jnp.asarray(self.forms.dofs[0])]
        u = jnp.asarray(rule.basis[0].T) @ local
        size = jnp.sqrt(jnp.sum(variable(rule.weights[:, None] * rule.size) * u**2))
        peak = field[jnp.argmax(jnp.abs(field[:, 0]) > 0.9 * jnp.abs(field).max()), 0]
        return field * jax.lax.stop_gradient(jnp.sign(peak)) / size


@functools.lru_cache(maxsize=16)
def element_pencil(problem: Problem, space: FiniteElement) -> ElementPencil:
    """The pencil of a statement in a space, remembered."""
    return ElementPencil(problem, space)


def check_pencil(problem: Problem) -> None:
    """`UnsupportedError` with the reason where a statement is not A u = E B u with homogeneous conditions."""
    number = problem.eigenvalue
    if number is None:
        raise UnsupportedError("needs an unknown number", given=problem.name, fix='E = sv.eigenvalue("E")')
    if problem.is_system:
        raise UnsupportedError("takes one unknown", given=", ".join(problem.unknown_names))
    for c in problem.conditions:
        if isinstance(c, Robin) and c.value != 0:
            raise UnsupportedError("needs homogeneous conditions: eigenfunctions have no size", given=str(c))
    (u,), (residual,) = problem.unknowns, problem.expanded
    bare = residual.xreplace({d: sp.S.Zero for d in residual.atoms(sp.Derivative) if d.expr == u}).xreplace(
        {u: sp.S.Zero}
    )
    if not problem.is_linear or sp.simplify(bare) != 0 or sp.expand(sp.diff(residual, number, 2)) != 0:
        raise UnsupportedError(f"needs an equation linear in {u} and in {number}·{u}", given=str(problem.equations[0]))
    if problem.order != 2:
        raise UnsupportedError("needs an equation of second order", given=f"order {problem.order}")


def _with_parameter(problem: Problem) -> Problem:
    number = problem.eigenvalue
    assert number is not None
    table = {number: parameter(number.name, default=0)}
    equations = [sp.Eq(e.lhs.xreplace(table), e.rhs.xreplace(table), evaluate=False) for e in problem.equations]
    weak = problem.weak
    if weak is not None:
        weak = [sp.sympify(w).xreplace(table) for w in (weak if isinstance(weak, list | tuple) else [weak])]
    kept = tuple(c for c in problem.conditions if not isinstance(c, Normalised))
    return dataclasses.replace(problem, equations=equations, weak=weak, conditions=kept, exact=None)
