"""Solving samples: drawn, solved and brought onto the grid in one compiled function."""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Jaxpr, subjaxprs
from jaxtyping import Array, Int

from .._core import Result, UnsupportedError, precision_context
from ..equations import Initial, Problem, Values, draw, draws, sample_input, values_of
from ..fields import Grid
from ..methods import AbstractMethod, Compiled
from ..spaces import AbstractGridSpace
from ._plan import Plan, Portions

_ENOUGH_BYTES = 2**9  # of state: a step on these takes longer than starting its operations
NONFINITE = tuple(Result).index(Result.nonfinite)
_AHEAD = 4  # blocks in flight per thread
_THREADS = 8
# A program that calls NumPy waits for a thread of XLA's pool while it holds one. Two of them at once can hold all there
# are and wait for ever, so that only one runs at a time in a process.
_ON_HOST = threading.Lock()


@dataclass(frozen=True)
class Variable:
    """One array of the data set. `shape` is that of one sample; `role` is what a task takes it for."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype
    role: str

    @property
    def bytes(self) -> int:
        return int(np.prod(self.shape)) * self.dtype.itemsize


@dataclass(frozen=True)
class Batch:
    """Solved samples: arrays by variable, `(samples, *shape)`, and how each solve ended (`tuple(Result)` index)."""

    arrays: dict[str, np.ndarray]
    codes: np.ndarray


@dataclass(frozen=True)
class Step:
    """Progress: how many samples were solved, and the batch if it is complete."""

    batch: int
    samples: int
    solved: Batch | None


class Runner:
    """A plan, compiled. Sample i is drawn with `fold_in(key, i)`, whatever block it is solved in."""

    def __init__(self, plan: Plan):
        self.plan = plan
        with precision_context(plan.width.precision):
            self.compiled = compiled(plan.problem, plan.method, plan.tolerance, plan.resolution, plan.times)
            self.grid = grid_of(self.compiled)
            first = draw(plan.problem, key=jax.random.fold_in(plan.seed.key, 0))
            self._fixed = values_of(first)
            program = jax.make_jaxpr(self._solve, return_shape=True)
            traced, shapes = program(jnp.zeros((), jnp.uint32))
        self._turn = _ON_HOST if calls_host(traced.jaxpr) else contextlib.nullcontext()
        self.times = None if self.compiled.times is None else np.asarray(self.compiled.times, float)
        self.variables = tuple(self._variable(name, s) for name, s in shapes[0].items())
        state = max(v.bytes for v in self.variables) // (1 if self.times is None else len(self.times))
        double = 2 if plan.width.precision == "double" else 1
        stored = max(v.bytes for v in self.variables)
        self.portions = Portions.of(plan.samples, double * state, stored, plan.portioned_for)
        self._block = jax.jit(_one_by_one(self._solve) if self._is_serial(double * state) else jax.vmap(self._solve))

    def solve(self, batches: Iterable[int], threads: int | None = None) -> Iterator[Step]:
        """Solves batches in order, block by block, yielding after each block; the last step of a batch brings it.

        Blocks run on `threads` threads (default: one per core; XLA releases Python's lock), some ahead of what has
        been taken, so that computing goes on while a batch is written.
        """
        block, cores = self.portions.block, threads or min(_THREADS, _cores())
        places = ((b, begin) for b in batches for begin in range(0, len(self.portions.numbers(b)), block))
        waiting: collections.deque[tuple[int, int, Future]] = collections.deque()
        arrays: dict[str, np.ndarray] = {}
        codes = np.empty(0, np.int8)
        pool = ThreadPoolExecutor(cores)
        try:
            while True:
                for b, begin in itertools.islice(places, _AHEAD * cores - len(waiting)):
                    numbers = self.portions.numbers(b)[begin : begin + block]
                    waiting.append((b, begin, pool.submit(self._solved, numbers)))
                if not waiting:
                    return
                b, begin, future = waiting.popleft()
                fields, ended = future.result()
                size, done = len(self.portions.numbers(b)), begin + len(ended)
                if begin == 0:
                    arrays = {v.name: np.empty((size, *v.shape), v.dtype) for v in self.variables}
                    codes = np.empty(size, np.int8)
                for name, values in fields.items():
                    arrays[name][begin:done] = values
                codes[begin:done] = ended
                yield Step(b, len(ended), Batch(arrays, codes) if done == size else None)
        finally:
            pool.shutdown(cancel_futures=True)  # an interruption waits for the running blocks only

    def _solved(self, numbers: range) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """One block; filled up to its full size, because another size would be compiled to other arithmetic."""
        with precision_context(self.plan.width.precision):
            wanted = np.resize(np.asarray(numbers, np.uint32), self.portions.block)
            with self._turn:
                fields, codes = jax.block_until_ready(self._block(jnp.asarray(wanted)))
            return {k: np.asarray(v)[: len(numbers)] for k, v in fields.items()}, np.asarray(codes)[: len(numbers)]

    def _is_serial(self, state_bytes: int) -> bool:
        """Whether the samples of a block are solved one after the other rather than side by side.

        An evolution's steps adapt: side by side every sample takes as many as the slowest. On a processor an array of
        this size keeps the arithmetic busy by itself; ordinary differential equations, and accelerators, need a batch.
        """
        return self.times is not None and state_bytes >= _ENOUGH_BYTES and jax.default_backend() == "cpu"

    def values(self, number: Int[Array, ""]) -> Values:
        """What sample `number` is bound to."""
        drawn = draws(self.plan.problem, key=jax.random.fold_in(self.plan.seed.key, number))
        parameters = {name: drawn.get(name, value) for name, value in self._fixed.parameters.items()}
        return Values(parameters, {name: drawn.get(name, value) for name, value in self._fixed.inputs.items()})

    def _solve(self, number: Int[Array, ""]) -> tuple[dict[str, Array], Array]:
        problem, width = self.plan.problem, self.plan.width
        values = self.values(number)
        outcome = self.compiled.run(values)
        found: dict[str, Array] = {}
        for name in sorted(problem.priors):
            if name in values.parameters:
                found[name] = jnp.asarray(values.parameters[name])
            else:
                found[name] = self.sampled(name, values)
        fields = on_grid(self.compiled, outcome.coefficients)
        found |= {name: fields[..., channel] for channel, name in enumerate(problem.unknown_names)}
        # A solve that did not notice is not trusted: what is not finite is a failure.
        finite = jnp.all(jnp.array([jnp.all(jnp.isfinite(v)) for v in found.values()]))
        code = jnp.where(finite | (outcome.code != 0), outcome.code, NONFINITE).astype(jnp.int8)
        return {name: v.astype(width.of(v.dtype)) for name, v in found.items()}, code

    def sampled(self, name: str, values: Values) -> Array:
        """An input field at the grid's points, along the coordinates it depends on."""
        axes = [a for a in self.grid.axes if a.name in self._coordinates_of(name)]
        points = dict(zip((a.name for a in axes), np.ix_(*(a.coordinates for a in axes)), strict=True))
        return sample_input(self.plan.problem, name, points, values).reshape([a.points for a in axes])

    def is_everywhere(self, name: str) -> bool:
        """Whether a random input field depends on all coordinates of the grid."""
        return name in self.plan.problem.priors and set(self._coordinates_of(name)) == set(self.grid.names)

    def _coordinates_of(self, name: str) -> tuple[str, ...]:
        (field,) = (a for a in self.plan.problem.inputs if a.func.__name__ == name)
        return tuple(c.name for c in field.args)

    def _variable(self, name: str, like: Any) -> Variable:
        problem = self.plan.problem
        if name in problem.unknown_names:
            dims = (*(("time",) if self.times is not None else ()), *self.grid.names)
            role = "output"
        elif name in {a.func.__name__ for a in problem.inputs}:
            dims = tuple(d for d in self.grid.names if d in self._coordinates_of(name))
            role = "initial" if _is_start(problem, name) else "input"
        else:
            dims, role = (), "input"
        return Variable(name, dims, tuple(like.shape), np.dtype(like.dtype), role)


@functools.lru_cache(maxsize=4)
def runner_of(plan: Plan) -> Runner:
    """The compiled plan, kept: a worker compiles it once, not once a batch."""
    return Runner(plan)


def calls_host(jaxpr: Jaxpr) -> bool:
    """Whether a traced program calls back into Python, such as SciPy's sparse factorisations."""
    own = any(equation.primitive.name == "pure_callback" for equation in jaxpr.eqns)
    return own or any(map(calls_host, subjaxprs(jaxpr)))


def _one_by_one(solve: Callable[[Array], Any]) -> Callable[[Array], Any]:
    return lambda numbers: jax.lax.map(solve, numbers)


def compiled(
    problem: Problem, method: AbstractMethod, tolerance: float, resolution: Any, times: tuple[float, ...] | None
) -> Compiled:
    """A compiled solve of a family."""
    return method.compile(problem, tolerance=tolerance, resolution=resolution, times=times)


def grid_of(solve: Compiled) -> Grid:
    """The grid on which samples are stored; an empty one for ordinary differential equations."""
    if solve.problem.is_ode:
        return Grid(())
    if not isinstance(solve.space, AbstractGridSpace):
        raise UnsupportedError(
            "Samples are stored on a grid, and this method's space has none.",
            given=type(solve.space).__name__,
            expected="a method on a tensor grid, such as FiniteDifference, Chebyshev or SpectralETD",
        )
    return solve.space.grid


def on_grid(solve: Compiled, coefficients: Array) -> Array:
    """Values `(time, *nodes, channels)`, or without time when steady."""
    if solve.problem.is_ode:
        return coefficients
    space = solve.space
    assert isinstance(space, AbstractGridSpace)
    return space.to_grid(coefficients) if solve.times is None else jax.vmap(space.to_grid)(coefficients)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _is_start(problem: Problem, name: str) -> bool:
    """Whether an input field is the initial value of an unknown itself: then the outputs hold it already."""
    return any(
        isinstance(c, Initial)
        and c.time_order == 0
        and any(c.value == a and a.func.__name__ == name for a in problem.inputs)
        for c in problem.conditions
    )
