"""Exact solutions, evaluated one way whatever form they were given in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from .._core import ArgumentError, broadcast_shape, precision_context
from ._problem import Problem
from ._values import check_bound, scalar_value


def exact_solution(problem: Problem, coordinates: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
    """Exact values of every unknown at `coordinates`, broadcast; None where no exact solution is known.

    Expressions are compiled for NumPy; callables receive coordinates and parameters by keyword.
    """
    if problem.exact is None:
        return None
    names = [c.name for c in problem.domain.coordinates]
    if set(coordinates) != set(names):
        raise ArgumentError(
            f"The exact solution of '{problem.name}' is called with the wrong coordinates.",
            given=", ".join(coordinates) or "none",
            expected=", ".join(names),
        )
    try:
        points = {name: np.asarray(coordinates[name], float) for name in names}
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        raise ArgumentError(
            f"The exact solution of '{problem.name}' is called at something that is no number.",
            given=", ".join(f"{name} = {value!r}" for name, value in coordinates.items()),
            expected="numbers or arrays of numbers, by coordinate",
        ) from error
    shape = broadcast_shape({name: p.shape for name, p in points.items()})
    check_bound(problem)
    with precision_context("double"):
        parameters = {p.name: float(scalar_value(problem, p)) for p in problem.parameters}
    found = {}
    for name, exact in problem.exact.items():
        if isinstance(exact, sp.Basic):
            exact = _compiled(exact, (*names, *parameters))
        value = np.asarray(exact(**points, **parameters))
        if value.shape != shape:
            value = np.broadcast_to(value, shape)
        found[name] = value
    return found


def _compiled(expression: sp.Expr, names: tuple[str, ...]) -> Any:
    plain = expression.xreplace({s: sp.Symbol(s.name) for s in expression.free_symbols})
    return sp.lambdify([sp.Symbol(name) for name in names], plain, modules=["scipy", "numpy"], cse=True)
