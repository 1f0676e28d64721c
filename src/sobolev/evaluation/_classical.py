"""A comparison without learning: classical solutions of one statement on a mesh, set beside each other and a reference.

Operators learn between grids; what is solved on a mesh has none. There solutions stand beside each other: those given,
finite elements at several resolutions and (steady) adapted to several tolerances, and the guesses that cost nothing,
all scored against a reference of smaller tolerance by quadrature on their own cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, Result, SobolevError, UnsupportedError, precision_context, progress
from ..domains import Box
from ..equations import Problem, draw
from ..methods import FiniteElement, reference, solve
from ..solutions import ErrorTable, Solution
from ..spaces import FiniteElement as Space
from ._comparison import Comparison
from ._conditions import conditions
from ._contenders import fault
from ._entries import Cost, Entry, FrontPoint, Reference, Run
from ._errors import JOINT, Errors
from ._exhibits import Exhibits
from ._pictures import error_picture, geometry_picture, mesh_pictures, solution_picture
from ._rules import FLOOR_FACTOR
from ._setting import learnable_method
from ._trivial import constants_on_cells

_FAULTS = (SobolevError, MemoryError, jax.errors.JaxRuntimeError)
_TOLERANCES = (1e-2, 1e-3)  # of the adapted runs of the front
_RESOLUTIONS = {2: (8, 16, 32, 64), 3: (4, 8, 12)}  # cells across, of the uniform ones
_REFERENCE = 1e-4
_PATIENCE = 10.0  # seconds of work that the next run may be expected to take
_LONG = 30.0  # the same, of the reference's


def is_on_mesh(problem: Problem) -> bool:
    """Whether the statement is one for meshes: no method on the grid of a box takes it."""
    if problem.space is None or problem.eigenvalue is not None:
        return False
    return not isinstance(problem.space, Box) or isinstance(learnable_method(problem), FiniteElement)


def compare_classically(
    problem: Problem, contenders: Mapping[str, Any], quiet: bool, *, key: PRNGKeyArray
) -> Comparison:
    """Rows and front for the statement as the first solution solves it, or else for one draw of its random inputs."""
    solved = _solutions(problem, contenders)
    given = next((s.problem for s in solved.values() if s.problem is not None), None)
    with precision_context("double"):
        member = given or (draw(problem, key=key) if problem.is_random else problem)
    with progress("Comparing: classical runs", None, quiet=quiet) as advance:
        truth = reference(member, FiniteElement(), tolerance=_REFERENCE, patience=_LONG, throw=False, quiet=True)
        advance(1, note=f"reference, {_size(truth)}")
        runs = _runs(member, lambda note: advance(1, note=note))
    bar = truth.error_bar
    front = tuple(_point(name, run, truth) for name, run in runs)
    entries = [_entry(name, s, member, truth) for name, s in solved.items()]
    entries += [
        Entry(name, "trivial", (Run(_errors(table)),), notes=("costs nothing",))
        for name, table in constants_on_cells(truth).items()
    ]
    facts = conditions(precision="double", unknowns_of_the_reference=_size(truth))
    how = f"finite elements on {_size(truth)}"
    found = Reference(how, None if bar is None else bar.relative_l2)
    ended = [(name, run) for name, run in runs if isinstance(run, Solution)]
    shown = Exhibits(
        pictures=(
            ("Geometry", tuple(geometry_picture(member))),
            ("Reference", tuple(solution_picture(truth))),
            ("Meshes and estimated errors", tuple(mesh_pictures(truth))),
            *((f"Error of {name}", tuple(error_picture(run, truth))) for name, run in ended[-1:]),
        )
    )
    return Comparison(problem.name, tuple(entries), front, found, _rules(found, front, entries), facts, member, shown)


def _solutions(problem: Problem, contenders: Mapping[str, Any]) -> dict[str, Solution]:
    for name, what in contenders.items():
        if not isinstance(what, Solution):
            raise UnsupportedError(
                f"'{problem.name}' is solved on a mesh: operators here learn on the grids of boxes.",
                given=f"{name}: {type(what).__name__}",
                expected="solutions (sv.solve), or a statement on a box that a method on grids takes",
                fix="sv.compare(problem, [sv.solve(problem)], key=...)",
            )
    return dict(contenders)


def _runs(problem: Problem, done: Callable[[str], None]) -> list[tuple[str, Solution | str]]:
    """Uniform meshes, then adapted ones where the statement is steady; a failure is kept as its text (R12)."""
    found: list[tuple[str, Solution | str]] = []

    def run(name: str, **how: Any) -> Solution | None:
        try:
            solution = solve(problem, FiniteElement(), patience=_PATIENCE, throw=False, quiet=True, **how)
        except _FAULTS as error:
            found.append((name, fault(error)))
            return None
        sizes = [_size(s) for _, s in found if isinstance(s, Solution)]
        if _size(solution) in sizes:  # the first meshes were good enough for two tolerances
            return solution
        towards = name if solution.result is Result.successful else f"{name} (not reached)"
        found.append((f"{towards}: {_size(solution)}", solution))
        done(found[-1][0])
        return solution

    spent, before = 0.0, 1
    for cells in _RESOLUTIONS[problem.ndim]:
        if spent * (cells / before) ** (problem.ndim + 0.5) > _PATIENCE:
            break
        solution = run(f"{cells} cells across", resolution=cells)
        spent, before = 0.0 if solution is None else solution.statistics.run_seconds, cells
    if problem.is_steady:
        for tolerance in _TOLERANCES:
            run(f"adapted to {tolerance:g}", tolerance=tolerance)
    return found


def _point(name: str, run: Solution | str, truth: Solution) -> FrontPoint:
    if isinstance(run, str):
        return FrontPoint("FiniteElement", name, math.inf, math.inf, failure=run)
    spent = run.statistics
    label, error = f"FiniteElement (order {run.method.order})", _joint(run.compare(truth))
    if error < 1e-14 and truth.error_bar is not None:  # the reference's own mesh: its estimated error, not nothing
        error = truth.error_bar.relative_l2
    return FrontPoint(label, name, error, spent.run_seconds, spent.compile_seconds)


def _entry(name: str, solution: Solution, member: Problem, truth: Solution) -> Entry:
    try:
        _check_same(solution, member)
        found = _errors(solution.compare(truth))
    except _FAULTS as error:
        return Entry(name, "classical", failure=fault(error))
    spent, bar = solution.statistics, solution.error_bar
    own = () if bar is None else (f"its own error bar {bar.relative_l2:.1e}",)
    cost = Cost(0.0, 0.0, spent.compile_seconds, spent.run_seconds)
    return Entry(name, "classical", (Run(found, cost),), notes=(_size(solution), *own))


def _check_same(solution: Solution, member: Problem) -> None:
    mine = solution.problem
    if mine is not None and (str(mine) != str(member) or _bound(mine) != _bound(member)):
        raise ArgumentError(
            "The solutions are of different statements.",
            given=f"{mine.name} with {_bound(mine)}",
            expected=f"{member.name} with {_bound(member)}",
            fix="solve the same statement, with the same values",
        )


def _bound(problem: Problem) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(problem.values.items())) or "its own values"


def _errors(table: ErrorTable) -> Errors:
    kinds = {
        row.field: {
            "relative_l2": np.array([row.relative_l2]),
            "max": np.array([row.relative_max]),
            "relative_h1": np.array([row.relative_h1]),
        }
        for row in table.rows
    }
    return {JOINT: {"relative_l2": np.array([_joint(table)])}, **kinds}


def _joint(table: ErrorTable) -> float:
    """Root mean square over the fields: each counts the same."""
    return float(np.sqrt(np.mean([row.relative_l2**2 for row in table.rows])))


def _size(solution: Solution) -> str:
    assert isinstance(solution.space, Space)
    return f"{solution.space.size} nodes"


def _rules(truth: Reference, front: tuple[FrontPoint, ...], entries: list[Entry]) -> dict[str, str]:
    bar = "not known" if truth.bar is None else f"about {truth.bar:.1e}"
    floor = "" if truth.bar is None else f"; scores up to {FLOOR_FACTOR * truth.bar:.1e} are at its floor"
    failed = [p.resolution for p in front if p.failure] + [e.name for e in entries if e.failure]
    return {
        "R1": f"error–cost front of {len(front)} runs",
        "R2": "finite elements: the only classical method here for statements on meshes",
        "R3": f"truth: {truth.how}; its own error {bar}{floor}",
        "R5": f"trivial rows: {', '.join(e.name for e in entries if e.kind == 'trivial')}; nothing is learned",
        "R6": "nothing random was compared",
        "R7": "relative L2, max and H1 of each field, by quadrature on the cells",
        "R9": "one machine, double precision, compiling and meshing apart",
        "R10": "the reference is solved here, by itself; what is as accurate stands at its floor",
        "R12": f"failed, kept as rows: {', '.join(failed)}" if failed else "nothing failed",
    }
