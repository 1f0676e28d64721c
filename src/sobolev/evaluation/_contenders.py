"""What can be compared, brought to one form: fitted operators by seed, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, Precision, SobolevError
from ..data import Task
from ..operators import AbstractArchitecture, AbstractEstimator, AbstractOperator
from ..training import FitResult, Training, fit
from ._exhibits import Curve
from ._predicting import Predictor
from ._trial import EvolutionMap, as_map

_FAULTS = (SobolevError, MemoryError, jax.errors.JaxRuntimeError)


@dataclass(frozen=True)
class Contender:
    """A name, its fitted operators by seed (None: nothing random), what each cost, and what went wrong."""

    name: str
    fits: tuple[tuple[int | None, AbstractOperator, float, float], ...]  # seed, operator, training s, compilation s
    predictor: Predictor
    failure: str = ""
    curves: tuple[Curve, ...] = ()
    is_trivial: bool = False


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
    precision: Precision = "double" if isinstance(what, AbstractEstimator) else _precision(training)
    predictor = Predictor(how, precision)
    results: list[tuple[int | None, FitResult]] = []
    match what:
        case AbstractOperator():
            return Contender(name, ((None, what, 0.0, 0.0),), predictor)
        case FitResult():
            results = [(0, what)]
        case [*fits] if all(isinstance(f, FitResult) for f in fits) and fits:
            results = list(enumerate(fits))
        case AbstractArchitecture() | AbstractEstimator():
            learnable = as_map(task, how)
            numbers: list[int | None] = list(range(seeds)) if isinstance(what, AbstractArchitecture) else [None]
            try:
                for seed in numbers:
                    place = None if directory is None or seed is None else directory / f"{_slug(name)}-seed{seed}"
                    of_seed = jax.random.fold_in(key, seed or 0)
                    results.append((seed, fit(what, learnable, training, directory=place, quiet=quiet, key=of_seed)))
            except _FAULTS as error:
                reason = fault(error)
                return Contender(name, (), predictor, reason, is_trivial=isinstance(what, AbstractEstimator))
        case _:
            raise ArgumentError(
                "This cannot be compared.",
                given=repr(what)[:80],
                expected="an architecture, an estimator, an operator, or what sv.fit returned (one, or one per seed)",
            )
    fits = tuple((s, r.operator, r.seconds.get("train", 0.0), r.seconds.get("compile", 0.0)) for s, r in results)
    return Contender(
        name, fits, predictor, curves=_curves(name, results), is_trivial=isinstance(what, AbstractEstimator)
    )


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
    return type(item).__name__


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower())
