"""Solving samples: drawn, solved and brought onto the grid in one compiled function."""

from __future__ import annotations

import collections
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from .._core import Result, UnsupportedError, precision_context
from ..equations import Initial, Problem, Values, draw, draws, sample_input, values_of
from ..fields import Grid
from ..methods import AbstractMethod, Compiled
from ..spaces import AbstractGridSpace
from ._plan import Plan, Portions

NONFINITE = tuple(Result).index(Result.nonfinite)
_AHEAD = 2  # blocks in flight: while one is computed, the last is written


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


class Runner:
    """A plan, compiled. Sample i is drawn with `fold_in(key, i)`, whatever block it is solved in."""

    def __init__(self, plan: Plan):
        self.plan = plan
        with precision_context(plan.width.precision):
            self.compiled = compiled(plan.problem, plan.method, plan.tolerance, plan.resolution, plan.times)
            self.grid = grid_of(self.compiled)
            first = draw(plan.problem, key=jax.random.fold_in(plan.seed.key, 0))
            self._fixed = values_of(first)
            shapes = jax.eval_shape(self._solve, jnp.zeros((), jnp.uint32))
        self.times = None if self.compiled.times is None else np.asarray(self.compiled.times, float)
        self.variables = tuple(self._variable(name, s) for name, s in shapes[0].items())
        state = max(v.bytes for v in self.variables) // (1 if self.times is None else len(self.times))
        double = 2 if plan.width.precision == "double" else 1
        stored = max(v.bytes for v in self.variables)
        self.portions = Portions.of(plan.samples, double * state, stored)
        self._block = jax.jit(jax.vmap(self._solve))

    def batch(self, numbers: Sequence[int]) -> Batch:
        """Samples by number."""
        *_, batch = self.progress(numbers)
        return batch

    def progress(self, numbers: Sequence[int]) -> Iterator[int | Batch]:
        """Solves samples block by block, yielding the number of samples done, and at last all of them."""
        block = self.portions.block
        arrays = {v.name: np.empty((len(numbers), *v.shape), v.dtype) for v in self.variables}
        codes = np.empty(len(numbers), np.int8)
        waiting: collections.deque[tuple[int, Any]] = collections.deque()
        begins = list(range(0, len(numbers), block))
        with precision_context(self.plan.width.precision):
            for begin in (*begins, *(None,) * _AHEAD):
                if begin is not None:
                    wanted = np.resize(np.asarray(numbers[begin : begin + block], np.uint32), block)
                    waiting.append((begin, self._block(jnp.asarray(wanted))))
                if waiting and (begin is None or len(waiting) > _AHEAD):
                    place, (fields, ended) = waiting.popleft()
                    count = min(block, len(numbers) - place)
                    for name, values in fields.items():
                        arrays[name][place : place + count] = np.asarray(values)[:count]
                    codes[place : place + count] = np.asarray(ended)[:count]
                    yield count
        yield Batch(arrays, codes)

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
                found[name] = sample_input(problem, name, self._points(name), values).reshape(self._shape(name))
        fields = on_grid(self.compiled, outcome.coefficients)
        found |= {name: fields[..., channel] for channel, name in enumerate(problem.unknown_names)}
        # A solve that did not notice is not trusted: what is not finite is a failure.
        finite = jnp.all(jnp.array([jnp.all(jnp.isfinite(v)) for v in found.values()]))
        code = jnp.where(finite | (outcome.code != 0), outcome.code, NONFINITE).astype(jnp.int8)
        return {name: v.astype(width.of(v.dtype)) for name, v in found.items()}, code

    def _coordinates_of(self, name: str) -> tuple[str, ...]:
        (field,) = (a for a in self.plan.problem.inputs if a.func.__name__ == name)
        return tuple(c.name for c in field.args)

    def _points(self, name: str) -> dict[str, np.ndarray]:
        wanted = self._coordinates_of(name)
        axes = [a for a in self.grid.axes if a.name in wanted]
        return dict(zip((a.name for a in axes), np.ix_(*(a.coordinates for a in axes)), strict=True))

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(a.points for a in self.grid.axes if a.name in self._coordinates_of(name))

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


def _is_start(problem: Problem, name: str) -> bool:
    """Whether an input field is the initial value of an unknown itself: then the outputs hold it already."""
    return any(
        isinstance(c, Initial)
        and c.time_order == 0
        and any(c.value == a and a.func.__name__ == name for a in problem.inputs)
        for c in problem.conditions
    )
