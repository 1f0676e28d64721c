"""Eigenproblems: sv.eigenpairs."""

from __future__ import annotations

import math
import time
from numbers import Real
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np

from .._core import ArgumentError, Result, UnsupportedError, precision_context
from .._core._precise import is_traced, precise
from ..assembly import EigenForm, assemble_eigen, linear_parts, moves_a_break
from ..domains import Box
from ..equations import Problem, Values, values_of
from ..solutions import Level, Solution, SpaceTimeField, Statistics, summarise
from ..solvers import dense_eigenpairs, lowest_eigenpairs, result_code
from ._eigen_elements import Eigenpair, pairs_on_mesh
from ._eigen_refinement import refined_pairs
from ._finite_element import FiniteElement
from ._prepared import bound_values, concrete

Kind = Literal["chebyshev", "finite-difference", "finite-element"]

# Points that are tried one after another, and further ones where a tolerance is demanded.
_SIZES: dict[Kind, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "chebyshev": ((32, 64, 128), (256, 512)),
    "finite-difference": ((201, 401, 801), (1601,)),  # matrices are full
    "finite-element": ((12, 24, 48, 96), (192,)),
}
_SOLID_SIZES = ((5, 10, 20), (30,))  # of finite elements in three dimensions
_TOLERANCES: dict[Kind, float] = {"chebyshev": 1e-8, "finite-difference": 1e-3, "finite-element": 1e-4}
_POINTS: dict[Kind, int] = {"chebyshev": 64, "finite-difference": 401, "finite-element": 24}  # while JAX traces
_CELLS_OF_PAIR = 4  # points at least for each pair that is asked for, along a line


def eigenpairs(
    problem: Problem,
    count: int = 4,
    *,
    kind: Kind | None = None,
    points: int | None = None,
    degree: int = 2,
    tolerance: float | None = None,
    quiet: bool = False,
) -> tuple[Eigenpair, ...]:
    """The `count` lowest eigenvalues of a statement with an `sv.eigenvalue` and `Normalised(u)`, as `Eigenpair`s.

    - `kind` "chebyshev" (on intervals): polynomials through `points` nodes on each element; coefficients that are
      `Piecewise` split the interval where they jump, so that convergence stays spectral;
    - "finite-difference" (on intervals): second order, `points` in all;
    - "finite-element" (elsewhere): elements of `degree` 1 or 2 with `points` cells along the longest side. For
      symmetric statements eigenvalues come from above (on the mesh's own region), with errors of order 2·degree where
      eigenfunctions are smooth, also at curved boundaries;
    - `tolerance`: of the eigenvalues, relative to the next one above. Grids are doubled until two agree to it, and
      each pair has its `error`. None aims at 1e-8, 1e-3 and 1e-4 by these kinds, and warns where that is not reached;
      one you ask for is a demand (`ConvergenceError`);
    - `points`: solved once, without estimates. While JAX traces values and without `points`: 64, 401 or 24.

    Functions are normalised to ∫u² = 1 and positive where they first are nearly largest. `jax.grad` goes through
    eigenvalues and functions (values that JAX traces), with respect to parameters and inputs, by the implicit function
    theorem; eigenvalues must be simple. Where nothing is traced, `gradient` has the slopes of the eigenvalue.

    Raises `UnsupportedError` for statements that are not A u = E B u, of second order, with homogeneous conditions.
    """
    if not isinstance(problem, Problem):
        raise ArgumentError("sv.eigenpairs takes a statement.", given=repr(problem)[:80], expected="sv.Problem(...)")
    on_interval = isinstance(problem.space, Box) and problem.ndim == 1
    reason = "you chose it" if kind else "it converges fastest on intervals" if on_interval else "meshes fit any shape"
    kind = kind or ("chebyshev" if on_interval or problem.space is None else "finite-element")
    _check(kind, count, points, tolerance)
    order = {"chebyshev": math.inf, "finite-difference": 2.0, "finite-element": 2.0 * degree}[kind]

    def at(size: int, count: int) -> tuple[Eigenpair, ...]:
        if kind == "finite-element":
            return pairs_on_mesh(problem, count, size, FiniteElement(degree=degree), reason)
        return _pairs_on_interval(problem, count, size, kind, reason)

    if points is not None or is_traced(problem.values):
        return at(points or _POINTS[kind], count)
    usual, further = _SOLID_SIZES if problem.ndim == 3 else _SIZES[kind]
    least = _CELLS_OF_PAIR * count if on_interval else 0
    every = [n for n in (*usual, *further) if n >= least] or [least]
    sizes = [n for n in every if tolerance is not None or n <= max(usual[-1], 2 * every[0])]
    sizes = sizes if len(sizes) > 1 else [every[0], 2 * every[0]]
    goal = tolerance or _TOLERANCES[kind]
    return refined_pairs(
        problem, lambda size: at(size, count + 1), sizes, order, goal, demanded=tolerance is not None, quiet=quiet
    )


def _check(kind: str, count: Any, points: Any, tolerance: Any) -> None:
    if kind not in _POINTS:
        raise ArgumentError("sv.eigenpairs: the kind is not known.", given=repr(kind), expected=", ".join(_POINTS))
    for what, number, least in (("count", count, 1), ("points", points, 2 if kind == "finite-element" else 6)):
        if what == "points" and number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int) or number < least:
            raise ArgumentError(f"sv.eigenpairs: {what} is out of range.", given=repr(number), expected=f">= {least}")
    if points is not None and tolerance is not None:
        raise ArgumentError(
            "sv.eigenpairs takes points or a tolerance.", given=f"points={points}, tolerance={tolerance}"
        )
    if tolerance is not None and not (isinstance(tolerance, Real) and 0 < tolerance < 1):
        raise ArgumentError("The tolerance is out of range.", given=repr(tolerance), expected="a number in (0, 1)")


def _pairs_on_interval(problem: Problem, count: int, points: int, kind: Any, reason: str) -> tuple[Eigenpair, ...]:
    try:
        linear_parts(problem)
    except UnsupportedError as error:
        raise UnsupportedError(f"sv.eigenpairs {error.headline}.", given=error.given, fix=error.fix) from error
    if count > points - 2:
        raise ArgumentError("There are fewer points than eigenvalues.", given=f"{count} of {points} points")
    began = time.perf_counter()
    slopes: dict[str, np.ndarray] = {}
    whole, values = concrete(problem), bound_values(problem, "double")
    if is_traced(values):
        _refuse_moving_breaks(problem)

        def solved(values: Values) -> tuple[Any, Any]:
            form = assemble_eigen(whole, values, points, kind)
            found, y = dense_eigenpairs(form.left, form.right, count)
            return found, [_normalised(form, form.extend @ y[:, k]) for k in range(count)]

        with precision_context("double"):
            space = assemble_eigen(whole, values_of(whole), points, kind).space
        energies, functions = precise(solved, "double")(values)
    else:
        with precision_context("double"):
            form = assemble_eigen(problem, values, points, kind)
            found = lowest_eigenpairs(form.left, form.right, count)
            slopes = found.slopes(form.slopes, form.right)
            functions = [jnp.asarray(_normalised(form, form.extend @ found.right[:, k])) for k in range(count)]
            energies, space = [float(e) for e in found.values], form.space
    spent = time.perf_counter() - began
    pairs = []
    for k in range(count):
        solution = Solution(
            field=SpaceTimeField(space, functions[k][:, None], None, None, None),
            code=result_code(Result.successful),
            steps={},
            values=values,
            summary=summarise(whole),
            problem=whole,
            statistics=Statistics(f"eigenpairs({kind})", reason, 0.0, (Level((points,), 0.0, 0.0, spent),)),
        )
        pairs.append(Eigenpair(energies[k], solution, {name: float(s[k]) for name, s in slopes.items()}))
    return tuple(pairs)


def _refuse_moving_breaks(problem: Problem) -> None:
    """Matrices do not know how the places where coefficients jump move."""
    parts = linear_parts(problem)
    for p in problem.parameters:
        if is_traced(problem.values.get(p.name)) and moves_a_break(parts, p):
            raise UnsupportedError(
                f"sv.eigenpairs cannot be differentiated by {p}: it moves a jump of a coefficient.",
                given=str(problem.equations[0]),
                fix="scale the coordinate so that the jump stays where it is",
            )


def _normalised(form: EigenForm, y: Any) -> Any:
    """∫u² = 1 by the elements' quadrature; positive where it is first nearly largest."""
    integral, start = 0.0, 0
    for axis in form.space.axes:
        integral += axis.weights @ y[start : start + axis.points] ** 2
        start += axis.points - 1
    xp = jnp if is_traced(y) else np
    peak = y[xp.argmax(xp.abs(y) > 0.9 * xp.abs(y).max())]
    return y / xp.sqrt(integral) * xp.sign(peak)
