"""Statements as text and LaTeX, as in a textbook: u_xx for derivatives, time derivatives first, no arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from ..domains import Box
from ._calculus import scaled_gradient
from ._conditions import Condition, Initial, Mean, Normalised
from ._problem import Problem


def plain(problem: Problem) -> str:
    """The statement as plain text: name and domain, equations, conditions, values."""
    write = PlainPrinter().doprint
    lines = [f"{problem.name} on {problem.domain}"]
    lines += [f"  {write(e.lhs)} = {write(e.rhs)}" for e in problem.equations]
    lines += [f"  {write(left)} = {write(right)}{where}" for left, right, where in _conditions(problem, "plain")]
    for p in problem.parameters:
        value = problem.values.get(p.name, p.default)
        lines.append(
            f"  {p.name} = {write(value) if isinstance(value, sp.Basic) else value}"
            + (f", random: {p.prior}" if p.name in problem.priors else "")
        )
    for a in problem.inputs:
        name = a.func.__name__
        value = problem.values.get(name, a.func.default)
        known = "" if value is None else f" = {write(value) if isinstance(value, sp.Basic) else type(value).__name__}"
        lines.append(f"  input {a}{known}" + (f", random: {a.func.prior}" if name in problem.priors else ""))
    return "\n".join(lines)


def latex(problem: Problem) -> str:
    r"""Equations and conditions as one `aligned` environment."""
    write = FieldLatexPrinter().doprint
    rows = [f"{write(e.lhs)} &= {write(e.rhs)}" for e in problem.equations]
    rows += [f"{write(left)} &= {write(right)}{where}" for left, right, where in _conditions(problem, "latex")]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


class NormalDerivative(sp.Symbol):
    """∂/∂n of the field of this name, to be printed."""


class MeanOf(sp.Symbol):
    """The mean over space of the field of this name, to be printed."""


def textbook_terms(self: Any, expr: sp.Expr, order: Any = None) -> list[sp.Expr]:
    """Terms of a sum as a printer's `_as_ordered_terms`: time derivatives first, then SymPy's order."""
    terms = list(expr.as_ordered_terms() if isinstance(expr, sp.Add) else [expr])
    return sorted(terms, key=_rank)


def _rank(term: sp.Expr) -> int:
    timed = any(v.name == "t" for d in term.atoms(sp.Derivative) for v in d.variables)
    return 0 if timed and not term.is_number else 1


class PlainPrinter(StrPrinter):
    """u_t + u*u_x = nu*u_xx."""

    _as_ordered_terms = textbook_terms

    printmethod = "_sobolev_plain"  # what objects say for themselves does not count: fields lose their arguments

    def _print_Float(self, expr: sp.Float) -> str:
        return f"{float(expr):.6g}"

    def _print_NormalDerivative(self, expr: NormalDerivative) -> str:
        return f"{expr.name}_n"

    def _print_MeanOf(self, expr: MeanOf) -> str:
        return f"mean({expr.name})"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        if not isinstance(expr.expr, AppliedUndef):
            return super()._print_Derivative(expr)
        return f"{expr.expr.func.__name__}_{subscript(expr)}"

    def _print_Function(self, expr: Any) -> str:
        return expr.func.__name__ if isinstance(expr, AppliedUndef) else super()._print_Function(expr)

    def _print_Divergence(self, expr: Any) -> str:
        factor, gradient = scaled_gradient(expr)
        if gradient is not None:
            inside = f"grad({gradient.func.__name__})"
            return (
                f"div({inside})" if factor == 1 else f"div({self.parenthesize(factor, PRECEDENCE['Mul'] - 1)}*{inside})"
            )
        return f"div({', '.join(self.doprint(f) for f in expr.flux)})"


class FieldLatexPrinter(LatexPrinter):
    r"""u_{t} + u u_{x} = \nu u_{xx}."""

    _as_ordered_terms = textbook_terms

    def _print_NormalDerivative(self, expr: NormalDerivative) -> str:
        return rf"\frac{{\partial {self.doprint(sp.Symbol(expr.name))}}}{{\partial n}}"

    def _print_MeanOf(self, expr: MeanOf) -> str:
        return rf"\overline{{{self.doprint(sp.Symbol(expr.name))}}}"

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        if not isinstance(expr.expr, AppliedUndef):
            return super()._print_Derivative(expr)
        name = self._field_name(expr.expr)
        return f"{{{name}}}_{{{subscript(expr)}}}" if "_" in name else f"{name}_{{{subscript(expr)}}}"

    def _print_Function(self, expr: Any, exp: Any = None) -> str:
        if not isinstance(expr, AppliedUndef):
            return super()._print_Function(expr, exp)
        name = self._field_name(expr)
        if exp is None:
            return name
        return f"{{{name}}}^{{{exp}}}" if "_" in name else f"{name}^{{{exp}}}"

    def _field_name(self, field: Any) -> str:
        return self.doprint(sp.Symbol(field.func.__name__))


def subscript(d: sp.Derivative) -> str:
    """The variables of a derivative, each as often as it is differentiated: xx, xyy."""
    return "".join(c.name * int(n) for c, n in dict(d.variable_count).items())


def _conditions(problem: Problem, style: str) -> Iterator[tuple[Any, Any, str]]:
    for c in problem.conditions:
        where = condition_place(problem, c)
        if where:
            where = rf" \quad \text{{{_as_text(where)}}}" if style == "latex" else f"  {where}"
        yield condition_left(c), c.value, where


def _as_text(words: str) -> str:
    return words.replace("_", r"\_").replace("&", r"\&")


def condition_left(c: Condition) -> sp.Expr:
    """The left side of a condition, with ∂u/∂n and means as symbols."""
    match c:
        case Initial():
            return c.target
        case Normalised():
            return sp.Symbol(f"norm({c.unknown.func.__name__})")
        case Mean():
            return MeanOf(c.unknown.func.__name__)
    name = c.unknown.func.__name__
    return c.alpha * c.unknown + c.beta * (sp.Symbol(f"flux({name})") if c.of_flux else NormalDerivative(name))


def condition_place(problem: Problem, c: Condition) -> str:
    """Where a condition holds, in words."""
    match c:
        case Initial():
            return f"at {problem.time.name} = {problem.time.start:g}" if problem.time else ""
        case Mean() | Normalised():
            return ""
    if c.on is None:
        return "on the boundary"
    if not isinstance(problem.space, Box):
        return f"on {problem.space.select(c.on)}"
    ends = (problem.domain.end(part) for part in c.on)
    return f"at {', '.join(f'{side.name} = {here:g}' for side, here, _ in ends)}"
