"""The loop: steps, validation, selection, checkpoints, interruption."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray, PyTree

from .._core import Result, progress
from ..data import Task
from ._budget import Minutes
from ._checkpoints import Checkpoints
from ._feed import Feed, Order
from ._interrupt import Request, stop_on_request
from ._journal import Best, Journal
from ._program import LoopState, Program
from ._training import Training
from ._validation import Validation

_DISPATCH = 0.3  # seconds of steps in one call: long enough to hide the call, short enough to answer Ctrl-C
_CAPACITY = 512  # steps in one call, at most
_PIECE = 2**28  # bytes of streamed data in one call, at most


class Loop:
    """One run of training. `run()` leaves the selected weights in `selected` and the story in `journal`."""

    def __init__(
        self,
        operator: Any,
        feed: Feed,
        task: Task,
        training: Training,
        checkpoints: Checkpoints | None,
        begin: float,
        *,
        key: PRNGKeyArray,
    ):
        self._training, self._feed, self._checkpoints, self._begin = training, feed, checkpoints, begin
        order_key, self._key = jax.random.split(key)
        weights, skeleton = eqx.partition(operator, eqx.is_inexact_array)
        sample = (feed.first[0][0], feed.first[1][0])
        self.program = Program(skeleton, task, training, sample, weights)
        self._order = Order(feed.samples, training.batch, self.program.width, order_key)
        self._validation = Validation(self.program, task, training.execution.precision)
        self._state = self.program.start(weights)
        self.selected = jnp.copy(self._state.selected)
        self.journal = Journal()
        self._saved = time.perf_counter()
        self._resident = self.program.on_devices(feed.resident()) if feed.is_resident else None
        bytes_per_step = self._order.batch * sum(a.nbytes for a in sample)
        limit = _CAPACITY if feed.is_resident else max(1, _PIECE // bytes_per_step)
        self._capacity = min(self._order.steps, _CAPACITY, limit)

    def run(self, *, quiet: bool) -> Result:
        """Trains to the end of the budget, or until patience, a number that is not finite, or Ctrl-C ends it."""
        self._resume()
        if self.journal.is_finished:
            return Result.successful
        self._earlier = self.journal.elapsed
        self.journal.took("prepare", time.perf_counter() - self._begin)
        budget = self._training.budget
        self._total = budget.steps(self._order.steps)
        advance = self._compiled()
        total = budget.seconds if isinstance(budget, Minutes) else self._total
        try:
            with progress("training", total, quiet=quiet) as bar, stop_on_request() as request:
                bar(self._position(), self._note())
                return self._through(advance, bar, request)
        finally:
            self.journal.elapsed = self._elapsed()

    @property
    def weights(self) -> PyTree:
        """The selected weights, as the operator holds them."""
        return self.program.flat.tree(jnp.asarray(np.asarray(self.selected)))

    def _through(self, advance: Callable, bar: Callable, request: Request) -> Result:
        journal, state = self.journal, self._state
        rows, epoch, per_step = None, -1, math.inf
        while not self._is_over():
            if epoch != journal.step // self._order.steps:
                epoch = journal.step // self._order.steps
                rows = self._order.epoch(epoch)
            count = self._count(per_step)
            piece = self._piece(rows, journal.step % self._order.steps, count)
            shares = self._shares(journal.step, per_step)
            before, begin = self._position(), time.perf_counter()
            state, losses = advance(state, *piece, shares, jnp.asarray(count, jnp.int32), self._key)
            losses = np.asarray(losses)[:count]
            took = time.perf_counter() - begin
            per_step = took / count
            journal.took("train", took)
            self._state = state
            if not np.isfinite(losses).all():
                self._broken = journal.step + int(np.flatnonzero(~np.isfinite(losses))[0])
                return Result.nonfinite
            journal.step += count
            journal.loss_sum += float(losses.sum(dtype=np.float64))
            journal.loss_count += count
            journal.elapsed = self._elapsed()
            is_over = self._is_over()
            if self._is_validation_due(is_over) and not self._validate():
                self._broken = journal.step
                return Result.nonfinite
            bar(self._position() - before, self._note())
            if request.made and not is_over:
                self._save()
                return Result.interrupted
            self._save_if_due()
        journal.is_finished = True
        self._save()
        return Result.successful

    @property
    def broken(self) -> str:
        """Where a number ceased to be finite."""
        steps = self._order.steps
        rate = float(self._training.schedule(jnp.asarray(self._shares(self._broken, math.inf)[0])))
        return f"step {self._broken + 1} (epoch {self._broken // steps + 1}), learning rate {rate:.3g}"

    # --- where it is ------------------------------------------------------------------------------------

    def _elapsed(self) -> float:
        return self._earlier + time.perf_counter() - self._begin

    def _position(self) -> float:
        budget = self._training.budget
        return min(self._elapsed(), budget.seconds) if isinstance(budget, Minutes) else self.journal.step

    def _is_over(self) -> bool:
        selection = self._training.selection
        if selection.patience is not None and self.journal.stale >= selection.patience:
            return True
        budget = self._training.budget
        if isinstance(budget, Minutes):
            return self.journal.step > 0 and self._elapsed() >= budget.seconds
        return self.journal.step >= self._total

    def _count(self, per_step: float) -> int:
        """Steps in the next call: up to the end of the epoch or the budget, about `_DISPATCH` seconds."""
        left = self._order.steps - self.journal.step % self._order.steps
        wanted = _DISPATCH / per_step if per_step < math.inf else 1
        budget = self._training.budget
        if isinstance(budget, Minutes):
            wanted = min(wanted, (budget.seconds - self._elapsed()) / per_step)
        elif self._total is not None:
            left = min(left, self._total - self.journal.step)
        return max(1, min(left, self._capacity, int(wanted)))

    def _shares(self, step: int, per_step: float) -> np.ndarray:
        """Used shares of the budget at the next steps."""
        budget, ahead = self._training.budget, np.arange(self._capacity)
        if isinstance(budget, Minutes):
            duration = 0.0 if per_step == math.inf else per_step
            shares = (self._elapsed() + ahead * duration) / budget.seconds
        else:
            shares = (step + ahead) / self._total
        return np.minimum(shares, 1).astype(self._feed.first[0].dtype)

    def _piece(self, rows: tuple[np.ndarray, np.ndarray], first: int, count: int) -> tuple[Any, ...]:
        chosen = [np.zeros((self._capacity, self._order.width), r.dtype) for r in rows]
        for target, source in zip(chosen, rows, strict=True):
            target[:count] = source[first : first + count]
        if self._resident is not None:
            return *self._resident, chosen[0], chosen[1]
        x, y, positions = self._feed.piece(chosen[0], count)
        return *self.program.on_devices((x, y)), positions, chosen[1]

    # --- what it does now and then ----------------------------------------------------------------------

    def _compiled(self) -> Callable:
        begin = time.perf_counter()
        rows = self._order.epoch(0)
        arguments = (*self._piece(rows, 0, 1), self._shares(0, math.inf), jnp.asarray(1, jnp.int32), self._key)
        advance = jax.jit(self.program.advance, donate_argnums=0).lower(self._state, *arguments)
        with ThreadPoolExecutor(1) as other:
            validation = other.submit(self._validation.compile, self._validation.lower(self._state.selected))
            compiled = advance.compile(self.program.compiler_options)
            validation.result()
        self.journal.took("compile", time.perf_counter() - begin)
        return compiled

    def _is_validation_due(self, is_over: bool) -> bool:
        epochs, inside = divmod(self.journal.step, self._order.steps)
        return is_over or (inside == 0 and epochs % self._training.selection.every == 0)

    def _validate(self) -> bool:
        """Notes losses, keeps the best weights; False when the validation loss is not finite."""
        begin, journal = time.perf_counter(), self.journal
        epoch = journal.step / self._order.steps
        row: dict[str, Any] = {
            "step": journal.step,
            "epoch": epoch,
            "seconds": journal.elapsed,
            "loss": journal.loss_sum / max(1, journal.loss_count),
        }
        journal.loss_sum, journal.loss_count = 0.0, 0
        selected = self._state.selected
        scores = self._validation(selected)
        row |= scores
        journal.history.append(row)
        compared = scores.get("validation", row["loss"])
        is_better = journal.best is None or compared < journal.best.loss or not scores
        journal.stale = 0 if is_better else journal.stale + 1
        if is_better and math.isfinite(compared):
            journal.best = Best(compared, journal.step, math.ceil(epoch))
            self.selected = jnp.copy(selected)
        journal.took("validate", time.perf_counter() - begin)
        return math.isfinite(compared)

    def _note(self) -> str:
        if not self.journal.history:
            return ""
        row, best = self.journal.history[-1], self.journal.best
        text = f"loss {row['loss']:.4f}"
        if best is None or "validation" not in row:
            return text
        return f"{text}  validation {row['validation']:.4f} (best {best.loss:.4f})"

    # --- checkpoints ------------------------------------------------------------------------------------

    def _save_if_due(self) -> None:
        if time.perf_counter() - self._saved >= self._training.execution.checkpoint_seconds:
            self._save()

    def _save(self) -> None:
        if self._checkpoints is None:
            return
        begin = time.perf_counter()
        self.journal.elapsed = self._elapsed()
        arrays = jax.tree.leaves((self._state, self.selected))
        self._checkpoints.save(self.journal.step, arrays, self.journal.to_json())
        self._saved = time.perf_counter()
        self.journal.took("checkpoint", self._saved - begin)

    def _resume(self) -> None:
        if self._checkpoints is None:
            return
        like, shape = jax.tree.flatten((self._state, self.selected))
        found = self._checkpoints.latest(like)
        if found is None:
            return
        arrays, record = found
        tree: tuple[LoopState, PyTree] = jax.tree.unflatten(shape, [jnp.asarray(a) for a in arrays])
        self._state, self.selected = self.program.on_devices(tree)
        self.journal = Journal.from_json(record)
