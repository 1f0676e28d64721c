"""A finished solution as a row: scored on the one member of the family that it solves."""

from __future__ import annotations

import jax
import numpy as np

from .._core import SobolevError, UnsupportedError
from ..equations import Problem
from ..fields import FieldSpec
from ..methods import solve
from ..solutions import Solution, on_grid
from ._contenders import fault
from ._entries import Cost, Entry, Run
from ._errors import errors
from ._setting import Setting, finest_of

_FAULTS = (SobolevError, MemoryError, jax.errors.JaxRuntimeError)
_TOLERANCE = 1e-6  # of the reference's steps and iterations


def solution_row(name: str, solution: Solution, setting: Setting) -> Entry:
    """Errors against the reference's method at its finest resolution, solving for the same inputs.

    A solution belongs to one member of the family, not to the test inputs: its row says so, and stands beside no front
    (R1) and no other row (R6). Its cost is its own solve's. What cannot be scored becomes the row's text (R12).
    """
    where = "its own inputs"
    try:
        found = _errors(solution, setting)
    except _FAULTS as error:
        return Entry(name, "classical", where=where, failure=fault(error))
    spent = solution.statistics
    cost = Cost(0.0, 0.0, spent.compile_seconds or 0.0, spent.run_seconds or 0.0)
    bar = solution.error_bar
    own = () if bar is None else (f"its own error bar {bar.relative_l2:.1e}",)
    return Entry(name, "classical", (Run(found, cost),), where=where, notes=("one member, not the test inputs", *own))


def _errors(solution: Solution, setting: Setting):
    problem, finest = solution.problem, finest_of(setting.levels)
    if problem is None or setting.problem is None or setting.method is None or finest is None:
        raise UnsupportedError("There is no reference to set this solution beside.")
    _check_same(problem, setting.problem)
    reference = solve(
        problem, setting.method, tolerance=None, resolution=finest.resolution or None, precision="double", quiet=True
    )
    grid, times = setting.task.output_spec.grid, solution.times
    if times is not None:
        times = times[1:]  # the given start does not count (R10)
    ours, theirs = (on_grid(s.field, grid, times)[None] for s in (solution, reference))
    spec = FieldSpec(problem.unknown_names, grid)
    return errors(ours, theirs, spec, times=None if times is None else np.asarray(times), problem=problem)


def _check_same(mine: Problem, family: Problem) -> None:
    if mine.unknown_names != family.unknown_names or str(mine.domain) != str(family.domain):
        raise UnsupportedError(
            "The solution is of another statement.",
            given=f"{', '.join(mine.unknown_names)} on {mine.domain}",
            expected=f"{', '.join(family.unknown_names)} on {family.domain}",
        )
