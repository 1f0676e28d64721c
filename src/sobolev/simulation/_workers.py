"""Batches on the workers of a dask.distributed client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .._core import ArgumentError, require
from ._plan import Plan
from ._runner import Batch, runner_of
from ._store import SimulationStore


def on_workers(
    client: Any, plan: Plan, store: str | None, batches: Sequence[int], *, drop: bool
) -> Iterator[tuple[int, Batch]]:
    """Batches as workers finish them.

    With a store, each worker writes its own chunks, and only the codes come back; the store must lie where all
    workers can write. Batches with failed samples are not written unless `drop`.
    """
    distributed = require("distributed", "dask")
    if not isinstance(client, distributed.Client):
        raise ArgumentError("This is no client.", given=type(client).__name__, expected="a dask.distributed.Client")
    shared = client.scatter(plan, broadcast=True)
    futures = [client.submit(work, shared, store, b, drop, pure=False, retries=2) for b in batches]
    numbers = {future.key: batch for future, batch in zip(futures, batches, strict=True)}
    try:
        for future, solved in distributed.as_completed(futures, with_results=True):
            yield numbers[future.key], solved
    finally:
        client.cancel(futures)


def work(plan: Plan, store: str | None, batch: int, drop: bool) -> Batch:
    """One batch, on a worker: solved, and written if there is a store."""
    runner = runner_of(plan)
    *_, last = runner.solve([batch], threads=1)
    solved = last.solved
    assert solved is not None
    if store is None:
        return solved
    if drop or not solved.codes.any():
        SimulationStore(store, runner).write(batch, solved)
    return Batch({}, solved.codes)
