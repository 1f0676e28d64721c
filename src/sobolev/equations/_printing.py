"""Statements as text, LaTeX and MathML."""

from __future__ import annotations

import sympy as sp

from ._problem import Problem


def plain(problem: Problem) -> str:
    """The statement as plain text."""
    lines = [f"{problem.name} on {problem.domain}"]
    lines += [f"  {e.lhs} = {e.rhs}" for e in problem.equations]
    lines += [f"  {c}" for c in problem.conditions]
    return "\n".join(lines)


def latex(problem: Problem) -> str:
    """The equations as LaTeX."""
    return r" \\ ".join(sp.latex(e) for e in problem.equations)
