"""Checks of time: what evolves has its initial values, and nothing else has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from .._core import StatementError
from ._conditions import Initial

if TYPE_CHECKING:
    from ._problem import Problem


def check_initial(problem: Problem) -> None:
    """One `Initial` for each of u, u_t, … below the highest time derivative of u; none elsewhere."""
    initials = [c for c in problem.conditions if isinstance(c, Initial)]
    if problem.time is None:
        if initials:
            raise StatementError(
                f"'{problem.name}' has an initial condition but no time.",
                given=str(initials[0]),
                expected="a domain with time, or boundary conditions only",
                fix="multiply the domain by sv.Time(t, 0, ...)",
            )
        return
    t = problem.time.coordinate
    if problem.is_steady:
        raise StatementError(
            f"Nothing in '{problem.name}' is differentiated with respect to {t}.",
            given=f"domain {problem.domain}",
            expected="an equation with a time derivative",
            fix="leave sv.Time(...) out of the domain of a steady problem",
        )
    for c in initials:
        _check_target(problem, c, t)
    for u in problem.unknowns:
        name, order = u.func.__name__, problem.time_order_of(u)
        if order > 2:
            raise StatementError(
                f"'{problem.name}' has order {order} in time.",
                expected="at most order 2",
                fix=f"introduce the time derivative of {name} as an unknown of its own",
            )
        given = [c.time_order for c in problem.conditions_of(u, Initial)]
        for k in range(order):
            label = _label(name, t, k)
            if k not in given:
                raise StatementError(
                    f"'{problem.name}' has no initial {'value of ' + name if k == 0 else 'velocity ' + label}.",
                    given=", ".join(map(str, problem.conditions)) or "no conditions",
                    expected=f"{order} on {name}, because it has order {order} in time",
                    fix=f"add Initial({name if k == 0 else f'{name}.diff({t})'}, ...)",
                )
            if given.count(k) > 1:
                raise StatementError(
                    f"'{problem.name}' has two initial conditions on {label}.",
                    given=", ".join(str(c) for c in problem.conditions_of(u, Initial) if c.time_order == k),
                    expected="one",
                )


def _check_target(problem: Problem, c: Initial, t: sp.Symbol) -> None:
    name, order = c.unknown.func.__name__, problem.time_order_of(c.unknown)
    if isinstance(c.target, sp.Derivative) and c.target.variables != (t,):
        raise StatementError(
            f"'{problem.name}' has an initial condition on a space derivative.",
            given=str(c),
            expected=f"Initial({name}, ...) or Initial({name}.diff({t}), ...)",
        )
    if order == 0:
        raise StatementError(
            f"'{problem.name}' has an initial condition on {name}, which has no time derivative.",
            given=str(c),
            expected=f"none: {name} follows from the other unknowns at every time",
            fix="leave it out",
        )
    if c.time_order >= order:
        raise StatementError(
            f"'{problem.name}' has too many initial conditions on {name}.",
            given=str(c),
            expected=f"{order}, because {name} has order {order} in time",
            fix="leave out the initial velocity",
        )
    if t in c.value.free_symbols:
        raise StatementError(
            f"An initial value of '{problem.name}' depends on time.",
            given=str(c),
            expected="a function of the space coordinates",
            fix=f"put the start of time for {t}",
        )


def _label(name: str, t: sp.Symbol, order: int) -> str:
    return name + (f"_{t}" if order else "")
