"""Random families: initial values that become random inputs."""

from __future__ import annotations

import dataclasses

from .._core import StatementError
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
