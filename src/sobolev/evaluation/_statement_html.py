"""The statement of a problem as HTML with MathML."""

from __future__ import annotations

from html import escape
from typing import Any

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter

from ..equations import Divergence, Initial, Mean, Problem, Robin

_XMLNS = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def statement_html(problem: Problem) -> str:
    """Equations, conditions, domain, parameters and random inputs."""
    lines = [_line(_mathml(e.lhs), _mathml(e.rhs)) for e in problem.equations]
    lines += [_condition(c, problem) for c in problem.conditions]
    facts = [f"on {escape(str(problem.domain))}"]
    bound = {p.name: problem.values.get(p.name, p.default) for p in problem.parameters}
    facts += [f"{escape(n)} = {escape(str(v))}" for n, v in bound.items() if v is not None and n not in problem.priors]
    facts += [f"random: {escape(n)} ~ <code>{escape(repr(p))}</code>" for n, p in problem.priors.items()]
    if problem.source:
        facts.append(f"source: {escape(problem.source)}")
    items = "".join(f"<li>{f}</li>" for f in facts)
    return f'<div class="statement">{"".join(lines)}<ul>{items}</ul></div>'


def _line(left: str, right: str, where: str = "") -> str:
    tail = f'<mspace width="1.2em"/><mtext>{escape(where)}</mtext>' if where else ""
    return f'<math {_XMLNS} display="block"><mrow>{left}<mo>=</mo>{right}{tail}</mrow></math>'


def _condition(c: Any, problem: Problem) -> str:
    match c:
        case Initial():
            time = problem.time
            return _line(_mathml(c.target), _mathml(c.value), f"at {time.name} = {time.start:g}" if time else "")
        case Mean():
            return _line(f"<mo>⟨</mo>{_mathml(c.unknown)}<mo>⟩</mo>", _mathml(c.value), "(mean over the box)")
        case Robin():
            name = _mathml(c.unknown)
            normal = f"<mfrac><mrow><mo>∂</mo>{name}</mrow><mrow><mo>∂</mo><mi>n</mi></mrow></mfrac>"
            terms = [_term(c.alpha, name), _term(c.beta, normal)]
            left = "<mo>+</mo>".join(t for t in terms if t)
            where = "on the boundary" if c.on is None else f"on {', '.join(c.on)}"
            return _line(left, _mathml(c.value), where)
    return ""


def _term(factor: sp.Expr, body: str) -> str:
    if factor == 0:
        return ""
    return body if factor == 1 else f"{_mathml(factor)}<mo>&#x2062;</mo>{body}"


class _Printer(MathMLPresentationPrinter):
    """Fields without their arguments, divergences as ∇·(…)."""

    def _print_AppliedUndef(self, e: sp.Expr) -> Any:
        return self._print(sp.Symbol(e.func.__name__))

    def _print_Divergence(self, e: Any) -> Any:
        split = _gradient_flux(e)
        if split is None:
            parts = [self._print(f) for f in e.flux]
            inside = [parts[0], *(p for part in parts[1:] for p in (self._operator(","), part))]
        else:
            factor, field = split
            inside = [] if factor == 1 else [self._print(factor)]
            inside += [self._operator("∇"), self._print(field)]
        return self._row(self._operator("∇"), self._operator("·"), self._operator("("), *inside, self._operator(")"))

    def _operator(self, text: str) -> Any:
        element = self.dom.createElement("mo")
        element.appendChild(self.dom.createTextNode(text))
        return element

    def _row(self, *children: Any) -> Any:
        row = self.dom.createElement("mrow")
        for child in children:
            row.appendChild(child)
        return row


def _gradient_flux(divergence: Divergence) -> tuple[sp.Expr, sp.Expr] | None:
    """(c, f) where the flux is c ∇f, for the shorter notation ∇·(c ∇f); None where it is not of this form."""
    found = set()
    for flux, axis in zip(divergence.flux, divergence.axes, strict=True):
        slopes = [d for d in flux.atoms(sp.Derivative) if d.variables == (axis,)]
        if len(slopes) != 1:
            return None
        factor = sp.cancel(flux / slopes[0])
        if factor.has(slopes[0]):
            return None
        found.add((factor, slopes[0].expr))
    return found.pop() if len(found) == 1 else None


def _mathml(expression: Any) -> str:
    printer = _Printer()
    return printer._print(sp.sympify(expression)).toxml()
