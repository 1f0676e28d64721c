"""Weak forms from strong statements.

R = ∇·F + S = 0, with F and S functions of jets of first order, is tested with v and integrated by parts:
∫ S v − ∫ F·∇v + ∮ F·n v = 0. What stands in divergence form or is a second derivative goes into F; terms of order one
and zero stay in S. Where no flux of an equation contains a derivative (∇·u = 0, transport alone), nothing is known of
F·n at the boundary unless a `Flux` says so: such divergences are differentiated out, and stay in S as well.

A coefficient before a second derivative or a divergence is drawn inside by the product rule,
c ∂ᵢ∂ⱼu = ∂ᵢ(c ∂ⱼu) − ∂ᵢc ∂ⱼu, which needs a c that can be differentiated: constants, and smooth expressions of
coordinates and unknowns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import UnsupportedError
from ..equations import Divergence, InputField, Problem, Robin, Unknown, expand_divergences, strong_form

_ROUGH = (sp.Piecewise, sp.Heaviside, sp.sign, sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling)


@dataclass(frozen=True)
class WeakEquation:
    """∫ source · v − ∫ flux · ∇v + ∮ flux · n v = 0 for all v of the unknown `test`.

    `sign`: the sign that is written before the flux in the statement; `Flux` conditions are about the flux without it.
    """

    test: AppliedUndef
    source: sp.Expr
    flux: tuple[sp.Expr, ...]
    sign: int = 1


def weak_form(problem: Problem) -> tuple[WeakEquation, ...]:
    """The weak form of every equation, in the order of the unknowns they are tested with.

    `UnsupportedError` names the first term that cannot be integrated by parts, and what to do about it.
    """
    if problem.weak is not None:
        stated = {u: (source, flux) for u, source, flux in strong_form(problem.weak, problem.coordinates)}
        return tuple(_stated(problem, u, *stated[u]) for u in problem.unknowns)
    found = [_derived(problem, residual) for residual in problem.residuals]
    order = _tested_with(problem)
    fluxes = {c.unknown for c in problem.conditions if isinstance(c, Robin) and c.of_flux}
    for u, j in zip(problem.unknowns, order, strict=True):
        if u not in fluxes and not any(f.has(sp.Derivative) for f in found[j][1]):
            found[j] = _of_first_order(problem, problem.residuals[j])
    return tuple(WeakEquation(u, *found[j]) for u, j in zip(problem.unknowns, order, strict=True))


def space_order(problem: Problem, unknown: AppliedUndef) -> int:
    """Highest total order in space in which an unknown is differentiated."""
    found = (d for e in problem.expanded for d in e.atoms(sp.Derivative) if d.expr == unknown)
    return max((_space_order(d, problem.coordinates) for d in found), default=0)


def _stated(problem: Problem, u: AppliedUndef, source: sp.Expr, flux: tuple[sp.Expr, ...]) -> WeakEquation:
    """∫ S v + G·∇v = 0, as it stands in a statement."""
    for e in (source, *flux):
        for d in e.atoms(sp.Derivative):
            if _space_order(d, problem.coordinates) > 1:
                raise _refused(problem, d, "a weak form has first derivatives only", "integrate it by parts")
    _check_inputs(problem, (source, *flux))
    return WeakEquation(u, source, tuple(-g for g in flux), -1)


def _derived(problem: Problem, residual: sp.Expr) -> tuple[sp.Expr, tuple[sp.Expr, ...], int]:
    """Source and flux of one equation, and the sign that is written before the flux."""
    space = problem.coordinates
    signs: list[tuple[bool, int]] = []
    source: list[sp.Expr] = []
    flux: dict[sp.Symbol, list[sp.Expr]] = {c: [] for c in space}
    for term in sp.Add.make_args(sp.expand_mul(residual)):
        kept = [n for n in term.atoms(Divergence, sp.Derivative) if _is_integrated(n, space)]
        outer = [n for n in kept if not any(n in other.atoms(type(n)) - {other} for other in kept)]
        if not kept:
            source.append(term)
            continue
        (node, *more) = outer
        mark = sp.Dummy()
        coefficient = sp.diff(term.xreplace({node: mark}), mark)
        if more or coefficient.has(mark):
            raise _refused(problem, term, "the derivatives of second order do not enter linearly", _SYSTEM)
        if isinstance(node, sp.Derivative) and _space_order(node, space) > 2:
            raise _refused(problem, term, f"it is of order {_space_order(node, space)}", _SYSTEM)
        parts = _flux_of(node, space)
        if any(_space_order(d, space) > 1 for f in parts.values() for d in f.atoms(sp.Derivative)) or any(
            f.atoms(Divergence) for f in parts.values()
        ):
            raise _refused(problem, term, "its flux contains derivatives of second order", _SYSTEM)
        second = any(f.has(sp.Derivative) for f in parts.values())
        signs.append((second, -1 if coefficient.could_extract_minus_sign() else 1))
        for c, f in parts.items():
            slope = _slope(problem, term, coefficient, c)
            flux[c].append(coefficient * f)
            source.append(-slope * f)
    fluxes = tuple(sp.Add(*flux[c]) for c in space)
    _check_inputs(problem, (sp.Add(*source), *fluxes))
    sign = next((s for wanted in (True, False) for second, s in signs if second == wanted), 1)
    return sp.Add(*source), fluxes, sign


def _of_first_order(problem: Problem, residual: sp.Expr) -> tuple[sp.Expr, tuple[sp.Expr, ...], int]:
    """All of an equation as a source: no boundary term closes it."""
    for node in residual.atoms(Divergence):
        if any(f.atoms(*_ROUGH) for f in node.flux):
            why = "it is of first order, and its flux has kinks or jumps"
            raise _refused(problem, node, why, "write out its derivatives where the flux is smooth")
    source = expand_divergences(residual)
    _check_inputs(problem, (source,))
    return source, (sp.S.Zero,) * len(problem.coordinates), 1


_SYSTEM = "state it as a system of second order, with a new unknown for what is differentiated"


def _is_integrated(node: sp.Basic, space: Sequence[sp.Symbol]) -> bool:
    """Divergences, and derivatives of second or higher order in space."""
    return isinstance(node, Divergence) or _space_order(node, space) > 1


def _counts(d: sp.Derivative) -> list[tuple[sp.Basic, sp.Basic]]:
    """(variable, how often) of a derivative."""
    return [(pair.args[0], pair.args[1]) for pair in d.args[1:]]


def _space_order(d: sp.Derivative, space: Sequence[sp.Symbol]) -> int:
    return sum(int(n) for c, n in _counts(d) if c in space)


def _flux_of(node: sp.Basic, space: Sequence[sp.Symbol]) -> dict[sp.Symbol, sp.Expr]:
    """F with node = ∇·F. Mixed derivatives are shared out evenly, so that the form stays symmetric."""
    if isinstance(node, Divergence):
        return {c: f.doit() for c, f in zip(node.axes, node.flux, strict=True)}
    counts = dict(node.variable_count)
    axes = [c for c in space for _ in range(int(counts.get(c, 0)))]
    rest = [(c, n) for c, n in node.variable_count if c not in space]
    field = sp.Derivative(node.expr, *rest) if rest else node.expr
    first, second = axes[:2]
    if first == second:
        return {first: sp.Derivative(field, first)}
    return {first: sp.Derivative(field, second) / 2, second: sp.Derivative(field, first) / 2}


def _slope(problem: Problem, term: sp.Expr, coefficient: sp.Expr, axis: sp.Symbol) -> sp.Expr:
    """∂c/∂x of a coefficient before a divergence."""
    if not (coefficient.has(*problem.coordinates)):
        return sp.S.Zero
    inputs = sorted({a.func.__name__ for a in coefficient.atoms(InputField)})
    if inputs:
        name = inputs[0]
        why = f"the input {name} stands before it, and its derivative is not known"
        raise _refused(problem, term, why, f"write div({name}*grad(...)) if that is what is meant")
    if any(d.atoms(Unknown) for d in coefficient.atoms(sp.Derivative)):
        raise _refused(problem, term, "its coefficient contains a derivative of an unknown", "write it as a divergence")
    if coefficient.atoms(*_ROUGH):
        raise _refused(problem, term, "its coefficient has kinks or jumps", "write div(a*grad(u)), where a may jump")
    return sp.diff(coefficient, axis)


def _check_inputs(problem: Problem, expressions: Sequence[sp.Expr]) -> None:
    for e in expressions:
        for d in e.atoms(sp.Derivative):
            if isinstance(d.expr, InputField):
                name = d.expr.func.__name__
                raise _refused(
                    problem,
                    d,
                    f"it differentiates the input {name}, of which elements know values only",
                    f"keep {name} inside a divergence, or make its derivative an input of its own",
                )


def _refused(problem: Problem, term: sp.Basic, why: str, fix: str) -> UnsupportedError:
    return UnsupportedError(
        f"No weak form of '{problem.name}' can be derived from the term {term}.",
        given=f"{term}: {why}",
        expected="terms of order one and zero, divergences, and second derivatives with smooth coefficients",
        fix=fix,
    )


def _tested_with(problem: Problem) -> list[int]:
    """For each unknown the equation tested with it: the one that holds its highest derivatives, pure ones first.

    A pressure, which its own equation (no divergence) does not contain, gets what the others leave.
    """
    time = problem.time.coordinate if problem.time else None
    gain = np.zeros((len(problem.unknowns),) * 2)
    for j, e in enumerate(problem.expanded):
        for i, u in enumerate(problem.unknowns):
            mine = [d for d in e.atoms(sp.Derivative) if d.expr == u]
            orders = [_space_order(d, problem.coordinates) for d in mine]
            pure = sum(o == 2 and len(set(d.variables)) == 1 for d, o in zip(mine, orders, strict=True))
            timely = any(time in d.variables for d in mine)
            gain[i, j] = 1000 * timely + 10 * max(orders, default=0) ** 2 + pure + 0.1 * e.has(u)
    rows, columns = scipy.optimize.linear_sum_assignment(-gain)
    return [int(columns[list(rows).index(i)]) for i in range(len(problem.unknowns))]
