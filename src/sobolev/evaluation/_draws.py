"""Fresh members of a family: what surrogates learned from simulated data are judged on (R3, R10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import DataError, precision_context
from ..data import Task
from ..equations import Problem, Values, draw, draws, sample_input, values_of
from ..fields import FieldSpec, Grid, GridField


@dataclass(frozen=True)
class Family:
    """Members of a family: `values(drawn)` for one of `drawn`, a PyTree with a leading sample axis."""

    problem: Problem
    drawn: Any
    values: Callable[[Any], Values]

    def __len__(self) -> int:
        return len(jax.tree.leaves(self.drawn)[0])

    def first(self, count: int) -> Family:
        """The first so many members."""
        return Family(self.problem, jax.tree.map(lambda leaf: leaf[:count], self.drawn), self.values)

    def members(self) -> list[Any]:
        """The drawn values one by one."""
        return [jax.tree.map(lambda leaf, i=i: leaf[i], self.drawn) for i in range(len(self))]


def drawn_family(problem: Problem, samples: int, *, key: PRNGKeyArray) -> Family:
    """What `simulate` draws with this key: sample i with `fold_in(key, i)`, in double precision."""
    with precision_context("double"):
        numbers = jnp.arange(samples, dtype=jnp.uint32)
        drawn = jax.jit(jax.vmap(lambda i: draws(problem, key=jax.random.fold_in(key, i))))(numbers)
        fixed = values_of(draw(problem, key=jax.random.fold_in(key, 0)))

    def values(one: Any) -> Values:
        parameters = {name: one.get(name, value) for name, value in fixed.parameters.items()}
        return Values(parameters, {name: one.get(name, value) for name, value in fixed.inputs.items()})

    return Family(problem, drawn, values)


def gridded_family(problem: Problem, inputs: np.ndarray, spec: FieldSpec) -> Family:
    """Members whose inputs are known at grid points: multilinear in between. A random initial value `u0` is given by
    the state `u` at the start."""
    fields = {a.func.__name__: _channel(a.func.__name__, spec) for a in problem.inputs}
    numbers = {p.name: _channel(p.name, spec) for p in problem.parameters}
    fields, numbers = ({k: v for k, v in d.items() if v is not None} for d in (fields, numbers))
    stand_in = {name: GridField(jnp.ones((*spec.grid.shape, 1)), spec.grid, name) for name in fields}
    bound = problem.replace(**stand_in, **dict.fromkeys(numbers, 1.0))
    with precision_context("double"):
        fixed = values_of(bound)
        drawn = jnp.asarray(np.asarray(inputs), float)

    def values(one: Any) -> Values:
        parameters = fixed.parameters | {name: one[..., c].ravel()[0] for name, c in numbers.items()}
        given = {name: GridField(one[..., [c]], spec.grid, name) for name, c in fields.items()}
        return Values(parameters, fixed.inputs | given)

    return Family(bound, drawn, values)


def inputs_on(family: Family, grid: Grid, task: Task, start: np.ndarray | None) -> np.ndarray:
    """The members' inputs as the task's input channels on `grid`; `start` is the state at the start, where there is
    one (it holds the first channels)."""
    states = 0 if task.times is None else task.output_spec.channels
    names = task.input_spec.names[states:]
    known = {a.func.__name__ for a in family.problem.inputs} | {p.name for p in family.problem.parameters}
    if missing := [name for name in names if name not in known]:
        raise DataError(
            "The data have inputs that the statement does not know.",
            given=", ".join(missing),
            expected=", ".join(sorted(known)),
        )

    def channels(one: Any) -> Any:
        values = family.values(one)
        found = [
            jnp.broadcast_to(
                values.parameters[name]
                if name in values.parameters
                else sample_input(family.problem, name, _points(family.problem, name, grid), values),
                grid.shape,
            )
            for name in names
        ]
        return jnp.stack(found, axis=-1)

    parts = [] if start is None else [np.asarray(start)]
    if names:
        with precision_context("double"):
            parts.append(np.asarray(jax.jit(jax.vmap(channels))(family.drawn)))
    return np.concatenate(parts, axis=-1)


def _points(problem: Problem, name: str, grid: Grid) -> dict[str, np.ndarray]:
    (field,) = (a for a in problem.inputs if a.func.__name__ == name)
    return {c.name: grid.coordinates[c.name] for c in field.args}


def _channel(name: str, spec: FieldSpec) -> int | None:
    for candidate in (name, name.removesuffix("0")):
        if candidate in spec.names:
            return spec.names.index(candidate)
    return None
