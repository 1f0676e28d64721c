"""What can be compared, brought to one form: fitted operators by seed, or the reason why there are none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, Precision, SobolevError
from ..data import Task
from ..operators import AbstractArchitecture, AbstractEstimator, AbstractOperator
from ..solutions import Solution
from ..training import FitResult, Training, fit
from ._exhibits import Curve
from ._predicting import Predictor
from ._trial import EvolutionMap, as_map

_FEW = 5  # epochs below which a row says how short its training was
_FAULTS = (SobolevError, MemoryError, jax.errors.JaxRuntimeError)


@dataclass(frozen=True)
class Learned:
    """Operators learned elsewhere, one per seed, with the seconds that each took to train and to compile, and those of
    their data (None: not known). `origin` says in a few words where, for the remarks of their row."""

    operators: tuple[AbstractOperator, ...]
    training: tuple[float, ...]
    compilation: tuple[float, ...]
    data: float | None = None
    origin: str = "learned elsewhere"


@dataclass(frozen=True)
class Baseline:
    """An estimator that is in the table because rule R5 asks for it, not because the user did."""

    what: AbstractEstimator


@dataclass(frozen=True)
class Contender:
    """A name, its fitted operators by seed (None: nothing random), what each cost, and what went wrong.

    `data`: seconds of the data it learned from; `origin`: where it was learned, if not here.
    """

    name: str
    fits: tuple[tuple[int | None, AbstractOperator, float, float], ...]  # seed, operator, training s, compilation s
    predictor: Predictor
    data: float | None = None
    failure: str = ""
    curves: tuple[Curve, ...] = ()
    is_trivial: bool = False
    origin: str = ""
    remarks: tuple[str, ...] = ()


def named(contenders: Any) -> dict[str, Any]:
    """Contenders by name; the same name twice is numbered."""
    if isinstance(contenders, Mapping):
        return dict(contenders)
    items = list(contenders) if isinstance(contenders, Sequence) else [contenders]
    found: dict[str, Any] = {}
    for item in items:
        base = _name(item)
        name, number = base, 1
        while name in found:
            number += 1
            name = f"{base} ({number})"
        found[name] = item
    return found


def prepared(
    name: str,
    what: Any,
    task: Task,
    how: EvolutionMap | None,
    training: Training | None,
    seeds: int,
    directory: Path | None,
    quiet: bool,
    *,
    key: PRNGKeyArray,
) -> Contender:
    """Trains architectures (once per seed) and estimators, takes operators and fits as they are (R6, R12)."""
    data = task.provenance.get("seconds")
    match what:
        case AbstractOperator():
            predictor = Predictor(how, _precision(training))
            remarks = ("seeds, data and training not known: N* is a lower bound",)
            return Contender(name, ((None, what, 0.0, 0.0),), predictor, origin="learned elsewhere", remarks=remarks)
        case Learned():
            rows = zip(what.operators, what.training, what.compilation, strict=True)
            fits = tuple((seed, *row) for seed, row in enumerate(rows))
            return Contender(name, fits, Predictor(how, _precision(training)), what.data, origin=what.origin)
        case FitResult():
            return _fitted(name, [(0, what)], how, data, origin="fitted before")
        case [*fits] if all(isinstance(f, FitResult) for f in fits) and fits:
            return _fitted(name, list(enumerate(fits)), how, data, origin="fitted before")
        case AbstractArchitecture() | AbstractEstimator() | Baseline():
            return _trained(name, what, task, how, training, seeds, directory, quiet, data, key=key)
    raise ArgumentError(
        "This cannot be compared.",
        given=repr(what)[:80],
        expected="an architecture, an estimator, an operator, what sv.fit returned (one, or one per seed), a Solution",
    )


def _trained(
    name: str,
    what: AbstractArchitecture | AbstractEstimator | Baseline,
    task: Task,
    how: EvolutionMap | None,
    training: Training | None,
    seeds: int,
    directory: Path | None,
    quiet: bool,
    data: float | None,
    *,
    key: PRNGKeyArray,
) -> Contender:
    is_trivial = isinstance(what, Baseline)
    recipe = what.what if isinstance(what, Baseline) else what
    is_random = isinstance(recipe, AbstractArchitecture)
    results: list[tuple[int | None, FitResult]] = []
    try:
        learnable = as_map(task, how)
        for seed in range(seeds) if is_random else [None]:
            place = None if directory is None or seed is None else directory / f"{slug(name)}-seed{seed}"
            of_seed = jax.random.fold_in(key, seed or 0)
            results.append((seed, fit(recipe, learnable, training, directory=place, quiet=quiet, key=of_seed)))
    except _FAULTS as error:
        predictor = Predictor(how, _precision(training))
        return Contender(name, (), predictor, data, fault(error), is_trivial=is_trivial)
    return _fitted(name, results, how, data, is_trivial=is_trivial, precision=_precision(training))


def _fitted(
    name: str,
    results: Sequence[tuple[int | None, FitResult]],
    how: EvolutionMap | None,
    data: float | None,
    *,
    is_trivial: bool = False,
    origin: str = "",
    precision: Precision = "single",
) -> Contender:
    """What `fit` returned, by seed; estimators have none, and compute in double precision."""
    is_estimator = all(isinstance(r.what, AbstractEstimator) for _, r in results)
    fits = tuple(
        (None if is_estimator else seed, r.operator, r.seconds.get("train", 0.0), r.seconds.get("compile", 0.0))
        for seed, r in results
    )
    ended = {r.result.name for _, r in results} - {"successful"}
    remarks = tuple(f"training ended {word}" for word in sorted(ended)) + _short(results)
    predictor = Predictor(how, "double" if is_estimator else precision)
    return Contender(
        name,
        fits,
        predictor,
        data,
        curves=_curves(name, results),
        is_trivial=is_trivial,
        origin=origin,
        remarks=remarks,
    )


def _short(results: Sequence[tuple[int | None, FitResult]]) -> tuple[str, ...]:
    """That the minutes given were over before the data had been seen a few times (compiling counts in them)."""
    epochs = [r.history[-1]["epoch"] for _, r in results if r.history]
    if not epochs or min(epochs) >= _FEW:
        return ()
    return (f"trained for {min(epochs):.3g} epochs only",)


def fault(error: BaseException) -> str:
    """An error in one line, as a row shows it."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def _curves(name: str, results: Sequence[tuple[int | None, FitResult]]) -> tuple[Curve, ...]:
    found = []
    for seed, result in results:
        rows = result.history
        if rows:
            checked = [r for r in rows if "validation" in r]
            found.append(
                Curve(
                    f"{name}, seed {seed}",
                    *_column(rows, "step", "loss"),
                    *_column(checked, "step", "validation"),
                )
            )
    return tuple(found)


def _column(rows: Sequence[dict], *names: str):
    import numpy as np

    return tuple(np.array([row[name] for row in rows], float) for name in names)


def _precision(training: Training | None) -> Precision:
    return (training or Training()).execution.precision


def _name(item: Any) -> str:
    match item:
        case FitResult():
            return type(item.what).__name__
        case [*fits] if fits:
            return _name(fits[0])
        case Solution():
            return f"{type(item.method).__name__} {' × '.join(map(str, item.resolution))}".strip()
    return type(item).__name__


def slug(name: str) -> str:
    """`name` as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
