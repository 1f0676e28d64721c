"""Statements pulled back to a fixed domain, so that sizes and shapes become parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from .._core import ArgumentError, UnsupportedError
from ..equations import Problem, Robin, Unknown, variation
from ._weak_form import weak_form


def mapped(problem: Problem, positions: Mapping[sp.Symbol, Any]) -> Problem:
    """The statement whose solution at ξ is that of `problem` at x(ξ), where x(ξ) runs over the image of the domain.

    `positions` gives each coordinate as an expression of the coordinates and of parameters, {x: length * x} say: the
    domain of `problem` is kept as that of ξ, and what is solved lives on its image, here stretched by `length`. With
    A = ∂x/∂ξ and J = det A > 0, ∫ S v − F·∇v dx = ∫ J S v − J A⁻¹F·∇v dξ, and ∇u = A⁻ᵀ∇_ξ u. Sizes are then parameters
    like others, with respect to which solves can be differentiated on one mesh.

    `UnsupportedError` for evolutions, input fields, and conditions other than Dirichlet's and of zero flux.
    """
    space = problem.coordinates
    if set(positions) - set(space):
        raise ArgumentError("mapped: these are no coordinates of the problem.", given=str(set(positions) - set(space)))
    if problem.is_evolution or problem.inputs or problem.eigenvalue is not None:
        raise UnsupportedError("mapped takes steady statements without input fields.", given=problem.name)
    at = {c: sp.sympify(positions.get(c, c)) for c in space}
    for c in problem.conditions:
        if isinstance(c, Robin) and c.beta != 0 and (c.value != 0 or c.alpha != 0):
            raise UnsupportedError(
                "mapped takes Dirichlet conditions and those of no flux.",
                given=str(c),
                fix="sv.Flux(u, 0) or sv.Dirichlet(u, ...)",
            )
    slope = sp.Matrix([[sp.diff(at[i], j) for j in space] for i in space])
    volume, inverse = sp.simplify(slope.det()), sp.simplify(slope.inv())

    def pulled(e: sp.Expr) -> sp.Expr:
        """Derivatives of unknowns by the chain rule, coordinates where they are."""
        table: dict[sp.Basic, sp.Expr] = {}
        for d in e.atoms(sp.Derivative):
            (axis,) = d.variables
            table[d] = sp.Add(*(inverse[a, space.index(axis)] * sp.Derivative(d.expr, c) for a, c in enumerate(space)))
        marks = {node: sp.Dummy() for node in (*table, *e.atoms(Unknown))}
        bare = e.xreplace({d: marks[d] for d in table}).xreplace(marks).xreplace(at)
        return bare.xreplace({mark: table.get(node, node) for node, mark in marks.items()})

    weak = []
    for equation in weak_form(problem):
        v = variation(equation.test)
        flux = [pulled(f) for f in equation.flux]
        weak.append(volume * pulled(equation.source) * v)
        for a, c in enumerate(space):
            weak.append(-volume * sp.Add(*(inverse[a, j] * f for j, f in enumerate(flux))) * sp.diff(v, c))
    conditions = [
        Robin(c.unknown, c.alpha.xreplace(at), c.beta, c.value.xreplace(at), c.on, True if c.beta != 0 else c.of_flux)
        if isinstance(c, Robin)
        else c
        for c in problem.conditions
    ]
    return Problem(
        name=f"{problem.name} mapped",
        domain=problem.domain,
        weak=weak,
        conditions=conditions,
        values=problem.values,
        source=problem.source,
    )
