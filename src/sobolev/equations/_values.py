"""From names to numbers: what parameters and input fields are bound to."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

from .._core import StatementError
from ._jets import JetIndex, PointwiseFunction, pointwise
from ._problem import Problem
from ._symbols import Parameter


class Values(eqx.Module):
    """What a statement's names stand for: a PyTree, so that solves can be differentiated and batched over it.

    - `parameters`: name → JAX scalar;
    - `inputs`: name → number, array, SymPy expression, callable of the coordinates by keyword (draws from
      priors and `GridField`s are callable PyTrees).
    """

    parameters: dict[str, Any]
    inputs: dict[str, Any]


def values_of(problem: Problem) -> Values:
    """The values `problem` is bound to by `replace`, defaults elsewhere; `StatementError` where there is none."""
    check_bound(problem)
    parameters = {p.name: scalar_value(problem, p) for p in problem.parameters}
    inputs = {}
    for a in problem.inputs:
        name = a.func.__name__
        value = problem.values.get(name, a.func.default)
        if value is None:
            raise StatementError(
                f"The input field {a} of '{problem.name}' has no value.",
                given="a prior" if a.func.prior is not None else "neither prior nor default",
                expected="a value before the problem is solved",
                fix=f"problem.replace({name}=...), or draw it: sv.draw(problem, key=key)",
            )
        inputs[name] = value
    return Values(parameters, inputs)


def check_bound(problem: Problem) -> None:
    """`StatementError` that lists every parameter without a value: neither default nor bound by `replace`."""
    bare = [p for p in problem.parameters if problem.values.get(p.name, p.default) is None]
    if not bare:
        return
    names = [p.name for p in bare]
    drawn = any(p.prior is not None for p in bare)
    raise StatementError(
        f"The parameter{'s' * (len(bare) > 1)} {', '.join(names)} of '{problem.name}' "
        f"{'have' if len(bare) > 1 else 'has'} no value.",
        given=", ".join(f"{p.name} with {'neither default nor prior' if p.prior is None else 'a prior'}" for p in bare),
        expected="a default, or a value before the problem is solved",
        fix=f"problem.replace({', '.join(f'{name}=...' for name in names)})"
        + (", or draw them: sv.draw(problem, key=key)" if drawn else ""),
    )


def sample_input(problem: Problem, name: str, coordinates: Mapping[str, Any], values: Values) -> Array:
    """Values of the input field `name` at `coordinates` (by name, broadcasting; with time if it depends on it)."""
    (a,) = (a for a in problem.inputs if a.func.__name__ == name)
    value = values.inputs[name]
    arguments = {c.name: coordinates[c.name] for c in a.args}
    if isinstance(value, sp.Basic):
        return evaluate_expression(problem, value, arguments, values)
    if callable(value):
        return jnp.asarray(value(**arguments))
    shape = np.broadcast_shapes(*(np.shape(c) for c in arguments.values())) if arguments else ()
    return jnp.broadcast_to(jnp.asarray(value), shape)


def evaluate_expression(problem: Problem, expression: sp.Expr, coordinates: Mapping[str, Any], values: Values) -> Array:
    """An expression of coordinates, parameters and input fields at points, broadcast over `coordinates`."""
    function = _compiled(expression, problem.coordinates, problem.time.coordinate if problem.time else None)
    jets = {}
    for j in function.jets:
        if not isinstance(j, JetIndex) or j.order or j.time_order:
            raise StatementError("A condition contains a derivative of an input field.", given=str(expression))
        jets[j] = sample_input(problem, j.name, coordinates, values)
    shapes = [np.shape(c) for c in coordinates.values()]
    (value,) = function(jets, coordinates, values.parameters)
    return jnp.broadcast_to(value, np.broadcast_shapes(np.shape(value), *shapes))


@functools.lru_cache(maxsize=256)
def _compiled(expression: sp.Expr, space: tuple[sp.Symbol, ...], time: sp.Symbol | None) -> PointwiseFunction:
    return pointwise([expression], space, time)


def scalar_value(problem: Problem, parameter: Parameter) -> Array:
    """The number a parameter is bound to, its default otherwise (`check_bound` says that there is one)."""
    name, value = parameter.name, problem.values.get(parameter.name, parameter.default)
    if isinstance(value, sp.Basic) and value.free_symbols:
        # An expression of other parameters, which may be bound themselves.
        others = {
            p: scalar_value(problem, p) for p in value.free_symbols if isinstance(p, Parameter) and p != parameter
        }
        if set(others) != value.free_symbols:
            raise StatementError(
                f"The parameter {name} of '{problem.name}' is not a real number.",
                given=str(value),
                expected="a number, or an expression of other parameters",
            )
        return jnp.asarray(sp.lambdify(list(others), value, modules="jax")(*others.values()), dtype=float)
    if isinstance(value, sp.Basic):
        value = float(value) if value.is_real else value
    if not isinstance(value, jax.Array):
        try:
            finite = np.ndim(value) == 0 and np.isfinite(float(value))
        except (TypeError, ValueError):
            finite = False
        if not finite:
            raise StatementError(f"The parameter {name} of '{problem.name}' is not a finite number.", given=repr(value))
    return jnp.asarray(value, dtype=None if isinstance(value, jax.Array) else float)
