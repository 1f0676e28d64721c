"""`fit`: one front door for everything that is learned."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, ConvergenceError, Result, precision_context
from ..data import Task, as_task
from ..operators import AbstractArchitecture, AbstractEstimator, AbstractOperator
from ._checkpoints import Checkpoints
from ._feed import Feed
from ._fingerprint import fingerprints
from ._journal import Best
from ._loop import Loop
from ._normalise import normalised
from ._training import Training


@dataclass(frozen=True, eq=False)
class FitResult:
    """What `fit` gives back.

    - `operator`: the learned map, with the selected weights and its normalisation;
    - `what`: what was fitted (architecture, operator or estimator);
    - `history`: one row per validation: step, epoch, seconds, loss (mean training loss since the row before), and,
      with a validation split, validation, relative_l2 and for one-step tasks relative_l2_per_step;
    - `seconds`: by part: prepare, compile, train, validate, checkpoint, and total (of all sessions of a resumed run);
    - `result`: `successful`, `interrupted` or `nonfinite`;
    - `best`: loss, step and epoch of the selected weights; None for closed-form estimators;
    - `directory`: where the checkpoints are, if any.
    """

    operator: AbstractOperator
    what: Any
    history: tuple[dict[str, Any], ...]
    seconds: dict[str, float]
    result: Result
    best: Best | None = None
    directory: Path | None = None

    def __repr__(self) -> str:
        name = type(self.what).__name__
        score = "" if self.best is None else f", loss {self.best.loss:.4g} at epoch {self.best.epoch}"
        return f"FitResult({name}: {self.result.name}{score}, {self.seconds['total']:.1f} s)"


@functools.singledispatch
def fit(
    what: Any,
    task: Any,
    training: Training | None = None,
    *,
    directory: str | Path | None = None,
    quiet: bool = False,
    throw: bool = True,
    key: PRNGKeyArray,
) -> FitResult:
    """Learns the map of `task`: an architecture from fresh weights, an operator from its own, an estimator at once.

    `task` is a `Task`, or whatever `as_task` takes, such as what `simulate` returns.

    The training split is learned from, the validation split chooses (weights, early stop, an estimator's
    hyperparameters); the test split is not read. Normalisation is fitted on the training split and becomes part of
    the operator. The same key gives the same weights on the same machine.

    With a `directory`, checkpoints are written there, and the same call again goes on where they end, to the same
    bits as if it had not been interrupted (budgets in minutes excepted). Ctrl-C saves one, says how to resume, and
    raises `KeyboardInterrupt`; with `throw=False` it returns what was learned so far.

    Evolution: a task with `times` must first become a map; see `FinalTime`, `OneStep`, `WholeTrajectory`.

    **Raises:** `ArgumentError` for a task that cannot be learned so; `DataError` for values that are not finite;
    `CheckpointError` for a directory with another run's checkpoints, or damaged ones; `ConvergenceError` when a loss is
    no longer finite (with `throw=False` the best weights before are returned with `Result.nonfinite`).
    """
    raise ArgumentError(
        "This cannot be fitted.",
        given=repr(what),
        expected="an architecture (sv.operators.FNO(...)), an operator, or an estimator (sv.operators.KernelRidge())",
    )


@fit.register
def _(what: AbstractArchitecture, task, training=None, *, directory=None, quiet=False, throw=True, key):
    (task, training), begin = _checked(task, training), time.perf_counter()
    init_key, loop_key = jax.random.split(key)
    with precision_context(training.execution.precision):
        feed = Feed(task, training.execution.precision)
        operator = normalised(_built(what, task, key=init_key), feed)
        return _learned(operator, what, feed, task, training, directory, quiet, throw, begin, key=loop_key)


@fit.register
def _(what: AbstractOperator, task, training=None, *, directory=None, quiet=False, throw=True, key):
    (task, training), begin = _checked(task, training), time.perf_counter()
    for name, mine, given in (("inputs", what.inputs, task.input_spec), ("outputs", what.outputs, task.output_spec)):
        if mine.names != given.names:
            raise ArgumentError(f"The operator's {name} are not the task's.", given=mine.names, expected=given.names)
    with precision_context(training.execution.precision):
        feed = Feed(task, training.execution.precision)
        return _learned(what, what, feed, task, training, directory, quiet, throw, begin, key=key)


@fit.register
def _(what: AbstractEstimator, task, training=None, *, directory=None, quiet=False, throw=True, key):
    (task, training), begin = _checked(task, training), time.perf_counter()
    with precision_context("double"):
        x, y = task.arrays(task.splits.train)
        validation = task.arrays(task.splits.validation) if len(task.splits.validation) else None
        if task.step is not None:
            (x, y), validation = _pairs(x, y), None if validation is None else _pairs(*validation)
        read = time.perf_counter()
        operator = what.estimate(task.input_spec, task.output_spec, x, y, validation)
        jax.block_until_ready(eqx.filter(operator, eqx.is_array))
    end = time.perf_counter()
    seconds = {"prepare": read - begin, "compile": 0.0, "train": end - read, "total": end - begin}
    return FitResult(operator, what, (), seconds, Result.successful)


def _built(what: AbstractArchitecture, task: Task, *, key: PRNGKeyArray) -> AbstractOperator:
    """The fresh network, drawn in one program that is compiled quickly: it runs once.

    (Drawn operation by operation, every kind of random array would be compiled on its own.)
    """
    static: list[Any] = []

    def arrays(key):
        dynamic, rest = eqx.partition(what.build(task.input_spec, task.output_spec, key=key), eqx.is_array)
        static.append(rest)
        return dynamic

    options = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
    draw = jax.jit(arrays).lower(key).compile(compiler_options=options)
    return eqx.combine(draw(key), static[-1])


def _learned(operator, what, feed, task, training, directory, quiet, throw, begin, *, key) -> FitResult:
    checkpoints = None
    if directory is not None:
        weights = eqx.filter(operator, eqx.is_inexact_array)
        checkpoints = Checkpoints(directory, fingerprints(what, weights, task, training, key))
    try:
        loop = Loop(operator, feed, task, training, checkpoints, begin, key=key)
        result = loop.run(quiet=quiet)
    finally:
        if checkpoints is not None:
            checkpoints.close()
    journal, weights = loop.journal, loop.weights
    _report(result, loop, directory, quiet, throw)
    return FitResult(
        eqx.combine(weights, operator),
        what,
        tuple(journal.history),
        {**journal.seconds, "total": journal.elapsed},
        result,
        journal.best,
        None if directory is None else Path(directory),
    )


def _report(result: Result, loop: Loop, directory, quiet: bool, throw: bool) -> None:
    if result is Result.nonfinite and throw:
        raise ConvergenceError(
            "Training diverged: a loss is not finite.",
            given=loop.broken,
            expected="finite losses. Likely causes: too large a learning rate, no clipping, or extreme samples",
            fix="a smaller peak in the schedule, Adam(clip=1.0), or throw=False for the best weights before",
        )
    if result is Result.interrupted:
        how = f"saved in {directory}; the same call resumes it" if directory else "not saved (no directory=...)"
        message = f"Training was interrupted at step {loop.journal.step}: {how}."
        if throw:
            raise KeyboardInterrupt(message)
        if not quiet:
            from rich.console import Console

            Console(stderr=True).print(message, highlight=False)


def _pairs(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One-step tasks as pairs: state (with constant channels) → next state, for every frame."""
    steps, constant = y.shape[1] - 1, x[..., y.shape[-1] :]
    inputs = [np.concatenate([y[:, k], constant], axis=-1) for k in range(steps)]
    return np.concatenate(inputs), np.concatenate([y[:, k + 1] for k in range(steps)])


def _checked(task: Any, training: Training | None) -> tuple[Task, Training]:
    task = as_task(task)
    if training is not None and not isinstance(training, Training):
        raise ArgumentError("fit: this is no way to train.", given=repr(training), expected="sv.Training(...)")
    if task.times is not None and task.step is None:
        raise ArgumentError(
            f"'{task.name}' is an evolution: what is to be learned of it?",
            given=f"{len(task.times)} times from {task.times[0]:g} to {task.times[-1]:g}",
            expected="a map from field to field",
            fix="FinalTime()(task), OneStep()(task) or WholeTrajectory()(task), from sobolev.training",
        )
    return task, training or Training()
