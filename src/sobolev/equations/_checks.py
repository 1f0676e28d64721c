"""Self-checks of a statement, run when a `Problem` is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._problem import Problem


def check_statement(problem: Problem) -> None:
    """Refuses what cannot be solved as stated, with the reason and the fix."""
