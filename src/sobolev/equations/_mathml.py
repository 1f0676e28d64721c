"""Statements as presentation MathML, for reports that must work without any script."""

from __future__ import annotations

import html
import re
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE

from ._calculus import scaled_gradient
from ._printing import MeanOf, NormalDerivative, condition_left, condition_place, textbook_terms
from ._problem import Problem

_NAMED_ENTITY = re.compile(r"&([A-Za-z]+);")
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"


def mathml(problem: Problem) -> str:
    """Equations and conditions as one `<math>` element: a table with the equals signs aligned."""
    rows = [(_markup(e.lhs), _markup(e.rhs), "") for e in problem.equations]
    rows += [(_markup(condition_left(c)), _markup(c.value), condition_place(problem, c)) for c in problem.conditions]
    return (
        f'<math xmlns="{_NAMESPACE}" display="block"><mtable columnalign="right center left left">'
        + "".join(_row(*row) for row in rows)
        + "</mtable></math>"
    )


def _row(left: str, right: str, where: str) -> str:
    place = f'<mtd><mspace width="2em"/><mtext>{html.escape(where)}</mtext></mtd>' if where else "<mtd></mtd>"
    return f"<mtr><mtd>{left}</mtd><mtd><mo>=</mo></mtd><mtd>{right}</mtd>{place}</mtr>"


def _markup(expression: sp.Expr) -> str:
    markup = FieldMathMLPrinter()._print(expression).toxml().replace("<mo><", "<mo>&lt;")  # SymPy leaves it bare
    return f"<mrow>{_NAMED_ENTITY.sub(_character, markup)}</mrow>"


def _character(entity: re.Match[str]) -> str:
    """SymPy writes some characters by HTML's names, which XML does not know."""
    return entity[0] if entity[1] in ("amp", "lt", "gt", "quot", "apos") else html.unescape(entity[0])


class FieldMathMLPrinter(MathMLPresentationPrinter):
    """Fields without arguments, derivatives as subscripts, divergences with nabla."""

    _as_ordered_terms = textbook_terms

    def _print_Derivative(self, expr: sp.Derivative) -> Any:
        if not isinstance(expr.expr, AppliedUndef):
            return super()._print_Derivative(expr)
        return self._subscripted(self._field(expr.expr), [(c, int(n)) for c, n in dict(expr.variable_count).items()])

    def _print_Function(self, expr: Any) -> Any:
        return self._field(expr) if isinstance(expr, AppliedUndef) else super()._print_Function(expr)

    def _print_NormalDerivative(self, expr: NormalDerivative) -> Any:
        fraction = self.dom.createElement("mfrac")
        fraction.appendChild(self._row([self._text("mo", "∂"), self._field_named(expr.name)]))
        fraction.appendChild(self._row([self._text("mo", "∂"), self._text("mi", "n")]))
        return fraction

    def _print_MeanOf(self, expr: MeanOf) -> Any:
        bar = self.dom.createElement("mover")
        bar.appendChild(self._field_named(expr.name))
        bar.appendChild(self._text("mo", "¯"))
        return bar

    def _print_Divergence(self, expr: Any) -> Any:
        factor, field = scaled_gradient(expr)
        if field is None:
            inside: list[Any] = []
            for i, component in enumerate(expr.flux):
                inside += [self._text("mo", ",")] * (i > 0) + [self._print(component)]
        else:
            front = [] if factor == 1 else [self.parenthesize(factor, PRECEDENCE["Mul"] - 1)]
            inside = [*front, self._text("mo", "∇"), self._field(field)]
        return self._row(
            [self._text("mo", "∇"), self._text("mo", "⋅"), self._text("mo", "("), *inside, self._text("mo", ")")]
        )

    def _field(self, field: Any) -> Any:
        return self._field_named(field.func.__name__)

    def _field_named(self, name: str) -> Any:
        return self._print_Symbol(sp.Symbol(name))

    def _subscripted(self, base: Any, counts: list[tuple[sp.Symbol, int]]) -> Any:
        element = self.dom.createElement("msub")
        element.appendChild(base)
        element.appendChild(self._row([self._text("mi", c.name) for c, n in counts for _ in range(n)]))
        return element

    def _text(self, tag: str, text: str) -> Any:
        element = self.dom.createElement(tag)
        element.appendChild(self.dom.createTextNode(text))
        return element

    def _row(self, children: list[Any]) -> Any:
        element = self.dom.createElement("mrow")
        for child in children:
            element.appendChild(child)
        return element
