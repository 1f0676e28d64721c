"""sv.simulate: a family of problems solved many times."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, ConvergenceError, DataWarning, Precision, Result, progress
from ..data import flat
from ..equations import Problem
from ..methods import AbstractMethod
from ._choose import method_for
from ._plan import Plan, Seed, Width, counts
from ._quality import quality
from ._runner import Batch, Runner, runner_of
from ._store import CODE, SimulationStore, attributes, continued, coordinates, variable_attributes
from ._workers import on_workers

if TYPE_CHECKING:
    import xarray

_TIMES = 21


def simulate(
    problem: Problem,
    samples: int,
    resolution: int | Sequence[int] | None = None,
    store: str | os.PathLike | None = None,
    *,
    method: AbstractMethod | None = None,
    times: int | Sequence[float] | None = None,
    tolerance: float = 1e-6,
    dtype: Any = "float32",
    precision: Precision = "double",
    on_failure: Literal["raise", "drop"] = "raise",
    check: int = 3,
    client: Any = None,
    quiet: bool = False,
    key: PRNGKeyArray,
) -> xarray.Dataset:
    """Draws `samples` members of a family and solves them.

    Sample i is drawn with `fold_in(key, i)`: it is the same however many there are and wherever it is computed. A
    problem without random inputs becomes a family by its random initial values (`problem.random()`).

    - `resolution`: points per side; `method`: None chooses the strongest that applies and is not dense on a large grid;
    - `times`: of an evolution, how many equally spaced ones (default 21) or which; the start is always saved;
    - `tolerance`: of steps and iterations. `precision`: width in which is solved; `dtype`: width of the data;
    - `store`: a folder for a Zarr store. It is written batch by batch, each whole or absent, in flat memory; the
      same call resumes it after any interruption (also kill -9), and it ends with the same bytes as if undisturbed.
      A complete store is opened; with more `samples` than it has it is extended, and those it has stay, bit for bit
      (its chunks keep their first size). Without a store the samples are kept in memory;
    - `on_failure`: a failed solve raises `ConvergenceError` with the sample numbers, before anything of its batch
      is written. "drop" leaves such samples out, with a `DataWarning` and their codes in the variable `code`: what
      remains is then drawn from the law given that the solve succeeds. They are never drawn anew;
    - `check`: how many samples are solved again, finer, for the estimate of the samples' error (see `quality`);
    - `client`: a `dask.distributed.Client`, whose workers then solve (and write) the batches.

    Returns a dataset with dimensions (sample, time, *space): random inputs, unknowns and `code` by name, and in its
    attributes statement, method, tolerance, key, versions, and the estimated relative error. With a store it is
    read lazily. `seconds` in its attributes is what this call took; it is not in the store. Attributes that are
    dictionaries or lists are JSON text, so that `data.to_netcdf(path)` takes them.

    Raises `StoreError` for a full, read-only or foreign place, or a store of another simulation.
    """
    begin = time.perf_counter()
    plan = _plan(problem, samples, resolution, method, times, tolerance, dtype, precision, key)
    if on_failure not in ("raise", "drop"):
        raise ArgumentError("on_failure is not known.", given=repr(on_failure), expected="'raise' or 'drop'")
    plan = plan if store is None else continued(plan, store)
    runner = runner_of(plan)
    how = _How(client=client, drop=on_failure == "drop", quiet=quiet)
    if store is None:
        data = _in_memory(runner, how, check)
    else:
        data = _stored(runner, SimulationStore(store, runner), how, check)
    data.attrs = flat(data.attrs) | {"seconds": time.perf_counter() - begin}
    return _without_failures(data, plan)


class _How:
    """How batches are computed: here or on workers, raising or dropping, with or without a bar."""

    def __init__(self, client: Any, drop: bool, quiet: bool):
        self.client, self.drop, self.quiet = client, drop, quiet

    def solve(
        self, runner: Runner, store: SimulationStore | None, batches: Sequence[int], done: Callable[[int, Batch], None]
    ) -> None:
        """Solves batches and hands each to `done`; refuses failed samples before that."""
        plan, portions = runner.plan, runner.portions
        total = sum(len(portions.numbers(b)) for b in batches)
        with progress(f"Simulating {plan.problem.name}", total, quiet=self.quiet) as advance:
            if self.client is not None:
                place = None if store is None else os.fspath(store.path.absolute())
                for batch, solved in on_workers(self.client, plan, place, batches, drop=self.drop):
                    self._refuse_failures(runner, portions.numbers(batch), solved)
                    if store is None:
                        done(batch, solved)
                    advance(len(solved.codes))
                return
            with contextlib.closing(runner.solve(batches)) as steps:
                for step in steps:
                    advance(step.samples)
                    if step.solved is not None:
                        self._refuse_failures(runner, portions.numbers(step.batch), step.solved)
                        done(step.batch, step.solved)

    def _refuse_failures(self, runner: Runner, numbers: range, solved: Batch) -> None:
        failed = np.flatnonzero(solved.codes)
        if self.drop or not len(failed):
            return
        results = tuple(Result)
        worst = results[int(solved.codes[failed[0]])]
        raise ConvergenceError(
            f"{len(failed)} of the samples {numbers.start} to {numbers.stop - 1} of '{runner.plan.problem.name}' "
            f"were not solved by {type(runner.plan.method).__name__} ({worst.name}).",
            given=f"samples {', '.join(str(numbers[i]) for i in failed[:12])}{' …' if len(failed) > 12 else ''}",
            expected=worst.value,
            fix='a finer resolution=, a larger tolerance=, another method=; on_failure="drop" leaves such samples out',
        )


def _in_memory(runner: Runner, how: _How, check: int) -> xarray.Dataset:
    import xarray

    plan, portions = runner.plan, runner.portions
    arrays = {v.name: np.empty((plan.samples, *v.shape), v.dtype) for v in runner.variables}
    codes = np.empty(plan.samples, np.int8)

    def keep(batch: int, solved: Batch) -> None:
        numbers = portions.numbers(batch)
        codes[numbers.start : numbers.stop] = solved.codes
        for name, values in solved.arrays.items():
            arrays[name][numbers.start : numbers.stop] = values

    how.solve(runner, None, range(portions.batches), keep)
    variables: dict[str, Any] = {
        v.name: (("sample", *v.dims), arrays[v.name], variable_attributes(v)) for v in runner.variables
    }
    variables[CODE] = (("sample",), codes, {"role": "code"})
    places = {name: (dims, values, extra) for name, dims, values, extra in coordinates(runner)}
    found = attributes(runner) | quality(runner, check) | {"complete": True}
    return xarray.Dataset(variables, coords=places, attrs=found)


def _stored(runner: Runner, store: SimulationStore, how: _How, check: int) -> xarray.Dataset:
    import xarray

    if not store.is_complete():
        with store.held(), _told_how_to_resume(runner, store):
            how.solve(runner, store, store.missing(), store.write)
            store.finish(quality(runner, check))
    return xarray.open_zarr(os.fspath(store.path), chunks=None, consolidated=False, mask_and_scale=False)


@contextlib.contextmanager
def _told_how_to_resume(runner: Runner, store: SimulationStore) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        left = sum(len(runner.portions.numbers(b)) for b in store.missing())
        print(
            f"\nInterrupted: {runner.plan.samples - left} of {runner.plan.samples} samples are in {store.path}. "
            "The same call with the same store goes on from there.",
            file=sys.stderr,
        )
        raise


def _without_failures(data: xarray.Dataset, plan: Plan) -> xarray.Dataset:
    failed = np.flatnonzero(data[CODE].values)
    if not len(failed):
        return data
    if len(failed) == plan.samples:
        raise ConvergenceError(f"None of the {plan.samples} samples of '{plan.problem.name}' was solved.")
    warnings.warn(
        f"{len(failed)} of {plan.samples} samples failed and are left out: {failed[:12].tolist()}. The data follow the "
        "law given that the solve succeeds.",
        DataWarning,
        stacklevel=3,
    )
    return data.isel(sample=np.flatnonzero(data[CODE].values == 0))


def _plan(
    problem: Any,
    samples: Any,
    resolution: Any,
    method: Any,
    times: Any,
    tolerance: Any,
    dtype: Any,
    precision: Precision,
    key: Any,
) -> Plan:
    if not isinstance(problem, Problem):
        raise ArgumentError("sv.simulate takes a statement.", given=repr(problem)[:80], expected="sv.Problem(...)")
    if not isinstance(samples, int | np.integer) or isinstance(samples, bool) or samples < 1:
        raise ArgumentError("samples is no number of samples.", given=repr(samples), expected="an integer >= 1")
    if not isinstance(tolerance, float | int) or not 0 < tolerance < 1:
        raise ArgumentError("The tolerance is out of range.", given=tolerance, expected="a number between 0 and 1")
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise ArgumentError("dtype is no type of data.", given=repr(dtype), expected="'float32' or 'float64'")
    if not isinstance(key, jax.Array | np.ndarray):
        raise ArgumentError("key is no key.", given=repr(key), expected="jax.random.key(0)")
    family = problem if problem.is_random else problem.random()
    if method is None:
        method = method_for(family, resolution)
    elif not isinstance(method, AbstractMethod):
        raise ArgumentError("This is not a method.", given=repr(method)[:80], expected="a recipe from sv.methods")
    return Plan(
        problem=family,
        method=method,
        samples=int(samples),
        resolution=counts(_checked_resolution(family, resolution)),
        times=_saved(family, times),
        tolerance=float(tolerance),
        seed=Seed.of(key),
        width=Width(precision, np.dtype(dtype).name),
    )


def _checked_resolution(problem: Problem, resolution: Any) -> Any:
    given = resolution if isinstance(resolution, Sequence) else () if resolution is None else (resolution,)
    if any(not isinstance(n, int | np.integer) or n < 2 for n in given) or (
        isinstance(resolution, Sequence) and len(resolution) != problem.ndim
    ):
        raise ArgumentError(
            "The resolution is no number of points.",
            given=repr(resolution),
            expected=f"an integer >= 2, or {problem.ndim} of them",
        )
    return resolution


def _saved(problem: Problem, times: Any) -> tuple[float, ...] | None:
    if problem.is_steady or problem.time is None:
        if times is not None:
            raise ArgumentError("A steady problem has no times.", given=repr(times), expected="times=None")
        return None
    start, stop = problem.time.start, problem.time.stop
    if times is None or (isinstance(times, int | np.integer) and times >= 2):
        return tuple(np.linspace(start, stop, _TIMES if times is None else int(times)).tolist())
    saved = np.atleast_1d(np.asarray(times, float)) if not isinstance(times, int | np.integer) else np.array([])
    if saved.ndim != 1 or not saved.size or not (np.diff(saved) > 0).all() or saved[0] < start or saved[-1] > stop:
        raise ArgumentError(
            "The times to save do not fit.",
            given=repr(times),
            expected=f"increasing times in [{start:g}, {stop:g}], or how many (>= 2)",
        )
    head = [] if math.isclose(saved[0], start, abs_tol=1e-12) else [start]
    return (*head, *saved.tolist())
