"""The statement of a problem as HTML with MathML."""

from __future__ import annotations

from html import escape
from typing import Any

from ..equations import Problem


def _text(value: Any) -> str:
    """A parameter's value: numbers to six digits, exact ones as they are."""
    is_float = isinstance(value, float) or getattr(value, "is_Float", False)
    return f"{float(value):.6g}" if is_float else str(value)


def statement_html(problem: Problem) -> str:
    """Equations and conditions, then domain, parameters, random inputs and source."""
    facts = [f"on {escape(str(problem.domain))}"]
    bound = {p.name: problem.values.get(p.name, p.default) for p in problem.parameters}
    facts += [
        f"{escape(n)} = {escape(_text(v))}" for n, v in bound.items() if v is not None and n not in problem.priors
    ]
    facts += [f"random: {escape(n)} ~ <code>{escape(repr(p))}</code>" for n, p in problem.priors.items()]
    if problem.source:
        facts.append(f"source: {escape(problem.source)}")
    items = "".join(f"<li>{f}</li>" for f in facts)
    return f'<div class="statement">{problem.mathml()}<ul>{items}</ul></div>'
