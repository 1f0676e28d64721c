"""Linear structure of expressions: affine tests and constant-coefficient parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from ._calculus import Divergence
from ._symbols import InputField


def is_affine(expression: sp.Expr, unknowns: Sequence[AppliedUndef]) -> bool:
    """Whether `expression` is affine in the unknowns and their derivatives."""
    table = {node: sp.Dummy() for node in _field_nodes(expression, unknowns)}
    replaced = _replace(expression, table)
    symbols = list(table.values())
    if replaced.atoms(sp.Abs, sp.conjugate, sp.re, sp.im) and any(
        a.free_symbols & set(symbols) for a in replaced.atoms(sp.Abs, sp.conjugate, sp.re, sp.im)
    ):
        return False
    gradient = [sp.diff(replaced, s) for s in symbols]
    # Expansion is enough for polynomials; whatever needs more than that counts as nonlinear, which is always safe.
    return not any(g.free_symbols & set(symbols) and sp.expand(g).free_symbols & set(symbols) for g in gradient)


def linear_part(
    expression: sp.Expr, unknowns: Sequence[AppliedUndef], coordinates: Sequence[sp.Symbol]
) -> tuple[dict[sp.Basic, sp.Expr], sp.Expr]:
    """Splits an expression into constant-coefficient linear terms and the rest.

    Returns `({field or derivative: coefficient}, remainder)` with
    `expression = Σ coefficient · term + remainder`. Coefficients may contain parameters but no coordinates
    (`coordinates` lists them, with time), inputs or unknowns. Divergences of fluxes with constant
    coefficients are expanded; others stay in the remainder as they are. Products of sums are multiplied out.
    """
    opened: Any = expression.replace(
        lambda n: isinstance(n, Divergence),
        lambda n: n.doit() if _is_constant_flux(n, unknowns, coordinates) else n,
    )
    nodes = sorted(_field_nodes(opened, unknowns), key=sp.default_sort_key)
    table = {node: sp.Dummy(f"j{i}") for i, node in enumerate(nodes)}
    terms: dict[sp.Basic, sp.Expr] = {}
    remainder = []
    for term in sp.Add.make_args(sp.expand_mul(_replace(opened, table))):
        found = [(node, s) for node, s in table.items() if s in term.free_symbols]
        if len(found) == 1:
            node, s = found[0]
            coefficient = term / s
            if _is_constant(coefficient, coordinates) and s not in coefficient.free_symbols:
                terms[node] = terms.get(node, sp.S.Zero) + coefficient
                continue
        remainder.append(term)
    back = {s: node for node, s in table.items()}
    return terms, sp.Add(*remainder).xreplace(back)


def _field_nodes(expression: sp.Expr, unknowns: Sequence[AppliedUndef]) -> list[sp.Basic]:
    """Unknowns and their derivatives outside conservative divergences (whose insides count as well)."""
    found: dict[sp.Basic, None] = {}
    stack = [expression]
    while stack:
        node = stack.pop()
        if (isinstance(node, sp.Derivative) and node.expr in unknowns) or node in unknowns:
            found.setdefault(node)
        else:
            stack.extend(reversed(node.args))
    return list(found)


def _replace(expression: sp.Expr, table: dict[sp.Basic, sp.Dummy]) -> sp.Expr:
    """Replaces whole derivatives before the fields inside them."""
    if expression in table:
        return table[expression]
    if not expression.args:
        return expression
    arguments = [_replace(a, table) for a in expression.args]
    unchanged = all(a is b for a, b in zip(arguments, expression.args, strict=True))
    return expression if unchanged else expression.func(*arguments)


def _is_constant(coefficient: sp.Expr, coordinates: Sequence[sp.Symbol]) -> bool:
    return not (coefficient.free_symbols & set(coordinates)) and not coefficient.atoms(AppliedUndef)


def _is_constant_flux(node: Divergence, unknowns: Sequence[AppliedUndef], coordinates: Sequence[sp.Symbol]) -> bool:
    if node.atoms(InputField):
        return False
    return all(linear_part(component, unknowns, coordinates)[1] == 0 for component in node.flux)
