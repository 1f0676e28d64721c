"""From names to numbers: what parameters and input fields are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

from .._core import StatementError
from ._jets import JetIndex, pointwise
from ._problem import Problem


def parameter_values(problem: Problem) -> dict[str, Array]:
    """Value of each parameter: bound by `replace`, else its default. JAX scalars, possibly traced."""
    return {
        p.name: _scalar(problem, p.name, problem.values.get(p.name, p.default)) for p in problem.parameters
    }


def input_functions(problem: Problem) -> dict[str, Any]:
    """What each input field is bound to: number, expression, callable or field; else its default."""
    found = {}
    for a in problem.inputs:
        name = a.func.__name__
        value = problem.values.get(name, a.func.default)
        if value is None:
            raise StatementError(
                f"The input field {a} of '{problem.name}' has no value.",
                given="a prior" if a.func.prior is not None else "neither prior nor default",
                expected="a value before the problem is solved",
                fix=f"problem.replace({name}=...), or draw it: sv.draw(problem, key)",
            )
        found[name] = value
    return found


def sample_input(
    problem: Problem, name: str, coordinates: Mapping[str, Any], functions: Mapping[str, Any] | None = None
) -> Array:
    """Values of the input field `name` at `coordinates` (by name, broadcasting; time included if it needs it)."""
    (a,) = (a for a in problem.inputs if a.func.__name__ == name)
    value = (functions if functions is not None else input_functions(problem))[name]
    arguments = {c.name: coordinates[c.name] for c in a.args}
    if callable(value) and not isinstance(value, sp.Basic):
        return jnp.asarray(value(**arguments))
    if isinstance(value, sp.Basic):
        return evaluate_expression(problem, value, arguments)
    shape = np.broadcast_shapes(*(np.shape(c) for c in arguments.values())) if arguments else ()
    return jnp.broadcast_to(jnp.asarray(value), shape)


def evaluate_expression(
    problem: Problem,
    expression: sp.Expr,
    coordinates: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    functions: Mapping[str, Any] | None = None,
) -> Array:
    """An expression of coordinates, parameters and input fields at points, broadcast over `coordinates`."""
    time = problem.time.coordinate if problem.time else None
    function = pointwise([expression], problem.coordinates, time)
    jets = {}
    for j in function.jets:
        if not isinstance(j, JetIndex) or j.order or j.time_order:
            raise StatementError(
                "A condition contains a derivative of an input field.", given=str(expression)
            )
        jets[j] = sample_input(problem, j.name, coordinates, functions)
    shapes = [np.shape(c) for c in coordinates.values()]
    (value,) = function(jets, coordinates, parameter_values(problem) if parameters is None else parameters)
    return jnp.broadcast_to(value, np.broadcast_shapes(np.shape(value), *shapes))


def _scalar(problem: Problem, name: str, value: Any) -> Array:
    if isinstance(value, sp.Basic):
        defaults = {p: p.default for p in problem.parameters if p.default is not None}
        value = value.subs(defaults) if value.free_symbols else value
        if value.free_symbols:
            raise StatementError(
                f"The parameter {name} of '{problem.name}' is not a number.", given=str(value)
            )
        value = float(value)
    if value is None:
        raise StatementError(
            f"The parameter {name} of '{problem.name}' has no value.",
            expected="a default, or a value before the problem is solved",
            fix=f"problem.replace({name}=...)",
        )
    if not isinstance(value, jax.Array) and not np.all(np.isfinite(np.asarray(value, dtype=float))):
        raise StatementError(f"The parameter {name} of '{problem.name}' is not finite.", given=repr(value))
    return jnp.asarray(value)
