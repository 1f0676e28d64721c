"""Lines and planes x = c across a shape that its mesh is to follow, in OpenCASCADE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from .._core import ArgumentError

if TYPE_CHECKING:
    from ._shape import AbstractShape

Plane = tuple[sp.Symbol, float]  # a coordinate and its place
Entities = list[tuple[int, int]]

_BESIDE = 1e-6  # of the size: nearer to an end of the shape than that there is nothing to cut


def checked_planes(shape: AbstractShape, planes: Sequence[Plane]) -> list[tuple[int, float]]:
    """(axis, place) of those that cross the shape's box."""
    found = []
    for plane in planes:
        if not (isinstance(plane, list | tuple) and len(plane) == 2 and plane[0] in shape.coordinates):
            raise ArgumentError(
                "A mesh follows planes x = c.",
                given=repr(plane),
                expected=f"pairs of one of {', '.join(c.name for c in shape.coordinates)} and a number",
            )
        axis, place = shape.coordinates.index(plane[0]), float(plane[1])
        low, high = shape.bounds[:, axis]
        if not np.isfinite(place):
            raise ArgumentError("The place of a plane is no number.", given=repr(plane), expected="a finite number")
        if low + _BESIDE * shape.size < place < high - _BESIDE * shape.size:
            found.append((axis, place))
    return found


def add_planes(occ: Any, shape: AbstractShape, planes: Sequence[tuple[int, float]]) -> Entities:
    """Lines or rectangles a little wider than the shape's box."""
    low, high = shape.bounds + 0.01 * shape.size * np.array([[-1.0], [1.0]])
    found = []
    for axis, place in planes:
        others = [k for k in range(shape.ndim) if k != axis]
        corners = []
        for end in _outline(low[others], high[others]):
            x = np.zeros(3)
            x[axis], x[others] = place, end
            corners.append(occ.addPoint(*x))
        if shape.ndim == 2:
            found.append((1, occ.addLine(*corners)))
        else:
            lines = [occ.addLine(a, b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
            found.append((2, occ.addPlaneSurface([occ.addCurveLoop(lines)])))
    return found


def _outline(low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
    """The ends of an interval, or the corners of a rectangle in turn."""
    if len(low) == 1:
        return [low, high]
    return [np.where(at_end, high, low) for at_end in ([0, 0], [1, 0], [1, 1], [0, 1])]


def cut(model: Any, entities: Entities, planes: Entities, points: Entities) -> None:
    """The entities with planes and points as parts of them; what lies outside is removed."""
    if not planes and not points:
        return
    _, pieces = model.occ.fragment(entities, [*planes, *points])
    model.occ.synchronize()
    for dimension, tag in {p for k in range(len(planes)) for p in pieces[len(entities) + k]}:
        if not len(model.getAdjacencies(dimension, tag)[0]):
            model.occ.remove([(dimension, tag)], recursive=True)
