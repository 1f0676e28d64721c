"""Manufactured solutions: sources and conditions that make a given expression exact."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import numpy as np
import sympy as sp

from .._core import ArgumentError
from ..domains import AbstractShape
from ._calculus import Divergence
from ._conditions import Condition, Initial, Mean, Robin
from ._problem import Problem
from ._symbols import InputField, Unknown, expression

_NODES = 40  # Gauss points per side for the means of manufactured solutions


def manufactured(problem: Problem, **exact: Any) -> Problem:
    """`problem` with sources added and conditions replaced, so that the given expressions are exact.

    One SymPy expression of coordinates and parameters for each unknown: `sv.manufactured(problem, u=sin(x)*exp(-t))`.
    The equation L(u) = R(u) becomes L(u) = R(u) + L(e) − R(e). Parameters stay symbolic, so that `replace(nu=…)` keeps
    the solution exact; input fields enter the source by their present value, which must be an expression or a number.
    Initial and boundary conditions keep their kind and place; on periodic sides e must be periodic. A stated weak form
    becomes its equations. Conditions on fluxes and eigenproblems are refused.
    """
    if not isinstance(problem, Problem):
        raise ArgumentError("manufactured needs a problem.", given=repr(problem), expected="sv.Problem(...)")
    expressions = _expressions(problem, exact)
    equations = []
    for equation, residual in zip(problem.equations, problem.residuals, strict=True):
        source = _inserted(problem, residual, expressions)
        equations.append(sp.Eq(equation.lhs, equation.rhs + source, evaluate=False))
    conditions = [new for c in problem.conditions for new in _conditions(problem, c, expressions[c.unknown])]
    return dataclasses.replace(
        problem,
        equations=tuple(equations),
        weak=None,
        conditions=tuple(conditions),
        exact={u.func.__name__: e for u, e in expressions.items()},
        random_initial={},
        source=f"Manufactured from: {problem.source}" if problem.source else "Manufactured solution",
    )


def _expressions(problem: Problem, exact: dict[str, Any]) -> dict[Any, sp.Expr]:
    if set(exact) != set(problem.unknown_names):
        raise ArgumentError(
            f"A manufactured solution of '{problem.name}' needs one expression for each unknown.",
            given=", ".join(exact) or "none",
            expected=", ".join(f"{name}=..." for name in problem.unknown_names),
        )
    known = {*problem.domain.coordinates, *problem.parameters}
    found = {}
    for u in problem.unknowns:
        name = u.func.__name__
        e = expression(exact[name], f"The manufactured {name}").doit()
        if not e.free_symbols <= known or e.atoms(Unknown, InputField):
            raise ArgumentError(
                f"The manufactured {name} contains something that is neither coordinate nor parameter.",
                given=str(e),
                expected=f"an expression of {', '.join(sorted(s.name for s in known))}",
            )
        found[u] = e
    return found


def _inserted(problem: Problem, residual: sp.Expr, expressions: dict[Any, sp.Expr]) -> sp.Expr:
    """The residual with the exact solution in place of the unknowns, and inputs by their values."""
    values = {}
    for a in residual.atoms(InputField):
        value = problem.values.get(a.func.__name__, a.func.default)
        if isinstance(value, int | float | np.number):
            value = sp.sympify(value)
        if not isinstance(value, sp.Expr):
            raise ArgumentError(
                f"The input {a} of '{problem.name}' must be an expression to manufacture a source from it.",
                given="no value" if value is None else type(value).__name__,
                expected="a default or bound value that is a number or a SymPy expression",
                fix=f"problem.replace({a.func.__name__}=1 + x**2) first",
            )
        values[a] = value
    open_divergences = residual.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
    # xreplace leaves Derivative(e, x) to be carried out, which subs would do once per term.
    return open_divergences.xreplace({**expressions, **values}).doit()


def _conditions(problem: Problem, c: Condition, exact: sp.Expr) -> list[Condition]:
    match c:
        case Initial():
            return [
                Initial(c.target, _at_start(problem, sp.diff(exact, *c.target.variables) if c.time_order else exact))
            ]
        case Mean():
            return [Mean(c.unknown, _mean(problem, exact))]
        case Robin() if not c.of_flux:
            if isinstance(problem.space, AbstractShape):
                return _on_shape(problem, c, exact)
            return [_on_part(problem, c, exact, part) for part in c.on or problem.domain.parts]
    raise ArgumentError("This condition cannot be manufactured.", given=str(c))


def _at_start(problem: Problem, e: sp.Expr) -> sp.Expr:
    return e.subs(problem.time.coordinate, _number(problem.time.start)) if problem.time else e


def _on_part(problem: Problem, c: Robin, exact: sp.Expr, part: str) -> Robin:
    side, here, sign = problem.domain.end(part)
    value = c.alpha * exact + c.beta * sign * sp.diff(exact, side.coordinate)
    return Robin(c.unknown, c.alpha, c.beta, value.subs(side.coordinate, _number(here)), part)


def _on_shape(problem: Problem, c: Robin, exact: sp.Expr) -> list[Robin]:
    """One condition for each named part, with the part's normal as an expression; one in all without derivative."""
    if c.beta == 0:
        return [Robin(c.unknown, c.alpha, c.beta, c.alpha * exact, c.on)]
    found = []
    whole = problem.space.select(c.on)
    for name in whole.parts:
        normal = problem.space.normal_expression(name)
        slope = sp.Add(*(n * sp.diff(exact, x) for n, x in zip(normal, problem.coordinates, strict=True)))
        on = name if whole.condition is None else dataclasses.replace(whole, parts=(name,))
        found.append(Robin(c.unknown, c.alpha, c.beta, c.alpha * exact + c.beta * slope, on))
    return found


def _mean(problem: Problem, exact: sp.Expr) -> sp.Expr:
    """Mean over space by quadrature; on boxes in closed form where time or parameters stay in it."""
    if isinstance(problem.space, AbstractShape):
        return _mean_over_shape(problem, exact)
    space = problem.domain.sides
    if exact.free_symbols - set(problem.coordinates):
        limits = [(s.coordinate, _number(s.lower), _number(s.upper)) for s in space]
        return sp.integrate(exact, *limits) / sp.Mul(*(b - a for _, a, b in limits))
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    points = np.ix_(*(s.lower + s.length * (nodes + 1) / 2 for s in space))
    values = sp.lambdify(problem.coordinates, exact, modules=["scipy", "numpy"])(*points)
    quadrature = functools.reduce(np.multiply.outer, [weights / 2] * len(space))
    values = np.broadcast_to(values, quadrature.shape)
    mean = complex(np.sum(values * quadrature))
    mean = 0.0 if abs(mean) < 1e-14 * np.max(np.abs(values)) else mean  # rounding of a mean that vanishes
    return sp.Float(mean.real) + (sp.I * sp.Float(mean.imag) if mean.imag else 0)


def _mean_over_shape(problem: Problem, exact: sp.Expr) -> sp.Expr:
    if exact.free_symbols - set(problem.coordinates):
        raise ArgumentError(
            "The mean over a shape of something that depends on time or parameters is not known in closed form.",
            given=str(exact),
            expected="an exact solution of the space coordinates only",
        )
    points, weights = problem.space.quadrature(24 if problem.ndim == 2 else 8)
    function = sp.lambdify(problem.coordinates, exact, modules=["scipy", "numpy"])
    values = np.broadcast_to(function(*points.T), weights.shape)
    return sp.Float(float(values @ weights / weights.sum()))


def _number(value: float) -> sp.Expr:
    """Whole ends as integers: sin(2π) is then 0, not 1e-16."""
    return sp.Integer(int(value)) if value == int(value) else sp.Float(value)
