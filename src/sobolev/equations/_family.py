"""Random families: initial values that become random inputs."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from .._core import ArgumentError, StatementError
from ..domains import Box
from ._conditions import Initial
from ._problem import Problem
from ._symbols import input_field


def as_family(problem: Problem) -> Problem:
    """Replaces the initial value of each unknown in `random_initial` by an input field `<name>0` with that prior.

    The exact solution is dropped: it belonged to the replaced initial value. A problem whose parameters or
    inputs are random already, and which names no `random_initial`, is returned as it is.
    """
    if not problem.random_initial:
        if problem.is_random:
            return problem
        raise StatementError(
            f"'{problem.name}' has nothing random.",
            expected="a parameter or input with a prior, or random_initial={...}",
            fix='sv.parameter("nu", prior=sv.priors.Uniform(...)) or sv.input_field("a", x, prior=...)',
        )
    conditions = []
    for c in problem.conditions:
        name = c.unknown.func.__name__
        if isinstance(c, Initial) and c.time_order == 0 and name in problem.random_initial:
            prior = problem.random_initial[name]
            c = Initial(c.unknown, input_field(f"{name}0", *problem.coordinates, prior=prior))
        conditions.append(c)
    return dataclasses.replace(problem, conditions=tuple(conditions), random_initial={}, exact=None)


def draw(problem: Problem, *, key: PRNGKeyArray) -> Problem:
    """Binds every random parameter and input of `problem` to a draw from its prior.

    The same key gives the same draw at any resolution: draws of fields are functions, not arrays. Names are drawn in
    alphabetical order, each from its own stream.
    """
    found = draws(problem, key=key)
    return problem.replace(**found)


def draws(problem: Problem, *, key: PRNGKeyArray) -> dict:
    """Draws by name, without binding them (for use under `jax.vmap`)."""
    if not isinstance(problem, Problem):
        raise ArgumentError("draw needs a problem.", given=repr(problem), expected="sv.Problem(...)")
    if not isinstance(key, jax.Array) or not (
        jnp.issubdtype(key.dtype, jax.dtypes.prng_key) or key.dtype == jnp.uint32
    ):
        raise ArgumentError("draw needs a random key.", given=repr(key), fix="key=jax.random.key(0)")
    if not problem.is_random:
        raise StatementError(
            f"'{problem.name}' has nothing random to draw.", fix="problem.random(), or give a prior= to an input"
        )
    found = {}
    for index, (name, prior) in enumerate(sorted(problem.priors.items())):
        stream = jax.random.fold_in(key, index)
        fields = [a for a in problem.inputs if a.func.__name__ == name]
        if not fields:
            found[name] = prior.draw(key=stream)
            continue
        sides = []
        for c in fields[0].args:
            if problem.space is None or c not in problem.coordinates:
                raise StatementError(
                    f"The random input {fields[0]} depends on {c}.", expected="space coordinates of the domain only"
                )
            sides.append(problem.space.side(c.name))
        found[name] = prior.draw(Box(tuple(sides)), key=stream)
    return found
