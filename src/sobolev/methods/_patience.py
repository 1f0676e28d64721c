"""How long a solve is expected to take, counted in work: the same on every machine, however busy it is."""

from __future__ import annotations

import math

from ..equations import Problem
from ._abstract import AbstractMethod, Outcome
from ._chebyshev import Chebyshev
from ._finite_difference import FiniteDifference
from ._finite_element import FiniteElement

PATIENCE = 100.0  # seconds of work the next level may be expected to take, when the tolerance is only a goal
# Seconds of one core of 2024 for an unknown and a step (or iteration), by dimension: what is factorised fills up.
_FACTORISED = {1: 5e-7, 2: 2e-5, 3: 2e-4}
_TRANSFORMED = 3e-7
_DENSE = 2e-10  # and a matrix of so many rows squared, for an unknown
_GROWTH = 1.3  # of work with the number of points: steps grow as well


def work_of(problem: Problem, method: AbstractMethod, points: int, outcome: Outcome) -> float:
    """Unknowns × steps × what one of them costs, in seconds of a core that does nothing else."""
    unknowns = points * len(problem.unknowns) * (2 if problem.is_complex else 1)
    steps = max((int(v) for v in outcome.steps.values()), default=1)
    if isinstance(method, Chebyshev):
        each = _DENSE * unknowns**2
    elif isinstance(method, FiniteDifference | FiniteElement):
        each = _FACTORISED[problem.ndim]
    else:
        each = _TRANSFORMED
    return unknowns * max(1, steps) * each


def expected_work(work: float, old: tuple[int, ...], new: tuple[int, ...]) -> float:
    """The work of a level with `new` points, from that of one with `old`."""
    return work * (math.prod(new) / math.prod(old)) ** _GROWTH
