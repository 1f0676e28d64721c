"""Solving a case with its contenders, and scoring them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sobolev as sv
from sobolev import Problem
from sobolev.methods import AbstractMethod

from ._case import Answer, Attempt, Case, Contender, Exact, Places

SHARED = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Score:
    """Relative L2 error per unknown (None: it failed, and `why`), and seconds after compilation."""

    contender: str
    size: str
    errors: dict[str, float] | None
    seconds: float = float("nan")
    compiling: float = float("nan")
    why: str = ""

    @property
    def worst(self) -> float:
        return max(self.errors.values()) if self.errors else float("nan")


def attempt(case: Case, contender: Contender, size: Any) -> Attempt:
    """One solve of the case's statement by one contender."""
    if not isinstance(contender.method, AbstractMethod):
        return contender.method(case, size)
    return solved(case.statement(), contender.method, size, contender.tolerance, case.times)


def solved(problem: Problem, method: AbstractMethod, size: Any, tolerance: float, times: Any = None) -> Attempt:
    """One solve; its seconds are those after meshing, numbering and compilation, factorisation included."""
    options: dict[str, Any] = {"times": times} if problem.is_evolution else {}
    if isinstance(size, float):  # a tolerance, to which the method refines by itself
        options |= {"tolerance": size, "throw": False}
    else:
        options |= {"tolerance": tolerance, "resolution": size}
    solution = sv.solve(problem, method, quiet=True, **options)
    statistics = solution.statistics

    def evaluate(places: Places) -> Answer:
        return {name: np.asarray(solution[name](**places)) for name in solution.names}

    return Attempt(evaluate, statistics.run_seconds, statistics.compile_seconds, label(size))


def label(size: Any) -> str:
    """A size in words: points per side, or the tolerance asked for."""
    return f"to {size:g}" if isinstance(size, float) else " × ".join(map(str, np.atleast_1d(size)))


def distances(case: Case, found: Answer, truth: Answer) -> dict[str, float]:
    """Relative L2 distance of each scored unknown."""
    errors = {}
    for name in case.measured or truth:
        a, b = np.asarray(found[name]), np.asarray(truth[name])
        if name in case.free_constant:
            a, b = a - a.mean(), b - b.mean()
        errors[name] = float(np.linalg.norm(a - b) / np.linalg.norm(b))
    return errors


def the_truth(case: Case) -> tuple[Answer, Attempt | None, float]:
    """Values at the case's places, the attempt they come from, and their own error."""
    places = case.places()
    if isinstance(case.truth, Exact):
        return case.truth.answer(places), None, 0.0
    contender = case.truth.contender
    coarse, fine = (attempt(case, contender, size) for size in contender.sizes[-2:])
    answer = fine.evaluate(places)
    return answer, fine, max(distances(case, coarse.evaluate(places), answer).values())


def scores(case: Case, truth: Answer) -> Iterator[Score]:
    """Every contender at every size; what fails says why."""
    places = case.places()
    for contender in case.contenders:
        for size in contender.sizes:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", sv.StatementWarning)
                    done = attempt(case, contender, size)
            except sv.SobolevError as error:
                yield Score(contender.name, label(size), None, why=str(error).splitlines()[0])
                continue
            errors = distances(case, done.evaluate(places), truth)
            yield Score(contender.name, done.size, errors, done.seconds, done.compiling)


def checked(case: Case, evaluate: object) -> list[tuple[str, float, float, bool]]:
    """(place, found, expected, within) of each of the case's check values."""
    rows = []
    for check in case.checks:
        places = {name: np.asarray([value]) for name, value in check.where.items()}
        found = float(evaluate(places)[check.unknown].ravel()[0])
        where = ", ".join(f"{k} = {v:g}" for k, v in check.where.items())
        rows.append((f"{check.unknown}({where})", found, check.value, abs(found - check.value) <= check.within))
    for file in case.files:
        if not (SHARED / file.name).exists():
            rows.append((f"{file.name}: not compared, ../shared/data has no such file", float("nan"), 0.0, True))
            continue
        nodes, values = file.read(SHARED / file.name)
        for name, distance in distances(case, evaluate(nodes), values).items():
            limit = file.within[name]
            rows.append((f"{name}: distance to {file.name}, at most {limit:g}", distance, 0.0, distance <= limit))
    return rows
