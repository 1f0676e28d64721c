"""What a solution must know of its statement to be evaluated, drawn and recognised: names and text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..equations import Problem


@dataclass(frozen=True)
class Summary:
    """A statement without its mathematics. Equal for the same statement; survives saving.

    - `text`: equations and conditions as plain text, one per line;
    - `unknowns`, `complex`: names of the unknowns, and which of them are complex;
    - `labels`: LaTeX of unknowns and coordinates, for axes;
    - `order`: highest space derivative; `exact`: whether an exact solution is known.
    """

    name: str
    text: str
    unknowns: tuple[str, ...]
    complex: tuple[bool, ...]
    coordinates: tuple[str, ...]
    time: str | None
    labels: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> str:
        """A short hash of the statement's text (not of its name, nor of its values)."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def label(self, name: str) -> str:
        """`name` as LaTeX between dollars."""
        return f"${dict(self.labels).get(name, name)}$"


def summarise(problem: Problem) -> Summary:
    """The summary of a statement."""
    time = problem.time.name if problem.time and problem.is_evolution else None
    names = [*problem.unknown_names, *problem.domain.coordinates]
    return Summary(
        name=problem.name,
        text=statement_text(problem),
        unknowns=problem.unknown_names,
        complex=tuple(u.is_real is not True for u in problem.unknowns),
        coordinates=tuple(c.name for c in problem.coordinates),
        time=time,
        labels=tuple((str(n), sp.latex(sp.Symbol(str(n)))) for n in names),
        values=tuple((name, _short(value)) for name, value in sorted(problem.values.items())),
    )


def statement_text(problem: Problem) -> str:
    """Domain, equations and conditions as plain text: what makes two statements the same."""
    lines = [f"on {problem.domain}"]
    lines += [f"{e.lhs} = {e.rhs}" for e in problem.equations]
    lines += [str(c) for c in problem.conditions]
    defaults = {p.name: p.default for p in problem.parameters} | {
        a.func.__name__: a.func.default for a in problem.inputs
    }
    lines += [f"{name}: {_short(value)} by default" for name, value in sorted(defaults.items()) if value is not None]
    return "\n".join(lines)


def _short(value: Any) -> str:
    if isinstance(value, sp.Basic | int | float):
        return str(value)
    shape = getattr(value, "shape", None)
    if shape == ():
        return f"{value}"
    return f"{type(value).__name__}" + (f" of shape {tuple(shape)}" if shape is not None else "")
