"""Families drawn from another law than the one learned (R11)."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from ..equations import Problem, input_field, parameter
from ..priors import (
    RBF,
    AlphaTau,
    Exponential,
    GaussianField,
    LogUniform,
    Matern,
    RandomFourierSeries,
    TwoPhase,
    Uniform,
)


def shifted_problem(problem: Problem) -> tuple[Problem, str] | None:
    """The same statement with its random inputs drawn otherwise, and in words how; None where we know no other law."""
    table: dict[Any, Any] = {}
    words = []
    for name, prior in sorted(problem.priors.items()):
        moved = shifted(prior)
        if moved is None:
            continue
        law, text = moved
        words.append(f"{name} with {text}")
        for field in problem.inputs:
            if field.func.__name__ == name:
                table[field] = input_field(name, *field.args, prior=law, default=field.func.default)
        for p in problem.parameters:
            if p.name == name:
                table[p] = parameter(name, default=p.default, prior=law)
    if not table:
        return None
    equations = [e.xreplace(table) for e in problem.equations]
    conditions = [_replaced(c, table) for c in problem.conditions]
    return problem.replace(equations=equations, conditions=conditions, exact=None), ", ".join(words)


@functools.singledispatch
def shifted(prior: Any) -> tuple[Any, str] | None:
    """Another law and how it differs; None for laws we do not know. Open to others: `@shifted.register`."""
    return None


@shifted.register
def _(prior: GaussianField) -> tuple[Any, str]:
    covariance, text = _rougher(prior.covariance)
    return dataclasses.replace(prior, covariance=covariance), text


@shifted.register(TwoPhase)
@shifted.register(Exponential)
def _(prior: Any) -> tuple[Any, str] | None:
    inner = shifted(prior.field)
    return None if inner is None else (dataclasses.replace(prior, field=inner[0]), inner[1])


@shifted.register
def _(prior: RandomFourierSeries) -> tuple[Any, str]:
    return dataclasses.replace(prior, modes=2 * prior.modes), "twice the wave numbers"


@shifted.register
def _(prior: Uniform) -> tuple[Any, str]:
    width = prior.upper - prior.lower
    return Uniform(prior.upper, prior.upper + width / 2), f"values above {prior.upper:g}"


@shifted.register
def _(prior: LogUniform) -> tuple[Any, str]:
    factor = (prior.upper / prior.lower) ** 0.5
    return LogUniform(prior.upper, prior.upper * factor), f"values above {prior.upper:g}"


def _rougher(covariance: Any) -> tuple[Any, str]:
    match covariance:
        case AlphaTau(alpha=alpha, tau=tau, scale=scale):
            # scale · τ^(−2α) is what the largest scales have; it stays.
            return AlphaTau(alpha, 2 * tau, scale * 4**alpha), "half the length scale"
        case RBF(length=length) | Matern(length=length):
            return dataclasses.replace(covariance, length=length / 2), "half the length scale"
    return covariance, "the same law"


def _replaced(condition: Any, table: dict[Any, Any]) -> Any:
    changed = {
        f.name: getattr(condition, f.name).xreplace(table)
        for f in dataclasses.fields(condition)
        if f.name in ("value", "alpha", "beta")
    }
    return dataclasses.replace(condition, **changed)
