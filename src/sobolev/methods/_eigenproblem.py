"""Eigenproblems: sv.eigenpairs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

import jax.numpy as jnp
import numpy as np

from .._core import ArgumentError, Result, UnsupportedError, precision_context
from ..assembly import assemble_eigen, linear_parts
from ..equations import Problem, values_of
from ..solutions import Level, Solution, SpaceTimeField, Statistics, summarise
from ..solvers import lowest_eigenpairs, result_code

Kind = Literal["chebyshev", "finite-difference"]

_POINTS = {"chebyshev": 64, "finite-difference": 401}


@dataclass(frozen=True)
class Eigenpair:
    """An eigenvalue, its normalised eigenfunction, and the eigenvalue's derivatives by the statement's parameters.

    `gradient` has no entry for parameters that move a jump of a coefficient: there the formula of Hellmann and Feynman
    needs the function's values at the jump, not the matrices' derivatives.
    """

    value: float
    function: Solution
    gradient: dict[str, float]


def eigenpairs(problem: Problem, count: int = 4, *, kind: Kind = "chebyshev", points: int | None = None) -> tuple:
    """The `count` lowest eigenvalues of a statement with an `sv.eigenvalue` and `Normalised(u)`, as `Eigenpair`s.

    `kind` "chebyshev": polynomials through `points` nodes (64) on each element; coefficients that are `Piecewise`
    split the interval where they jump, so that convergence stays spectral. "finite-difference": second order, `points`
    (401) in all. Functions are normalised to ∫u² = 1 and positive where they first are largest.

    Raises `UnsupportedError` for statements that are not A u = E B u on an interval, of second order.
    """
    if not isinstance(problem, Problem):
        raise ArgumentError("sv.eigenpairs takes a statement.", given=repr(problem)[:80], expected="sv.Problem(...)")
    if kind not in _POINTS:
        raise ArgumentError("sv.eigenpairs: the kind is not known.", given=repr(kind), expected=", ".join(_POINTS))
    points = _POINTS[kind] if points is None else points
    for what, number, least in (("count", count, 1), ("points", points, 6)):
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise ArgumentError(f"sv.eigenpairs: {what} is out of range.", given=repr(number), expected=f">= {least}")
    try:
        linear_parts(problem)
    except UnsupportedError as error:
        raise UnsupportedError(f"sv.eigenpairs {error.headline}.", given=error.given, fix=error.fix) from error
    if count > points - 2:
        raise ArgumentError("There are fewer points than eigenvalues.", given=f"{count} of {points} points")
    began = time.perf_counter()
    with precision_context("double"):
        values = values_of(problem)
        form = assemble_eigen(problem, values, points, kind)
        found = lowest_eigenpairs(form.left, form.right, count)
        slopes = found.slopes(form.slopes, form.right)
        spent = time.perf_counter() - began
        result = []
        for k, value in enumerate(found.values):
            function = _normalised(form, form.extend @ found.right[:, k])
            field = SpaceTimeField(form.space, jnp.asarray(function)[:, None], None, None, None)
            solution = Solution(
                field=field,
                code=result_code(Result.successful),
                steps={},
                values=values,
                summary=summarise(problem),
                problem=problem,
                statistics=Statistics(f"eigenpairs({kind})", "you asked", 0.0, (Level((points,), 0.0, 0.0, spent),)),
            )
            result.append(Eigenpair(float(value), solution, {name: float(s[k]) for name, s in slopes.items()}))
    return tuple(result)


def _normalised(form, y: np.ndarray) -> np.ndarray:
    """∫u² = 1 by the elements' quadrature; positive where it is first nearly largest."""
    integral, start = 0.0, 0
    for axis in form.space.axes:
        integral += axis.weights @ y[start : start + axis.points] ** 2
        start += axis.points - 1
    peak = y[np.argmax(np.abs(y) > 0.9 * np.abs(y).max())]
    return y / np.sqrt(integral) * np.sign(peak)
