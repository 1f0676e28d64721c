"""sv.reference: a solution with an error bar that others can be judged by."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from .._core import ConvergenceError, Precision
from ..equations import Problem
from ..solutions import ErrorBar, Solution
from ..spaces import FiniteElement
from ._abstract import AbstractMethod
from ._patience import PATIENCE
from ._solve import solve


def reference(
    problem: Problem,
    method: AbstractMethod | None = None,
    *,
    tolerance: float | None = None,
    times: Sequence[float] | None = None,
    precision: Precision | None = None,
    patience: float = PATIENCE,
    throw: bool = True,
    quiet: bool = False,
) -> Solution:
    """Solves until two resolutions agree to `tolerance`, and keeps its own error bar and residual.

    The same as `sv.solve` without a fixed resolution, with two additions to `error_bar`:

    - where the statement has an exact solution, the errors against it replace those between the two resolutions
      (`source` says which);
    - `residual`: the relative residual of the statement (the worst equation), evaluated from the solution as a
      function on a grid finer than its own (rules R3 and R4 of the comparison); not for finite elements.
    """
    solution = solve(
        problem,
        method,
        tolerance=tolerance,
        times=times,
        precision=precision,
        patience=patience,
        throw=throw,
        quiet=quiet,
    )
    bar = solution.error_bar
    if bar is None:
        raise ConvergenceError(
            f"No two levels of '{problem.name}' could be compared.",
            given=f"{solution.result.name}: {solution.result.value}",
            expected="two resolutions, for an error bar",
        )
    if problem.exact is not None and len(problem.exact) == len(problem.unknowns):
        table = solution.compare()
        bar = ErrorBar(table.relative_l2, table.relative_max, "exact solution", bar.interpolation)
    if not isinstance(solution.space, FiniteElement):  # whose second derivatives are no functions
        bar = dataclasses.replace(bar, residual=max(solution.residual().values()))
    return solution.with_error_bar(bar)
