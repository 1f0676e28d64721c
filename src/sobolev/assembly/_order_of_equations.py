"""What orders of derivatives decide: which equation is whose, and how small explicit steps must be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.optimize
import sympy as sp
from sympy.core.function import AppliedUndef

from ..equations import Problem, expand_divergences
from ._clock import clock


def matched(expressions: Sequence[sp.Expr], unknowns: Sequence[AppliedUndef]) -> list[sp.Expr]:
    """Expressions in the order of the unknowns whose highest derivatives they hold: equation i decides unknown i."""
    cost = np.zeros((len(unknowns), len(expressions)))
    for j, e in enumerate(expressions):
        e = expand_divergences(e)
        for i, u in enumerate(unknowns):
            orders = [d.derivative_count for d in e.atoms(sp.Derivative) if d.expr == u]
            cost[i, j] = -max(orders, default=0) if e.has(u) else 1e3
    rows, columns = scipy.optimize.linear_sum_assignment(cost)
    return [expressions[columns[list(rows).index(i)]] for i in range(len(unknowns))]


def is_stiff(problem: Problem) -> bool:
    """Whether an explicit step must shrink faster than the grid spacing.

    ∂ₜᵐu driven by ∂ⁿ of something whose own time derivative is k has step ~ h^(n / (m − k)): stiff if n > m − k.
    Diagnostics, which respond at once, count as stiff.
    """
    if problem.diagnostics:
        return True
    time, space = clock(problem).coordinate, set(problem.coordinates)
    for e in problem.expanded:
        m = max((problem.time_order_of(u) for u in problem.unknowns if e.has(u)), default=1)
        for d in e.atoms(sp.Derivative):
            counts = dict(d.variable_count)
            if sum(int(n) for c, n in counts.items() if c in space) > max(m - int(counts.get(time, 0)), 0):
                return True
    return False
