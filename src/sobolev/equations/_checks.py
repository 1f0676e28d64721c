"""Self-checks of a statement, run when a `Problem` is made and when its values are replaced.

They refuse, by `StatementError` with what was given, expected and the fix: symbols that mean nothing, equations and
unknowns that do not match, missing, surplus or contradictory conditions, nullspaces that nothing fixes, sources that
do not balance where only derivatives are given, data that are not periodic where the box is, and values that are not
numbers. Jumps between conditions give a `StatementWarning`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ._check_balance import check_balance
from ._check_boundary import check_boundary
from ._check_data import check_jumps, check_periodic
from ._check_eigen import check_eigen
from ._check_nullspace import check_means
from ._check_symbols import check_equations, check_symbols
from ._check_time import check_initial
from ._check_values import check_exact, check_inputs, check_random_initial, check_value

if TYPE_CHECKING:
    from ._problem import Problem


def check_statement(problem: Problem) -> None:
    """Refuses what cannot be solved as stated, with the reason and the fix."""
    check_symbols(problem)
    check_equations(problem)
    check_eigen(problem)
    check_inputs(problem)
    check_initial(problem)
    check_boundary(problem)
    check_means(problem)
    check_random_initial(problem)
    check_exact(problem)
    check_values(problem, problem.values)


def check_values(problem: Problem, changed: Iterable[str]) -> None:
    """The checks that depend on what names are bound to; `changed` names the new values."""
    for name in changed:
        check_value(problem, name)
    check_periodic(problem)
    check_jumps(problem)
    check_balance(problem)
