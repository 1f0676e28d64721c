"""`compare`: learned, classical and trivial rows under the rules R1–R12."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, UnsupportedError, progress
from ..data import Splits, Task, as_task
from ..equations import Problem
from ..operators import KernelRidge
from ..simulation import simulate
from ..solutions import Solution
from ..training import FinalTime, Training
from ._classical import compare_classically, is_on_mesh
from ._comparison import Comparison
from ._conditions import conditions
from ._contenders import Baseline, named, prepared
from ._entries import Entry
from ._exhibition import exhibits
from ._residual import with_residual
from ._rows import classical_rows, contender_row, outside_trials, with_batches
from ._rule_texts import rule_texts
from ._setting import Setting, drawn_setting, is_simulated, learnable_method, read_setting
from ._solution_row import solution_row
from ._trial import EvolutionMap
from ._trivial import constant_rows

_SAMPLES = 512
_TEST = 32
_PATIENCE = 15.0  # seconds for the classical sweep beyond the data's resolution


def compare(
    subject: Problem | Task,
    contenders: Any = (),
    *,
    data: Any = None,
    training: Training | None = None,
    seeds: int = 3,
    evolution: EvolutionMap | None = None,
    directory: str | Path | None = None,
    quiet: bool = False,
    key: PRNGKeyArray,
) -> Comparison:
    """Compares learned maps with each other, with the strongest classical method and with trivial rows.

    - `subject`: a statement, or a task read from files (then without a classical method, unless it has a statement);
    - `contenders`: architectures and estimators (trained here, architectures with `seeds` seeds), operators, what
      `fit` returned (or a list of these, one per seed), `Solution`s (scored on their own inputs); one, a list, or a
      mapping from names. Where a rule cannot be kept for what was learned elsewhere, its row says so;
    - `data`: what to learn from: a data set, store or task; None simulates 512 samples;
    - `training`: how; `evolution`: for tasks with times, what is learned (`FinalTime`, `OneStep`,
      `WholeTrajectory`; default `FinalTime()`);
    - `directory`: for checkpoints; the same call again resumes them.

    Where the data were simulated from the statement, everything is scored on fresh draws against a classical
    reference with its own error bar; data of other origin are scored on their test split. Statements that are solved on
    meshes compare solutions only, with each other and with finite elements of several sizes, for the values of the
    first solution (or one draw of the random inputs). See the rules in `Comparison.rules`; what cannot be satisfied is
    said there.
    """
    subject, data = _checked(subject, data, seeds)
    if isinstance(subject, Problem) and data is None and is_on_mesh(subject):
        return compare_classically(subject, named(contenders), quiet, key=key)
    of_data, of_test, of_fit, of_outside = jax.random.split(key, 4)
    task, problem = _task(subject, data, quiet, key=of_data)
    evolution = evolution or (FinalTime() if task.times is not None else None)
    with progress("Comparing: classical runs", None, quiet=quiet) as advance:
        setting = _setting(task, problem, evolution, lambda note: advance(1, note=note), key=of_test)
    asked = named(contenders)
    solved = {name: what for name, what in asked.items() if isinstance(what, Solution)}
    everyone = [
        prepared(name, what, task, evolution, training, seeds, _path(directory), quiet, key=of_fit)
        for name, what in _with_ridge({k: v for k, v in asked.items() if k not in solved}).items()
    ]
    entries: list[Entry] = []
    with progress("Comparing: scoring", None, quiet=quiet) as advance:
        for contender in everyone:
            entries.append(contender_row(contender, setting.trial, setting))
            advance(1, note=contender.name)
        setting = with_batches(setting, entries)
        outside = outside_trials(setting, evolution, key=of_outside)
        for trial, _ in outside:
            rows = [] if trial is None else [c for c in everyone if not c.is_trivial and not c.failure]
            entries += [contender_row(c, trial, setting) for c in rows]
        entries += [solution_row(name, solution, setting) for name, solution in solved.items()]
        entries += classical_rows(setting, evolution)
        entries += constant_rows(setting.trial, task, evolution, problem)
    entries.sort(key=lambda e: ("learned", "classical", "trivial").index(e.kind))
    facts = conditions(
        seeds=seeds,
        samples={
            "train": len(task.splits.train),
            "validation": len(task.splits.validation),
            "test": len(setting.trial),
        },
        precision=(training or Training()).execution.precision,
        training=repr(training or Training()),
    )
    texts = rule_texts(setting, entries, [words for _, words in outside], facts)
    shown = exhibits(everyone, entries, setting, evolution)
    title = problem.name if problem is not None else task.name
    operators = {c.name: tuple(f[1] for f in c.fits) for c in everyone if c.fits and not c.is_trivial}
    return Comparison(title, tuple(entries), setting.front, setting.reference, texts, facts, problem, shown, operators)


def _setting(
    task: Task,
    problem: Problem | None,
    evolution: EvolutionMap | None,
    done: Callable[[str], None],
    *,
    key: PRNGKeyArray,
) -> Setting:
    if problem is not None and problem.is_random and is_simulated(task, problem):
        setting = drawn_setting(task, problem, evolution, _TEST, _PATIENCE, done, key=key)
    else:
        setting = read_setting(task, problem, evolution, _TEST, _PATIENCE, done)
    return with_residual(setting)


def _task(subject: Problem | Task, data: Any, quiet: bool, *, key: PRNGKeyArray) -> tuple[Task, Problem | None]:
    """What is to be learned, and the statement as a family."""
    if isinstance(subject, Task):
        return subject, subject.problem
    family = subject if subject.is_random else subject.random()
    if data is None:
        made = simulate(family, _SAMPLES, method=learnable_method(family), quiet=quiet, key=key)
        return as_task(made, problem=family, splits=Splits.of(_SAMPLES, 0.1, 0)), family
    return as_task(data, problem=family), family


def _with_ridge(contenders: dict[str, Any]) -> dict[str, Any]:
    """Kernel ridge is always in the table (R5); where the user asks for it, as one of the learned rows."""
    if any(isinstance(c, KernelRidge) for c in contenders.values()):
        return contenders
    return {**contenders, "kernel ridge": Baseline(KernelRidge())}


def _checked(subject: Any, data: Any, seeds: Any) -> tuple[Problem | Task, Any]:
    if not isinstance(subject, Problem | Task):
        raise ArgumentError(
            "compare takes a statement or a task.", given=repr(subject)[:80], expected="sv.Problem(...) or a Task"
        )
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise ArgumentError("seeds is no count.", given=repr(seeds), expected="an integer >= 1")
    if isinstance(subject, Problem) and subject.is_ode:
        raise UnsupportedError(
            f"'{subject.name}' has no space: there is no map between fields to learn.",
            given=str(subject.domain),
            expected="a statement on a box",
            fix="sv.solve(problem) is all it needs",
        )
    if isinstance(subject, Task) and data is not None:
        raise ArgumentError("A task brings its own data.", given="data=", fix="compare(task, ...) without data")
    return subject, data


def _path(directory: str | Path | None) -> Path | None:
    return None if directory is None else Path(directory)
