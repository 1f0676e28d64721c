"""Statements of second order in time as statements of first order: velocities as unknowns of their own."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import UnsupportedError
from ._conditions import Condition, Initial, Robin
from ._problem import Problem
from ._symbols import InputField, unknown


@functools.lru_cache(maxsize=64)
def with_velocities(problem: Problem) -> Problem:
    """`problem` with v = ∂u/∂t for every unknown u of second order in time; itself where there is none.

    ∂u/∂t becomes v wherever it stands, and ∂u/∂t = v is added at the end. What holds of u at the boundary is kept;
    where u is given, so is v, by its derivative in time. Fluxes belong to the equation that is tested with v, which
    takes those conditions over. Unknowns are the old ones, and v called `u_t`.

    `UnsupportedError`, where a condition cannot be carried over: given values that are input fields of time, fluxes
    that depend on u, and stated weak forms.
    """
    fast = [u for u in problem.unknowns if problem.time_order_of(u) == 2]
    if not fast or problem.time is None:
        return problem
    if problem.weak is not None:
        raise _refused(problem, "a weak form of second order in time", "state the velocity as an unknown of its own")
    t = problem.time.coordinate
    velocities = {u: unknown(_free_name(problem, u), *u.args) for u in fast}
    equations = [sp.Eq(_lowered(r, velocities, t), 0, evaluate=False) for r in problem.residuals]
    equations += [sp.Eq(u.diff(t), v, evaluate=False) for u, v in velocities.items()]
    conditions = [new for c in problem.conditions for new in _conditions(problem, c, velocities, t)]
    # Not checked again: v at the boundary follows from u, and would be one condition too many of a statement.
    lowered = object.__new__(Problem)
    lowered.__dict__.update({f.name: getattr(problem, f.name) for f in dataclasses.fields(Problem)})
    lowered.__dict__.update(equations=tuple(equations), conditions=tuple(conditions), exact=None, random_initial={})
    return lowered


def _lowered(residual: sp.Expr, velocities: dict[AppliedUndef, Any], t: sp.Symbol) -> sp.Expr:
    """Derivatives in time of u as those of v, of one order less."""
    found = {}
    for d in residual.atoms(sp.Derivative):
        counts = dict(d.variable_count)
        if d.expr in velocities and t in counts:
            counts[t] -= 1
            left = [(c, n) for c, n in counts.items() if n]
            v = velocities[d.expr]
            found[d] = sp.Derivative(v, *left) if left else v
    return residual.xreplace(found)


def _conditions(
    problem: Problem, c: Condition, velocities: dict[AppliedUndef, Any], t: sp.Symbol
) -> tuple[Condition, ...]:
    v = velocities.get(c.unknown)
    if v is None:
        return (c,)
    if isinstance(c, Initial):
        return (Initial(v, c.value),) if c.time_order else (c,)
    if not isinstance(c, Robin):
        return (c,)
    if c.of_flux:
        if c.alpha != 0:
            raise _refused(problem, str(c), f"a Robin condition on {c.unknown.func.__name__} says the same of ∇u")
        return (dataclasses.replace(c, unknown=v),)
    if c.beta != 0:
        return (c,)
    value = c.value / c.alpha
    if any(t in a.args for a in value.atoms(InputField)):
        raise _refused(problem, str(c), "give the boundary value as an expression of time")
    return (c, Robin(v, 1, 0, sp.diff(value, t), c.on))


def _free_name(problem: Problem, u: AppliedUndef) -> str:
    taken = {*problem.unknown_names, *(p.name for p in problem.parameters), *(s.name for s in problem.coordinates)}
    taken |= {a.func.__name__ for a in problem.inputs}
    name = f"{u.func.__name__}_t"
    while name in taken:
        name += "_"
    return name


def _refused(problem: Problem, given: str, fix: str) -> UnsupportedError:
    return UnsupportedError(
        f"The second order in time of '{problem.name}' cannot be lowered.",
        given=given,
        expected="boundary conditions that can be differentiated in time",
        fix=fix,
    )
