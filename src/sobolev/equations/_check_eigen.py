"""Checks of eigenproblems: one unknown number, and one condition on the size of what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core import StatementError
from ._conditions import Normalised
from ._symbols import Eigenvalue

if TYPE_CHECKING:
    from ._problem import Problem


def check_eigen(problem: Problem) -> None:
    """An `sv.eigenvalue` and a `Normalised` condition come together, one of each, in a problem without time."""
    numbers = sorted({s.name for e in problem.residuals for s in e.atoms(Eigenvalue)})
    sizes = [c for c in problem.conditions if isinstance(c, Normalised)]
    if not numbers and not sizes:
        return
    if len(numbers) > 1:
        raise StatementError(
            f"'{problem.name}' has several eigenvalues.", given=", ".join(numbers), expected="one unknown number"
        )
    if problem.time is not None:
        raise StatementError(
            f"The eigenproblem '{problem.name}' has time.", given=str(problem.domain), expected="space"
        )
    if not numbers:
        raise StatementError(
            f"'{problem.name}' normalises a function whose size its equations fix.",
            given=str(sizes[0]),
            expected='an unknown number in the equations, E = sv.eigenvalue("E")',
        )
    if len(sizes) != 1:
        raise StatementError(
            f"The size of the eigenfunction of '{problem.name}' is {'not fixed' if not sizes else 'fixed twice'}.",
            given=", ".join(map(str, problem.conditions)),
            expected="one condition Normalised(u)",
        )
