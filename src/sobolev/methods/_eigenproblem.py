"""Eigenproblems: sv.eigenpairs."""

from __future__ import annotations

import time
from typing import Literal

import jax.numpy as jnp
import numpy as np

from .._core import ArgumentError, Result, UnsupportedError, precision_context
from .._core._precise import is_traced
from ..assembly import assemble_eigen, linear_parts
from ..domains import Box
from ..equations import Problem, values_of
from ..solutions import Level, Solution, SpaceTimeField, Statistics, summarise
from ..solvers import lowest_eigenpairs, result_code
from ._eigen_elements import Eigenpair, pairs_on_mesh
from ._finite_element import FiniteElement

Kind = Literal["chebyshev", "finite-difference", "finite-element"]

_POINTS = {"chebyshev": 64, "finite-difference": 401, "finite-element": 24}


def eigenpairs(
    problem: Problem,
    count: int = 4,
    *,
    kind: Kind | None = None,
    points: int | None = None,
    degree: int = 2,
) -> tuple[Eigenpair, ...]:
    """The `count` lowest eigenvalues of a statement with an `sv.eigenvalue` and `Normalised(u)`, as `Eigenpair`s.

    - `kind` "chebyshev" (on intervals): polynomials through `points` nodes (64) on each element; coefficients that are
      `Piecewise` split the interval where they jump, so that convergence stays spectral;
    - "finite-difference" (on intervals): second order, `points` (401) in all;
    - "finite-element" (elsewhere): elements of `degree` 1 or 2 with `points` cells (24) along the longest side. For
      symmetric statements eigenvalues come from above (on the mesh's own region), with errors of order 2·degree where
      eigenfunctions are smooth, also at curved boundaries.

    Functions are normalised to ∫u² = 1 and positive where they first are nearly largest. Under `jax.grad` and the like
    (values that JAX traces) eigenvalues on meshes, and their functions, are differentiable with respect to parameters
    and inputs, by the implicit function theorem; eigenvalues must be simple. On intervals, `gradient` has the slopes.

    Raises `UnsupportedError` for statements that are not A u = E B u, of second order, with homogeneous conditions.
    """
    if not isinstance(problem, Problem):
        raise ArgumentError("sv.eigenpairs takes a statement.", given=repr(problem)[:80], expected="sv.Problem(...)")
    on_interval = isinstance(problem.space, Box) and problem.ndim == 1
    kind = kind or ("chebyshev" if on_interval or problem.space is None else "finite-element")
    if kind not in _POINTS:
        raise ArgumentError("sv.eigenpairs: the kind is not known.", given=repr(kind), expected=", ".join(_POINTS))
    points = _POINTS[kind] if points is None else points
    for what, number, least in (("count", count, 1), ("points", points, 2 if kind == "finite-element" else 6)):
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise ArgumentError(f"sv.eigenpairs: {what} is out of range.", given=repr(number), expected=f">= {least}")
    if kind == "finite-element":
        return pairs_on_mesh(problem, count, points, FiniteElement(degree=degree))
    if is_traced(problem.values):
        raise UnsupportedError(
            "sv.eigenpairs differentiates by itself on intervals.",
            given="traced values",
            fix="pair.gradient[name] is the derivative of an eigenvalue; on meshes jax.grad goes through",
        )
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
