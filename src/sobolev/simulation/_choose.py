"""Which method for thousands of solves: the strongest whose cost does not explode."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..equations import Problem
from ..methods import AbstractMethod, Chebyshev, FiniteDifference, choose

_DENSE_POINTS = 600  # a dense factorisation of so many unknowns takes about as long as a sparse one of 64 x 64


def method_for(problem: Problem, resolution: int | Sequence[int] | None) -> AbstractMethod:
    """The strongest method that applies; in place of Chebyshev on a large grid in several dimensions, differences.

    One solve may well factorise a dense matrix of all points (its cost grows with their cube); a family solved ten
    thousand times may not. Fourth-order differences take the same smooth statements at 10⁻³ of the cost on 64².
    """
    method, _ = choose(problem)
    counts = np.ravel(resolution or 32).tolist()
    points = math.prod(counts if len(counts) == problem.ndim else counts * problem.ndim)
    if isinstance(method, Chebyshev) and problem.ndim > 1 and points > _DENSE_POINTS:
        for sparse in (FiniteDifference(order=4), FiniteDifference()):
            if sparse.applies(problem):
                return sparse
    return method
