"""A solution set beside a reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import ArgumentError
from ..fields import Grid
from ._field import SpaceTimeField
from ._sampling import fine_grid, on_grid, viewing_times

_TIMES = 33


@dataclass(frozen=True)
class FieldError:
    """Errors of one field, relative to the reference's norm over the same times and grid.

    - `relative_l2`: ‖u − v‖ / ‖v‖ over space and time;
    - `relative_max`: max |u − v| / max |v|;
    - `relative_h1`: (‖u − v‖² + ‖∇(u − v)‖²)^½ / (‖v‖² + ‖∇v‖²)^½ (NaN-free: equal to `relative_l2` without space);
    - `final_l2`: `relative_l2` at the last common time (the same as `relative_l2` when steady).
    """

    field: str
    relative_l2: float
    relative_max: float
    relative_h1: float
    final_l2: float


@dataclass(frozen=True)
class ErrorTable:
    """Errors of all fields against a reference; prints as a table. `reference_error` is the reference's own."""

    rows: tuple[FieldError, ...]
    reference: str
    reference_error: float | None = None

    @property
    def relative_l2(self) -> float:
        """The worst field's."""
        return max(row.relative_l2 for row in self.rows)

    @property
    def relative_max(self) -> float:
        """The worst field's."""
        return max(row.relative_max for row in self.rows)

    @property
    def relative_h1(self) -> float:
        """The worst field's."""
        return max(row.relative_h1 for row in self.rows)

    @property
    def at_reference_floor(self) -> bool:
        """Whether the error is within three times the reference's own, so that it says little (rule R3)."""
        return self.reference_error is not None and self.relative_l2 <= 3 * self.reference_error

    def __getitem__(self, field: str) -> FieldError:
        for row in self.rows:
            if row.field == field:
                return row
        raise ArgumentError(
            "No such field was compared.", given=repr(field), expected=", ".join(r.field for r in self.rows)
        )

    def __str__(self) -> str:
        width = max(5, *(len(row.field) for row in self.rows))
        lines = [f"{'field':<{width}}  rel. L2   rel. max  rel. H1   last time"]
        lines += [
            f"{r.field:<{width}}  {r.relative_l2:.2e}  {r.relative_max:.2e}  {r.relative_h1:.2e}  {r.final_l2:.2e}"
            for r in self.rows
        ]
        floor = "" if self.reference_error is None else f", itself within {self.reference_error:.1e}"
        lines.append(f"against {self.reference}{floor}" + ("; at reference floor" if self.at_reference_floor else ""))
        return "\n".join(lines)

    __repr__ = __str__


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
    grid, times = fine_grid(field), viewing_times(field, _TIMES)
    if isinstance(reference, SpaceTimeField):
        _same_coordinates(field, reference)
        other = fine_grid(reference)
        if grid is not None and other is not None and other.size > grid.size:
            grid = other
        if times is not None:
            covered = reference.saved
            times = times[(times >= covered[0] - 1e-12) & (times <= covered[-1] + 1e-12)]
            if not times.size:
                raise ArgumentError(
                    "The two solutions have no time in common.", given=reference.times, expected=field.times
                )
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
    rows = tuple(_row(name, i, u, v, gradients, grid) for i, name in enumerate(names))
    return ErrorTable(rows, label, reference_error)


def _row(name: str, i: int, u: np.ndarray, v: np.ndarray, gradients: list, grid: Grid | None) -> FieldError:
    weights = np.ones(()) if grid is None else grid.weights

    def square(w: np.ndarray) -> float:
        return float(np.sum(weights * np.abs(w[..., i]) ** 2))

    def ratio(error: float, size: float) -> float:
        return float(np.sqrt(error / size)) if size > 0 else float(np.sqrt(error))

    error, size = square(u - v), square(v)
    slope_error, slope = (sum(square(f(a, b)) for a, b in gradients) for f in (lambda a, b: a - b, lambda a, b: b))
    largest = float(np.max(np.abs(v[..., i])))
    steady = v.ndim == 1 + (0 if grid is None else grid.ndim)
    last = ratio(error, size) if steady else ratio(square((u - v)[-1:]), square(v[-1:]))
    worst = float(np.max(np.abs(u - v)[..., i]))
    return FieldError(
        name,
        ratio(error, size),
        worst / largest if largest > 0 else worst,
        ratio(error + slope_error, size + slope),
        last,
    )


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
