"""How well a solution satisfies its statement, as a function, away from the points it was solved at."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import numpy as np
import sympy as sp
from jaxtyping import Array

from .._core import UnsupportedError, precision_context
from ..assembly import grid_residual
from ..equations import Divergence, InputField, JetIndex, Problem, Values, pointwise, sample_input
from ..fields import Axis, Grid, GridField
from ..spaces import AbstractGridSpace, FiniteElement
from ._field import SpaceTimeField
from ._sampling import on_grid

_POINTS = {1: 1001, 2: 151, 3: 41}
_TIMES = 16


def residual_errors(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """‖left − right‖ / ‖largest term‖ (root mean squares) of every equation, by its text.

    Evaluated from the solution's own jets at cell centres (periodic sides: an unrelated grid), and in time between
    saved times, where the derivatives of the Hermite interpolant are one order better than elsewhere: so an error of
    the steps in time shows as well. Statements with the divergence of a flux in which an input field stands have no
    pointwise residual where that field jumps; for them the conservative residual on the solution's own grid is taken.
    """
    if isinstance(field.space, FiniteElement):
        raise UnsupportedError(
            "A finite element solution has no pointwise residual.",
            given=f"degree {field.space.degree}: first derivatives jump between cells",
            fix="judge it by solution.error_bar, or solution.compare(finer)",
        )
    if _needs_fluxes(problem):
        return _conservative(field, problem, values)
    terms = [list(sp.Add.make_args(sp.expand(r))) for r in problem.expanded]
    time = problem.time.coordinate if problem.time else None
    function = pointwise([t for equation in terms for t in equation], problem.coordinates, time)
    points, grid, times = _points(field, problem)
    jets: dict[Any, np.ndarray] = {}
    with precision_context("double"):
        for index in function.jets:
            jets[index] = _jet(field, problem, values, index, grid, times, points)
        found = [np.asarray(v) for v in function(jets, points, values.parameters)]
    errors = {}
    for equation, parts in zip(problem.equations, terms, strict=True):
        mine, found = found[: len(parts)], found[len(parts) :]
        errors[f"{equation.lhs} = {equation.rhs}"] = _relative(mine)
    return errors


def _relative(terms: list[np.ndarray]) -> float:
    shape = np.broadcast_shapes(*(t.shape for t in terms))
    whole = [np.broadcast_to(t, shape) for t in terms]
    size = max(_rms(t) for t in whole)
    total = _rms(sum(whole))
    return float(total / size) if size > 0 else float(total)


def _jet(
    field: SpaceTimeField,
    problem: Problem,
    values: Values,
    index: JetIndex,
    grid: Grid | None,
    times: Any,
    points: dict[str, Any],
) -> np.ndarray:
    if index.name in problem.unknown_names:
        channel = problem.unknown_names.index(index.name)
        return on_grid(field, grid, times, index.orders, index.time_order)[..., channel]
    return np.asarray(sample_input(problem, index.name, points, values))


def _points(field: SpaceTimeField, problem: Problem) -> tuple[dict[str, Any], Grid | None, np.ndarray | None]:
    grid = None if field.box is None else Grid.over(field.box, _POINTS[field.box.ndim], "cells")
    points: dict[str, Any] = {} if grid is None else dict(grid.coordinates)
    times = None
    if field.times is not None:
        saved = np.asarray(field.times)
        chosen = np.unique(np.linspace(0, len(saved) - 2, min(_TIMES, len(saved) - 1)).round().astype(int))
        # Where the error of the interpolant's first (second) derivative changes sign.
        share = 0.5 if problem.time_order == 1 else 0.5 * (1 - 3**-0.5)
        times = saved[chosen] + share * (saved[chosen + 1] - saved[chosen])
        points[field.time_name] = times.reshape((-1,) + (1,) * (0 if grid is None else grid.ndim))
    elif problem.time is not None:
        points[problem.time.name] = np.asarray(problem.time.start)
    return points, grid, times


def _needs_fluxes(problem: Problem) -> bool:
    fluxes = {d for r in problem.residuals for d in r.atoms(Divergence)}
    slopes = {d for e in problem.expanded for d in e.atoms(sp.Derivative) if isinstance(d.expr, InputField)}
    return any(d.atoms(InputField) for d in fluxes) or bool(slopes)


def _conservative(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """`grid_residual` on the solution's own nodes; relative to the terms that contain no derivative (the sources)."""
    own = field.space.grid if isinstance(field.space, AbstractGridSpace) else Grid.over(field.box, 129)
    grid, times = own, None
    if field.times is not None:
        saved = field.times
        times = np.linspace(saved[0], saved[-1], min(len(saved), 65))
        grid = Grid((*own.axes, Axis(field.time_name, saved[0], saved[-1], len(times), "nodes")))
    with precision_context("double"):
        nodal = on_grid(field, own, times)
        nodal = nodal if times is None else np.moveaxis(nodal, 0, -2)

        @eqx.filter_jit
        def norms_of(nodal: np.ndarray) -> tuple[Array, ...]:
            return grid_residual(problem, GridField(nodal, grid, problem.unknown_names), values).equation_norms()

        norms, sizes = ([float(n) for n in norms_of(u)] for u in (nodal, np.zeros_like(nodal)))
    scale = _rms(nodal)
    sizes = [size if size > 0 else scale for size in sizes]
    return {
        f"{e.lhs} = {e.rhs}": norm / size if size > 0 else norm
        for e, norm, size in zip(problem.equations, norms, sizes, strict=True)
    }


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.abs(values) ** 2)))
