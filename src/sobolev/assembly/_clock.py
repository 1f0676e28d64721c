"""The time of a statement that has one."""

from __future__ import annotations

from .._core import StatementError
from ..domains import Time
from ..equations import Problem


def clock(problem: Problem) -> Time:
    """The time interval of an evolution; `StatementError` for a statement without time."""
    if problem.time is None:
        raise StatementError(f"'{problem.name}' has no time.", expected="sv.Time(t, start, stop) in the domain")
    return problem.time
