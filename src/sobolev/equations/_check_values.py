"""Checks of what names are bound to: inputs, parameters, priors of initial values, exact solutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.core
import numpy as np
import sympy as sp

from .._core import ArgumentError, StatementError
from ._symbols import InputField, Parameter, Unknown, check_prior, expression

if TYPE_CHECKING:
    from ._problem import Problem


def check_inputs(problem: Problem) -> None:
    """Every input field has a value, a default or a prior; random ones depend on space only."""
    for a in problem.inputs:
        name = a.func.__name__
        if name not in problem.values and a.func.default is None and a.func.prior is None:
            raise StatementError(
                f"The input field {a} of '{problem.name}' has no prior, default or value.",
                given=f'sv.input_field("{name}", ...)',
                expected="one of prior=, default=, or values={...} in the Problem",
                fix=f'sv.input_field("{name}", {", ".join(c.name for c in a.args)}, default=...) or prior=...',
            )
        if a.func.prior is not None and not set(a.args) <= set(problem.coordinates):
            raise StatementError(
                f"The random input {a} of '{problem.name}' depends on time.",
                given=str(a),
                expected="a random function of the space coordinates",
            )


def check_value(problem: Problem, name: str) -> None:
    """The value of a parameter is one finite number, that of an input a number, array, expression or callable."""
    value = problem.values[name]
    inputs = {a.func.__name__: a for a in problem.inputs}
    if name in inputs:
        _check_input_value(problem, inputs[name], value)
    elif name in {p.name for p in problem.parameters}:
        _check_parameter_value(problem, name, value)
    else:
        known = sorted([*inputs, *(p.name for p in problem.parameters)])
        raise StatementError(
            f"'{problem.name}' has nothing called {name}.",
            given=f"values with {name!r}",
            expected=", ".join(known) or "(it has no parameters or inputs)",
        )


def check_random_initial(problem: Problem) -> None:
    """`random_initial` names unknowns that evolve, with laws of functions."""
    for name, prior in problem.random_initial.items():
        evolving = [u.func.__name__ for u in problem.unknowns if problem.time_order_of(u)]
        if name not in evolving:
            raise StatementError(
                f"random_initial of '{problem.name}' names {name!r}.",
                given=repr(name),
                expected=", ".join(evolving) or "nothing: no unknown evolves",
            )
        if problem.space is None:
            raise StatementError(
                f"random_initial of '{problem.name}' needs space.",
                expected="initial values that are functions",
                fix="make the initial values of an ordinary differential equation sv.parameter(..., prior=...)",
            )
        check_prior(prior, name, of_field=True)


def check_exact(problem: Problem) -> None:
    """The exact solution covers every unknown, by expressions of coordinates and parameters or by callables."""
    if problem.exact is None:
        return
    if set(problem.exact) != set(problem.unknown_names):
        raise StatementError(
            f"The exact solution of '{problem.name}' does not match its unknowns.",
            given=", ".join(map(str, problem.exact)),
            expected=", ".join(problem.unknown_names),
        )
    known = {*problem.domain.coordinates, *problem.parameters}
    for name, exact in problem.exact.items():
        if callable(exact) and not isinstance(exact, sp.Basic):
            continue
        found = _statement_expression(exact, f"The exact solution for {name} of '{problem.name}'")
        if found.atoms(Unknown, InputField) or not found.free_symbols <= known:
            raise StatementError(
                f"The exact solution for {name} of '{problem.name}' contains something unknown.",
                given=str(found),
                expected=f"an expression of {', '.join(sorted(s.name for s in known))}",
            )


def _check_parameter_value(problem: Problem, name: str, value: Any) -> None:
    if _is_traced(value):
        return
    number = np.asarray(value) if isinstance(value, jax.Array | np.ndarray) else _number(value)
    if number is None or number.ndim or number.dtype.kind not in "iuf" or not np.isfinite(number):
        raise StatementError(
            f"The parameter {name} of '{problem.name}' is not a finite number.",
            given=repr(value),
            expected="one finite real number",
        )


def _number(value: Any) -> np.ndarray | None:
    if isinstance(value, bool | str):
        return None
    try:
        return np.asarray(float(value))
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _check_input_value(problem: Problem, a: Any, value: Any) -> None:
    name = a.func.__name__
    if _is_traced(value) or (callable(value) and not isinstance(value, sp.Basic)):
        return
    if isinstance(value, jax.Array | np.ndarray | np.generic):
        if value.dtype.kind not in "iufc" or not np.all(np.isfinite(value)):
            raise StatementError(
                f"The input {name} of '{problem.name}' is not finite.",
                given=f"an array with {int(np.sum(~np.isfinite(value))) if value.dtype.kind in 'fc' else 'no'} numbers "
                "that are NaN or infinite",
                expected="finite numbers",
            )
        return
    found = _statement_expression(value, f"The value of {name} in '{problem.name}'")
    if strange := found.free_symbols - set(a.args) - {s for s in found.free_symbols if isinstance(s, Parameter)}:
        raise StatementError(
            f"The value of the input {a} of '{problem.name}' contains something that is no coordinate of it.",
            given=f"{found} contains {', '.join(sorted(s.name for s in strange))}",
            expected=f"an expression of {', '.join(c.name for c in a.args)} and parameters",
        )


def _statement_expression(value: Any, what: str) -> sp.Expr:
    try:
        return expression(value, what)
    except ArgumentError as error:
        raise StatementError(
            error.headline,
            given=error.given,
            expected="a number, a SymPy expression, a callable of the coordinates by keyword, or a GridField",
        ) from error


def _is_traced(value: Any) -> bool:
    return isinstance(value, jax.core.Tracer)
