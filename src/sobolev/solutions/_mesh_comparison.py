"""A solution on a mesh set beside a reference, by quadrature on its cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._core import ArgumentError
from ..spaces import FiniteElement
from ._error_table import ErrorTable, field_error
from ._field import SpaceTimeField
from ._sampling import common_times

_ORDER = 5  # of the quadrature
_STEP = 1e-6  # of the box, for differences of a function whose derivatives are not known


def compare_on_cells(
    field: SpaceTimeField,
    names: tuple[str, ...],
    reference: SpaceTimeField | Callable[[dict[str, Any]], dict[str, np.ndarray]],
    label: str,
    reference_error: float | None,
) -> ErrorTable:
    """Errors at up to 33 common times, integrated exactly for polynomials of degree 5 on each cell of `field`."""
    space = field.space
    assert isinstance(space, FiniteElement)
    x, weights = space.mesh.geometry.quadrature(_ORDER)
    points: dict[str, Any] = dict(zip(space.mesh.names, x.T, strict=True))
    if isinstance(reference, SpaceTimeField) and reference.names != field.names:
        raise ArgumentError(
            "The two solutions do not live on the same domain.", given=reference.names, expected=field.names
        )
    times = common_times(field, reference)
    if times is not None and field.time_name is not None:
        points[field.time_name] = times[:, None]
    ndim = space.mesh.ndim
    firsts = [tuple(int(i == axis) for i in range(ndim)) for axis in range(ndim)]
    u, slopes = field.jet(points, (0,) * ndim), [field.jet(points, o) for o in firsts]
    if isinstance(reference, SpaceTimeField):
        v, goals = reference.jet(points, (0,) * ndim), [reference.jet(points, o) for o in firsts]
        kept = list(range(len(names)))
    else:
        exact = reference(points)
        kept = [i for i, name in enumerate(names) if name in exact]
        v = _stacked(exact, [names[i] for i in kept], u.shape[:-1])
        step = _STEP * float(np.ptp(space.mesh.bounds, axis=0).max())
        goals = []
        for name in space.mesh.names:
            ends = [reference({**points, name: points[name] + s}) for s in (step, -step)]
            high, low = (_stacked(end, [names[i] for i in kept], u.shape[:-1]) for end in ends)
            goals.append((high - low) / (2 * step))
    rows = []
    for channel, i in enumerate(kept):
        pairs = [(s[..., i], g[..., channel]) for s, g in zip(slopes, goals, strict=True)]
        rows.append(field_error(names[i], u[..., i], v[..., channel], pairs, weights, times is None))
    return ErrorTable(tuple(rows), label, reference_error)


def _stacked(values: dict[str, np.ndarray], names: list[str], shape: tuple[int, ...]) -> np.ndarray:
    return np.stack([np.broadcast_to(values[name], shape) for name in names], -1)
