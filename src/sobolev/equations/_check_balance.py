"""Check of balance: where only derivatives of u are given, sources and boundary fluxes cancel.

Integrating ∇·(a∇u) + Σ cᵢ ∂ᵢᵢu + f = 0 over the box leaves ∮ a ∂u/∂n + Σ cᵢ ∮ᵢ ∂u/∂n + ∫ f = 0, where ∂u/∂n = g on
Neumann sides and nothing remains on periodic ones: a condition on the data alone, without which no u exists
(Fredholm's alternative; constants are the nullspace of the adjoint, because the operator is a divergence).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from .._core import StatementError
from ..domains import Box, Interval
from ._calculus import Divergence
from ._check_data import bound_expression, compiled
from ._conditions import Mean
from ._symbols import Unknown

if TYPE_CHECKING:
    from ._problem import Problem

_NODES = (32, 45)  # Gauss points per side; how far both disagree says how rough the data are
_TOLERANCE = 1e-6  # relative to the integral of moduli


def check_balance(problem: Problem) -> None:
    """A steady problem with `Mean(u, …)` has data that balance, as far as they are expressions."""
    if not problem.is_steady or not isinstance(problem.space, Box):
        return
    for c in problem.conditions:
        if isinstance(c, Mean):
            for residual in problem.residuals:
                if residual.atoms(Unknown) == {c.unknown}:
                    _check_residual(problem, residual, c.unknown)


def _check_residual(problem: Problem, residual: sp.Expr, u: Any) -> None:
    terms = _integrals(problem, residual, u)
    if terms is None:
        return
    bound = []
    for e, fixed in terms:
        found = bound_expression(problem, e)
        if found is None:  # random, or given as an array or a function: solvers see what it is, not the statement
            return
        bound.append((found.doit(), fixed))
    (total, size), (finer, _) = (_total(problem, bound, n) for n in _NODES)
    if not abs(finer) > max(_TOLERANCE * size, 10 * abs(finer - total)):
        return
    volume = float(np.prod([side.length for side in problem.domain.sides]))
    fluxes = "" if problem.is_periodic else " and boundary fluxes"
    raise StatementError(
        f"'{problem.name}' has no solution: its sources{fluxes} do not balance.",
        given=f"integrated over the box, the equation for {u.func.__name__} leaves {finer:.6g} = 0",
        expected=f"sources{fluxes} whose integrals cancel, because only derivatives of {u.func.__name__} are given",
        fix=f"subtract the mean: {-finer / volume:+.6g} on the left side of the equation, or change the data",
    )


def _integrals(problem: Problem, residual: sp.Expr, u: Any) -> list[tuple[sp.Expr, dict]] | None:
    """Integrands over the box and over its sides (whose coordinate is fixed); None where a term is of another kind."""
    found: list[tuple[sp.Expr, dict]] = []
    for term in sp.Add.make_args(sp.expand_mul(residual)):
        if not term.atoms(Unknown):
            found.append((term, {}))
            continue
        factor, rest = term.as_independent(Divergence, Unknown, sp.Derivative, as_Add=False)
        if factor.free_symbols & set(problem.coordinates):
            return None
        flux = _flux(problem, rest, u)
        if flux is None:
            return None
        for side, component in zip(problem.domain.sides, flux, strict=True):
            outward = _outward(problem, side, factor * component, u)
            if outward is None:
                return None
            found += outward
    return found


def _flux(problem: Problem, term: sp.Expr, u: Any) -> list[sp.Expr] | None:
    """Components of F where the term is ∇·F."""
    if isinstance(term, Divergence):
        components = dict(zip(term.axes, term.flux, strict=True))
        return [components.get(c, sp.S.Zero) for c in problem.coordinates]
    if (
        isinstance(term, sp.Derivative)
        and term.expr == u
        and len(set(term.variables)) == 1
        and len(term.variables) == 2
    ):
        return [sp.diff(u, c) if c == term.variables[0] else sp.S.Zero for c in problem.coordinates]
    return None


def _outward(problem: Problem, side: Interval, component: sp.Expr, u: Any) -> list[tuple[sp.Expr, dict]] | None:
    """The flux out of both ends of a side, by what the Neumann conditions say; None where they do not say it."""
    if side.periodic or component == 0:
        return []
    slope = sp.Derivative(u, side.coordinate)
    normal, rest = sp.Dummy(), component.doit()
    rest = rest.xreplace({slope: normal})
    if rest.atoms(Unknown):
        return None
    found = []
    for part, end, sign in zip(side.parts, (side.lower, side.upper), (-1, 1), strict=True):
        conditions = problem.boundary_condition(u, part)
        if len(conditions) != 1 or conditions[0].alpha != 0 or conditions[0].of_flux:
            return None
        g = conditions[0].value / conditions[0].beta
        found.append((sign * rest.xreplace({normal: sign * g}), {side.coordinate: end}))
    return found


def _total(problem: Problem, terms: list[tuple[sp.Expr, dict]], nodes: int) -> tuple[Any, float]:
    """The sum of the integrals, and of the integrals of moduli."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    total, size = 0j, 0.0
    for e, fixed in terms:
        free = [side for side in problem.domain.sides if side.coordinate not in fixed]
        weight = functools.reduce(np.multiply.outer, [side.length * weights / 2 for side in free], np.ones(()))
        axes = np.ix_(*(side.lower + side.length * (points + 1) / 2 for side in free)) if free else ()
        places = {**fixed, **dict(zip((side.coordinate for side in free), axes, strict=True))}
        symbols = tuple(sorted(e.free_symbols, key=lambda s: s.name))
        with np.errstate(all="ignore"):
            values = np.asarray(compiled(e, symbols)(*(places[s] for s in symbols)))
        total += complex(np.sum(np.broadcast_to(values, weight.shape) * weight))
        size += float(np.sum(np.broadcast_to(np.abs(values), weight.shape) * weight))
    return total if total.imag else total.real, size
