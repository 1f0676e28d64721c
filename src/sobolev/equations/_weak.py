"""Weak forms that the user states: ∫ form dx = 0 for all variations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from .._core import ArgumentError, StatementError
from ._calculus import div
from ._symbols import Unknown


class Variation(AppliedUndef):
    """The test function that belongs to an unknown."""

    @property
    def unknown(self) -> Any:
        return self.func.of

    def __reduce_ex__(self, protocol: Any):
        return variation, (self.func.of,)


def variation(unknown: Any) -> Any:
    """The test function v of an unknown u, for `Problem(weak=...)`: `v = sv.variation(u)`.

    It vanishes where a Dirichlet condition holds on u.
    """
    if not isinstance(unknown, Unknown):
        raise ArgumentError("A variation is that of an unknown.", given=repr(unknown), expected="sv.unknown(...)")
    name = f"δ{unknown.func.__name__}"
    return UndefinedFunction(name, bases=(Variation,), __dict__={"of": unknown}, real=True)(*unknown.args)


def inner(first: Any, second: Any) -> sp.Expr:
    """Σ aᵢbᵢ of two vectors, or of two matrices entry by entry: `sv.inner(sv.grad(u), sv.grad(v))`."""
    a, b = (list(sp.Matrix(m)) for m in (first, second))
    if len(a) != len(b):
        raise ArgumentError("inner takes two vectors of one length.", given=f"{len(a)} and {len(b)} components")
    return sp.Add(*(p * q for p, q in zip(a, b, strict=True)))


def strong_form(weak: Any, coordinates: Sequence[sp.Symbol]) -> tuple[tuple[Any, sp.Expr, tuple[sp.Expr, ...]], ...]:
    """(unknown, S, G) with form = Σ S v + G·∇v; the equations are −∇·G + S = 0, and G·n the flux of `sv.Flux`."""
    form = sp.expand_mul(sp.Add(*weak) if isinstance(weak, list | tuple) else sp.sympify(weak))
    tests = sorted(form.atoms(Variation), key=lambda v: v.func.__name__)
    if not tests:
        raise StatementError(
            "A weak form contains no variation.",
            given=str(form),
            expected="an integrand that is linear in v and its derivatives, v = sv.variation(u)",
        )
    slopes = {d for d in form.atoms(sp.Derivative) if isinstance(d.expr, Variation)}
    if high := [d for d in slopes if len(d.variables) != 1 or d.variables[0] not in coordinates]:
        raise StatementError(
            "A weak form differentiates a variation more than once, or in time.",
            given=str(high[0]),
            expected="first derivatives in space",
            fix="integrate by parts, or state a system of second order",
        )
    marks = {node: sp.Dummy() for node in (*sorted(slopes, key=str), *tests)}
    marked = form.xreplace({d: marks[d] for d in slopes}).xreplace({v: marks[v] for v in tests})
    found = []
    for v in tests:
        source = sp.diff(marked, marks[v])
        flux = tuple(
            sp.diff(marked, marks[sp.Derivative(v, c)]) if sp.Derivative(v, c) in marks else sp.S.Zero
            for c in coordinates
        )
        found.append((v.unknown, source, flux))
    rates = [sp.diff(marked, m) for m in marks.values()]
    rest = sp.expand(marked - sum((m * r for m, r in zip(marks.values(), rates, strict=True)), sp.S.Zero))
    if rest != 0 or any(r.free_symbols & set(marks.values()) for r in rates):
        raise StatementError("A weak form is not linear in its variations.", given=str(form), expected="S v + G·∇v")
    return tuple(found)


def strong_equations(weak: Any, coordinates: Sequence[sp.Symbol]) -> tuple[sp.Eq, ...]:
    """The equations that a weak form says, in divergence form."""
    equations = []
    for _, source, flux in strong_form(weak, coordinates):
        left = source if all(g == 0 for g in flux) else source - div(list(flux), *coordinates)
        equations.append(sp.Eq(left, 0, evaluate=False))
    return tuple(equations)
