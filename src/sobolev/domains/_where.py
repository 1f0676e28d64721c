"""Conditions on coordinates, `x > 0`, as levels: functions that are ≤ 0 where the condition holds."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import sympy as sp

from .._core import ArgumentError


def checked_condition(condition: Any, coordinates: tuple[sp.Symbol, ...]) -> sp.Basic:
    """An inequality between expressions of the coordinates, or several joined by `&`, `|`, `~`."""
    if isinstance(condition, bool | sp.logic.boolalg.BooleanAtom) or not isinstance(
        condition, sp.logic.boolalg.Boolean
    ):
        raise ArgumentError(
            "This is no condition on coordinates.",
            given=repr(condition),
            expected="an inequality such as x > 0, or several: (x > 0) & (y < 1)",
            fix="compare the symbols themselves; `and` and chains a < x < b do not work on symbols"
            if condition in (True, False)
            else None,
        )
    names = ", ".join(c.name for c in coordinates)
    if stray := sorted(s.name for s in condition.free_symbols - set(coordinates)):
        raise ArgumentError(
            "A condition on coordinates contains something else.",
            given=f"{condition} contains {', '.join(stray)}",
            expected=f"an inequality between numbers and {names}",
        )
    for atom in condition.atoms(sp.core.relational.Relational):
        if isinstance(atom, sp.Eq | sp.Ne):
            raise ArgumentError(
                "An equation holds almost nowhere on a boundary that is computed.",
                given=str(atom),
                expected="an inequality",
                fix=f"use a named part, or a margin: {atom.lhs} < {atom.rhs} + 1e-6",
            )
    return condition


@functools.lru_cache(maxsize=256)
def condition_level(condition: sp.Basic, coordinates: tuple[sp.Symbol, ...]) -> Any:
    """A function of points (n, ndim): lhs − rhs of `<`, its negative of `>`, max for `&`, min for `|`."""
    function = sp.lambdify(coordinates, _level(condition), modules=["scipy", "numpy"])

    def level(points: np.ndarray) -> np.ndarray:
        values = function(*np.moveaxis(points, -1, 0))
        return np.broadcast_to(np.asarray(values, float), points.shape[:-1])

    return level


def _level(condition: sp.Basic) -> sp.Expr:
    match condition:
        case sp.And():
            return sp.Max(*map(_level, condition.args))
        case sp.Or():
            return sp.Min(*map(_level, condition.args))
        case sp.Not():
            return -_level(condition.args[0])
        case sp.StrictLessThan() | sp.LessThan():
            return condition.lhs - condition.rhs
        case sp.StrictGreaterThan() | sp.GreaterThan():
            return condition.rhs - condition.lhs
    raise ArgumentError(
        "This condition on coordinates is not understood.", given=str(condition), expected="<, >, <=, >=, &, |, ~"
    )
