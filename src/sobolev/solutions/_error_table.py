"""Errors of fields against a reference, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import ArgumentError
from ..fields import relative_h1, relative_l2, relative_max, square_norm


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


def field_error(
    name: str, u: np.ndarray, v: np.ndarray, slopes: Sequence[tuple[Any, Any]], weights: np.ndarray, steady: bool
) -> FieldError:
    """Errors of one field's values `u` against `v`, `([time,] *points)`, with quadrature weights of the points.

    `slopes`: pairs of the same derivative of both. Where the reference vanishes, errors are absolute.
    """
    last = (u, v) if steady else (u[-1], v[-1])
    return FieldError(
        name,
        _known(relative_l2(u, v, weights), np.sqrt(square_norm(u - v, weights))),
        _known(relative_max(u, v), np.max(np.abs(u - v))),
        _known(
            relative_h1(u, v, slopes, weights),
            np.sqrt(square_norm(u - v, weights) + sum(square_norm(a - b, weights) for a, b in slopes)),
        ),
        _known(relative_l2(*last, weights), np.sqrt(square_norm(last[0] - last[1], weights))),
    )


def _known(relative: Any, absolute: Any) -> float:
    return float(relative if np.isfinite(relative) else absolute)


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
