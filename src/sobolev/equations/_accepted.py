"""What a statement takes as its parts: domain, equations, conditions, values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp

from .._core import ArgumentError, StatementError
from ..domains import Domain
from ._conditions import Condition
from ._symbols import expression
from ._weak import strong_equations

if TYPE_CHECKING:
    from ._problem import Problem


def accepted_parts(problem: Problem) -> dict[str, Any]:
    """The parts of a statement as they are kept, by name, from what its maker gave."""
    domain = Domain.of(problem.domain)
    equations = problem.equations
    if problem.weak is not None:
        equations = strong_equations(problem.weak, domain.space.coordinates if domain.space else ())
    elif equations is None:
        raise StatementError("A problem needs equations.", expected="equations=[...], or a weak form weak=...")
    if not isinstance(problem.name, str) or not problem.name:
        raise StatementError("A problem needs a name.", given=repr(problem.name), expected="text")
    for what in ("values", "random_initial"):
        if not isinstance(given := getattr(problem, what), Mapping):
            raise StatementError(
                f"The {what} of '{problem.name}' are no mapping.", given=repr(given), expected="a dict"
            )
    return {
        "domain": domain,
        "equations": tuple(as_equation(e) for e in _listed(equations)),
        "conditions": tuple(as_condition(c) for c in _listed(problem.conditions)),
        "values": dict(problem.values),
        "random_initial": dict(problem.random_initial),
    }


def _listed(given: Any) -> list | tuple:
    return given if isinstance(given, list | tuple) else [given]


def as_equation(e: Any) -> sp.Eq:
    """An equation whose two sides are expressions; what is no equation is set to zero."""
    if isinstance(e, sp.Eq):
        sides = (e.lhs, e.rhs)
    elif isinstance(e, bool | sp.logic.boolalg.BooleanAtom) or (isinstance(e, int) and e == 0):
        raise StatementError("An equation is trivially true or false.", given=repr(e), expected="sp.Eq(lhs, rhs)")
    else:
        sides = (e, sp.S.Zero)
    for side in sides:
        if isinstance(side, sp.MatrixBase):
            raise StatementError(
                "An equation is a vector.", given=str(side), expected="one equation for each component"
            )
    try:
        left, right = (expression(side, "A side of an equation") for side in sides)
    except ArgumentError as error:
        raise StatementError(
            "An equation is not an expression of finite numbers.",
            given=repr(e),
            expected="sp.Eq(lhs, rhs), or an expression that vanishes",
        ) from error
    return sp.Eq(left, right, evaluate=False)


def as_condition(c: Any) -> Condition:
    """A condition."""
    if isinstance(c, Condition):
        return c
    raise StatementError(
        "This is not a condition.", given=repr(c), expected="Initial, Dirichlet, Neumann, Robin or Mean"
    )
