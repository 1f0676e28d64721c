"""Evolution in time as a first-order system: states, their rates, and constraints for diagnostics."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.solvers.solveset import NonlinearError

from .._core import StatementError, UnsupportedError
from ._problem import Problem


@dataclass(frozen=True)
class State:
    """∂ₜ^time_order of an evolved unknown: one component of the first-order system."""

    unknown: AppliedUndef
    time_order: int

    @property
    def name(self) -> str:
        """u for the value, u_t for its first time derivative, …"""
        label = self.unknown.func.__name__
        return label + ("_" + "t" * self.time_order if self.time_order else "")


@dataclass(frozen=True)
class FirstOrderSystem:
    """∂ₜ states = rates, 0 = constraints.

    Expressions contain the unknowns, their space derivatives and, for states of time order k ≥ 1, the time
    derivatives `Derivative(u, (t, k))` (never the highest). `constraints` are the equations without highest
    time derivatives, one per diagnostic unknown.
    """

    states: tuple[State, ...]
    rates: tuple[sp.Expr, ...]
    diagnostics: tuple[AppliedUndef, ...]
    constraints: tuple[sp.Expr, ...]


def first_order_system(problem: Problem) -> FirstOrderSystem:
    """Solves the equations for their highest time derivatives.

    They must enter linearly, with coefficients free of space derivatives; otherwise `UnsupportedError`.
    """
    if problem.time is None or problem.is_steady:
        raise StatementError(f"'{problem.name}' does not evolve.", expected="an equation with a time derivative")
    t = problem.time.coordinate
    evolved = [u for u in problem.unknowns if problem.time_order_of(u)]
    highest = [sp.Derivative(u, (t, problem.time_order_of(u))) for u in evolved]
    marks = {d: sp.Dummy(d.expr.func.__name__ + "_top") for d in highest}
    dynamic, constraints = [], []
    for residual in problem.residuals:
        marked = residual.xreplace(marks)
        (dynamic if marked.free_symbols & set(marks.values()) else constraints).append(marked)
    if len(dynamic) != len(evolved):
        raise UnsupportedError(
            f"'{problem.name}' cannot be solved for its time derivatives.",
            given=f"{len(dynamic)} equations with time derivatives",
            expected=f"{len(evolved)}: one for each of {', '.join(map(str, evolved))}",
        )
    for e in dynamic:
        for d in e.atoms(sp.Derivative):
            if d.expr in evolved and _time_count(d, t) >= problem.time_order_of(d.expr):
                raise UnsupportedError(
                    f"'{problem.name}' has a mixed derivative of highest order in time.",
                    given=str(d),
                    expected="highest time derivatives without space derivatives",
                )
    tops = list(marks.values())
    try:
        matrix, right = sp.linear_eq_to_matrix(dynamic, tops)
    except NonlinearError as error:
        raise UnsupportedError(
            f"'{problem.name}' cannot be solved for its time derivatives.",
            given=", ".join(f"{e.lhs} = {e.rhs}" for e in problem.equations),
            expected="time derivatives that enter linearly",
        ) from error
    if matrix.det().equals(0):
        raise UnsupportedError(
            f"'{problem.name}' cannot be solved for its time derivatives.",
            given=f"coefficients {matrix.tolist()}",
            expected="time derivatives with an invertible matrix of coefficients",
        )
    tops_solved = list(matrix.inv() * right) if len(tops) > 1 else [_divide(right[0], matrix[0])]
    states, rates = [], []
    for u, top in zip(evolved, tops_solved, strict=True):
        order = problem.time_order_of(u)
        for k in range(order):
            states.append(State(u, k))
            rates.append(top if k == order - 1 else sp.Derivative(u, (t, k + 1)))
    return FirstOrderSystem(tuple(states), tuple(rates), problem.diagnostics, tuple(constraints))


def _divide(expression: sp.Expr, divisor: sp.Expr) -> sp.Expr:
    return sp.Add(*(term / divisor for term in sp.Add.make_args(expression)))


def _time_count(d: sp.Derivative, t: sp.Symbol) -> int:
    return int(dict(d.variable_count).get(t, 0))
