"""Statements whose rates stand alone: velocities, and rates with coefficients that move, as unknowns of their own."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import UnsupportedError
from ._conditions import Condition, Initial, Robin
from ._problem import Problem
from ._symbols import InputField, Unknown, unknown


@functools.lru_cache(maxsize=64)
def with_velocities(problem: Problem) -> Problem:
    """`problem` with v = ∂u/∂t for every unknown u of second order in time, and for those whose rate has a coefficient
    that depends on unknowns or on time, as in (1 + u²) ∂u/∂t = ∆u; itself where there is none.

    ∂u/∂t becomes v wherever it stands, and ∂u/∂t = v is added at the end. What holds of u at the boundary is kept;
    where u is given, so is v, by its derivative in time. Fluxes belong to the equation that is tested with v, which
    takes those conditions over. Unknowns are the old ones, and v called `u_t`.

    `UnsupportedError`, where a condition cannot be carried over: given values that are input fields of time, fluxes
    that depend on u, and stated weak forms; and where an equation is not linear in its rates of first order.
    """
    if problem.time is None:
        return problem
    t = problem.time.coordinate
    fast = [u for u in problem.unknowns if problem.time_order_of(u) == 2 or _moves(problem, u, t)]
    if not fast:
        return problem
    if problem.weak is not None:
        raise _refused(problem, "a stated weak form", "state the velocity as an unknown of its own")
    velocities = {u: unknown(_free_name(problem, u), *u.args) for u in fast}
    equations = [sp.Eq(_lowered(r, velocities, t), 0, evaluate=False) for r in problem.residuals]
    equations += [sp.Eq(u.diff(t), v, evaluate=False) for u, v in velocities.items()]
    conditions = [new for c in problem.conditions for new in _conditions(problem, c, velocities, t)]
    # Not checked again: v at the boundary follows from u, and would be one condition too many of a statement.
    lowered = object.__new__(Problem)
    lowered.__dict__.update({f.name: getattr(problem, f.name) for f in dataclasses.fields(Problem)})
    lowered.__dict__.update(equations=tuple(equations), conditions=tuple(conditions), exact=None, random_initial={})
    return with_velocities(lowered)  # of second order, with a coefficient that moves: accelerations too


def _moves(problem: Problem, u: AppliedUndef, t: sp.Symbol) -> bool:
    """Whether a first rate of u, an unknown of first order in time, has a coefficient that is not constant in time."""
    if problem.time_order_of(u) != 1:
        return False
    for residual in problem.expanded:
        for rate in residual.atoms(sp.Derivative):
            if rate.expr != u or t not in rate.variables:
                continue
            mark = sp.Dummy()
            coefficient = sp.diff(residual.xreplace({rate: mark}), mark)
            if coefficient.has(mark):
                raise _refused(problem, f"{rate} in {residual}, not linear", "solve the equation for its rate")
            if coefficient.has(t) or coefficient.atoms(Unknown):
                return True
    return False


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
        f"The rates of '{problem.name}' cannot be made unknowns of their own.",
        given=given,
        expected="equations linear in their rates, and boundary conditions that can be differentiated in time",
        fix=fix,
    )
