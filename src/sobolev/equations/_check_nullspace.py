"""Checks of what the equations leave free: constants that no condition fixes, and means that fix too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from .._core import StatementError
from ._calculus import Divergence
from ._conditions import Mean, Robin
from ._symbols import Unknown

if TYPE_CHECKING:
    from ._problem import Problem


def check_means(problem: Problem) -> None:
    """`Mean(u, …)` exactly where u is free up to a constant: no time derivative, no zeroth-order term, no boundary
    condition with u itself."""
    for u in problem.unknowns:
        name, means = u.func.__name__, problem.conditions_of(u, Mean)
        if means and problem.space is None:
            raise StatementError(
                f"'{problem.name}' has a mean but no space.", given=str(means[0]), expected="initial conditions only"
            )
        if len(means) > 1:
            raise StatementError(
                f"'{problem.name}' has two means of {name}.", given=", ".join(map(str, means)), expected="one"
            )
        for m in means:
            if m.value.free_symbols & set(problem.coordinates):
                raise StatementError(
                    f"The mean of {name} in '{problem.name}' varies in space.", given=str(m), expected="one number"
                )
        is_free = _is_free_up_to_a_constant(problem, u)
        if is_free and not means:
            kind = "periodic" if problem.is_periodic else "Neumann"
            raise StatementError(
                f"Nothing fixes the constant in {name} in '{problem.name}'.",
                given=", ".join(map(str, problem.conditions)) or f"no conditions on a {kind} box",
                expected=f"a condition that contains {name} itself: the equations see its derivatives only",
                fix=f"add Mean({name}, 0), or a Dirichlet or Robin condition",
            )
        if means and not is_free:
            raise StatementError(
                f"Mean({name}, ...) is one condition too many in '{problem.name}'.",
                given=", ".join(map(str, problem.conditions)),
                expected=f"a mean only where {name} is otherwise free up to a constant",
                fix=f"leave out {means[0]}",
            )


def _is_free_up_to_a_constant(problem: Problem, u: Any) -> bool:
    if problem.time_order_of(u) or problem.space is None:
        return False
    if any(_contains_bare(e, u) for e in _determining(problem, u)):
        return False
    return not any(c.alpha != 0 for c in problem.conditions_of(u, Robin))


def _determining(problem: Problem, u: Any) -> list[sp.Expr]:
    """The equations that determine u: of an evolution the constraints in which it occurs, which have no time
    derivative; that its mean enters the rate of another unknown does not determine it. All of them otherwise."""
    if problem.time is None:
        return list(problem.residuals)
    t = problem.time.coordinate
    constraints = [e for e in problem.residuals if e.has(u) and not _differentiated_in(e, t)]
    return constraints or list(problem.residuals)


def _differentiated_in(e: sp.Expr, t: sp.Symbol) -> bool:
    """Whether an unknown is differentiated with respect to t."""
    return any(t in d.variables and isinstance(d.expr, Unknown) for d in e.atoms(sp.Derivative))


def _contains_bare(expression: sp.Basic, u: Any) -> bool:
    """Whether u occurs outside of derivatives. The outer divergence of a flux counts as a derivative."""
    if expression == u:
        return True
    if isinstance(expression, sp.Derivative):
        return False
    if isinstance(expression, Divergence):
        return _contains_bare(expression.doit(), u)
    return any(_contains_bare(a, u) for a in expression.args)
