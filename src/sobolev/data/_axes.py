"""From the coordinates in a file to axes: which points of which box they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from .._core import ArgumentError, DataError
from ..fields import Axis, AxisKind
from ._contents import Request

_SLACK = 1e-3  # of the spacing: coordinates are often stored in single precision


def axis_from(name: str, points: Any, request: Request, where: str, default: AxisKind = "nodes") -> Axis:
    """The axis whose points are `points`.

    The user's box and kind decide; with a box alone the kind that fits it; with neither, `default` (or Chebyshev
    points where the spacing shows them). `DataError` where the points fit none, or are neither equally spaced nor
    Chebyshev points.
    """
    array = np.asarray(points, float).reshape(-1)
    if len(array) < 2 or not np.isfinite(array).all() or (np.diff(array) <= 0).any():
        bad = "not finite" if not np.isfinite(array).all() else "not increasing" if len(array) > 1 else "a single point"
        raise DataError(
            f"The coordinate {name} of {where} is no axis: its points are {bad}.",
            given=f"{len(array)} points, {np.array2string(array[:6], precision=4)}",
            expected="at least two increasing numbers",
        )
    kind, bounds = kind_of(request, name), _bounds(request, name)
    kinds: tuple[AxisKind, ...] = (kind,) if kind else get_args(AxisKind) if bounds else (default, "chebyshev")
    for candidate in kinds:
        axis = Axis(name, *(bounds or _bounds_for(array, candidate)), len(array), candidate)
        if np.max(np.abs(axis.coordinates - array)) <= _SLACK * np.min(np.diff(array)):
            return axis
    raise DataError(
        f"The coordinate {name} of {where} does not fit its grid.",
        given=f"{len(array)} points from {array[0]:g} to {array[-1]:g}, spacings {np.diff(array).min():g} to "
        f"{np.diff(array).max():g}",
        expected=" or ".join(kinds) + (f" points of [{bounds[0]:g}, {bounds[1]:g}]" if bounds else " points"),
        fix="name the right box= and kind=, or interpolate the data to such a grid",
    )


def axis_without_points(name: str, count: int, request: Request, default: AxisKind = "nodes") -> Axis:
    """An axis of `count` points on the user's box, or on [0, 1] if nothing is said."""
    return Axis(name, *(_bounds(request, name) or (0.0, 1.0)), count, kind_of(request, name) or default)


def kind_of(request: Request, name: str) -> AxisKind | None:
    """The kind that the user gave for this axis, checked."""
    kind = request.kind.get(name) if isinstance(request.kind, Mapping) else request.kind
    if kind is not None and kind not in get_args(AxisKind):
        raise ArgumentError("Unknown kind of axis.", given=repr(kind), expected=", ".join(get_args(AxisKind)))
    return kind


def _bounds(request: Request, name: str) -> tuple[float, float] | None:
    if name not in request.box:
        return None
    try:
        lower, upper = (float(end) for end in request.box[name])
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"box= has no interval for {name}.", given=repr(request.box[name]), expected=f'{{"{name}": (0, 1)}}'
        ) from error
    if not lower < upper:
        raise ArgumentError(f"box= is empty along {name}.", given=f"({lower:g}, {upper:g})", expected="lower < upper")
    return lower, upper


def _bounds_for(points: np.ndarray, kind: AxisKind) -> tuple[float, float]:
    first, last = float(points[0]), float(points[-1])
    spacing = (last - first) / (len(points) - 1)
    match kind:
        case "periodic":
            return first, last + spacing
        case "cells":
            return first - spacing / 2, last + spacing / 2
    return first, last
