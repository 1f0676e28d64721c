"""A solution set beside a reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import ArgumentError, StatementError
from ..equations import Problem
from ..fields import Grid
from ..spaces import FiniteElement
from ._error_table import ErrorTable, field_error
from ._field import SpaceTimeField
from ._mesh_comparison import compare_on_cells
from ._sampling import common_times, fine_grid, on_grid

if TYPE_CHECKING:
    from ._solution import Solution


def compare_solutions(solution: Solution, reference: Solution) -> ErrorTable:
    """Errors of a solution against another."""
    if reference.names != solution.names:
        raise ArgumentError("The solutions have different unknowns.", given=reference.names, expected=solution.names)
    own = None if reference.error_bar is None else reference.error_bar.relative_l2
    return compare_fields(solution.field, solution.names, reference.field, f"{reference.method}", own)


def compare_exact(solution: Solution, problem: Problem) -> ErrorTable:
    """Errors of a solution against the exact one."""
    if problem.exact is None:
        raise StatementError(
            f"No exact solution of '{problem.name}' is known.", fix="solution.compare(sv.reference(problem))"
        )

    def exact(points: dict[str, Any]) -> dict[str, np.ndarray]:
        return problem.exact_solution(**points)

    return compare_fields(solution.field, solution.names, exact, "the exact solution", None)


def compare_fields(
    field: SpaceTimeField,
    names: tuple[str, ...],
    reference: SpaceTimeField | Callable[[dict[str, Any]], dict[str, np.ndarray]],
    label: str,
    reference_error: float | None,
) -> ErrorTable:
    """Errors on a fine, equally spaced grid at up to 33 common times.

    `reference` is another field, whose derivatives are its own, or a function from points to values by name,
    whose gradient is then taken by differences on that grid (second order: fine enough for an error's size).
    """
    if isinstance(field.space, FiniteElement):
        return compare_on_cells(field, names, reference, label, reference_error)
    grid = fine_grid(field)
    if isinstance(reference, SpaceTimeField):
        _same_coordinates(field, reference)
        other = fine_grid(reference)
        if grid is not None and other is not None and other.size > grid.size:
            grid = other
    times = common_times(field, reference)
    u = on_grid(field, grid, times)
    if isinstance(reference, SpaceTimeField):
        v = on_grid(reference, grid, times)
        gradients = [(on_grid(field, grid, times, o), on_grid(reference, grid, times, o)) for o in _firsts(grid)]
    else:
        points: dict[str, Any] = {} if grid is None else dict(grid.coordinates)
        if times is not None:
            points[field.time_name] = times.reshape((-1,) + (1,) * (0 if grid is None else grid.ndim))
        exact = reference(points)
        v = np.stack([np.broadcast_to(exact[name], u.shape[:-1]) for name in names if name in exact], axis=-1)
        kept = [i for i, name in enumerate(names) if name in exact]
        u, names = u[..., kept], tuple(names[i] for i in kept)
        gradients = [
            (_difference(u, grid, axis), _difference(v, grid, axis)) for axis in range(0 if grid is None else grid.ndim)
        ]
    weights = np.ones(()) if grid is None else grid.weights
    rows = tuple(
        field_error(name, u[..., i], v[..., i], [(a[..., i], b[..., i]) for a, b in gradients], weights, times is None)
        for i, name in enumerate(names)
    )
    return ErrorTable(rows, label, reference_error)


def _firsts(grid: Grid | None) -> list[tuple[int, ...]]:
    n = 0 if grid is None else grid.ndim
    return [tuple(int(i == axis) for i in range(n)) for axis in range(n)]


def _difference(u: np.ndarray, grid: Grid, axis: int) -> np.ndarray:
    where, side = u.ndim - 1 - grid.ndim + axis, grid.axes[axis]
    if side.kind == "periodic":
        return (np.roll(u, -1, where) - np.roll(u, 1, where)) / (2 * side.spacing)
    return np.gradient(u, side.coordinates, axis=where, edge_order=2)


def _same_coordinates(field: SpaceTimeField, reference: SpaceTimeField) -> None:
    if field.names != reference.names or field.box != reference.box:
        raise ArgumentError(
            "The two solutions do not live on the same domain.",
            given=f"{reference.box} {reference.time_name or ''}",
            expected=f"{field.box} {field.time_name or ''}",
        )
