"""Conservation laws: ∂u/∂t + ∇·F(u) = s, read off a statement as fluxes and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from .._core import UnsupportedError
from ._calculus import Divergence
from ._evolution import first_order_system
from ._linearity import linear_part
from ._symbols import Unknown

if TYPE_CHECKING:
    from ._problem import Problem


@dataclass(frozen=True)
class ConservationLaw:
    """∂uᵢ/∂t + Σ_d ∂F_{d,i}/∂x_d = sᵢ, in the order of the problem's unknowns.

    `fluxes[d][i]` has no derivative of an unknown, `sources[i]` neither (both may have inputs, whose first derivatives
    may be in the sources: a bottom's slope). `is_nonlinear`: some flux is not affine, so that shocks form.
    """

    fluxes: tuple[tuple[sp.Expr, ...], ...]
    sources: tuple[sp.Expr, ...]
    is_nonlinear: bool


def conservation_law(problem: Problem) -> ConservationLaw:
    """The fluxes and sources of a statement of first order in time and space.

    What is differentiated must stand under `sv.div(F, x, …)`, or be linear with constant coefficients: u ∂u/∂x alone
    does not say which of u and u² is conserved, and so not how fast its shocks move. `UnsupportedError` otherwise.
    """
    if problem.space is None or not problem.is_evolution:
        raise UnsupportedError("needs an evolution in space and time", given=str(problem.domain))
    if problem.order > 1:
        raise UnsupportedError(
            f"needs a conservation law of first order; this statement has order {problem.order} in space",
            given=str(problem.domain),
        )
    if problem.time_order != 1 or problem.diagnostics or problem.is_complex:
        raise UnsupportedError("needs real unknowns, each with a first time derivative", given=str(problem.unknowns))
    system = first_order_system(problem)
    rates = {state.unknown: rate for state, rate in zip(system.states, system.rates, strict=True)}
    split = [_split(problem, rates[u]) for u in problem.unknowns]
    fluxes = tuple(tuple(flux[d] for flux, _ in split) for d in range(problem.ndim))
    nonlinear = any(not _is_affine(problem, f) for direction in fluxes for f in direction)
    return ConservationLaw(fluxes, tuple(source for _, source in split), nonlinear)


def is_conservation_law(problem: Problem) -> bool:
    """Whether a statement is a conservation law with all of its fluxes under `sv.div`."""
    if problem.space is None or not any(r.atoms(Divergence) for r in problem.residuals):
        return False
    try:
        conservation_law(problem)
    except UnsupportedError:
        return False
    return True


def _split(problem: Problem, rate: sp.Expr) -> tuple[list[sp.Expr], sp.Expr]:
    """Fluxes by direction, and the source, of one rate."""
    axes = list(problem.coordinates)
    flux, rest = [sp.S.Zero] * len(axes), []
    for term in sp.Add.make_args(sp.expand_mul(rate)):
        factor, inside = term.as_independent(Divergence, as_Add=False)
        if isinstance(inside, Divergence) and not (factor.free_symbols & set(axes) or factor.atoms(Unknown)):
            for component, axis in zip(inside.flux, inside.axes, strict=True):
                flux[axes.index(axis)] -= factor * component
        else:
            rest.append(term)
    terms, remainder = linear_part(sp.Add(*rest), problem.unknowns, problem.domain.coordinates)
    for node, coefficient in terms.items():
        if isinstance(node, sp.Derivative):
            flux[axes.index(node.variables[0])] -= coefficient * node.expr
        else:
            remainder += coefficient * node
    for e in (*flux, remainder):
        slopes = [d for d in e.atoms(sp.Derivative) if isinstance(d.expr, Unknown)]
        if slopes or e.atoms(Divergence):
            raise UnsupportedError(
                f"needs fluxes in divergence form, and {(slopes or sorted(e.atoms(Divergence), key=str))[0]} stands "
                "outside of one: write sv.div([F], x)",
                given=str(e),
            )
    return flux, remainder


def _is_affine(problem: Problem, flux: sp.Expr) -> bool:
    return all(not sp.diff(flux, u).atoms(Unknown) for u in problem.unknowns)
