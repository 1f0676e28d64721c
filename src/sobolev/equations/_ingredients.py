"""The symbols that a statement is written with: unknowns, input fields, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from ._symbols import Parameter

if TYPE_CHECKING:
    from ._problem import Problem


def symbols_of(problem: Problem, kind: type) -> tuple:
    """Symbols of one kind in equations and conditions, in order of first appearance."""
    data = (v for c in problem.conditions for v in vars(c).values() if isinstance(v, sp.Basic))
    nodes = (node for e in (*problem.residuals, *data) for node in sp.preorder_traversal(e))
    return tuple(dict.fromkeys(node for node in nodes if isinstance(node, kind)))


def parameters_of(problem: Problem) -> tuple[Parameter, ...]:
    """Parameters of the statement, of the values of its inputs, and of their own defaults; by name."""
    given = (problem.values.get(a.func.__name__, a.func.default) for a in problem.inputs)
    found = set(symbols_of(problem, Parameter))
    found = found.union(*(v.atoms(Parameter) for v in given if isinstance(v, sp.Basic)))
    while more := set().union(*(p.default.atoms(Parameter) for p in found if p.default is not None)) - found:
        found |= more
    return tuple(sorted(found, key=lambda p: p.name))
