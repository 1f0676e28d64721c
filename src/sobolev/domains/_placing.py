"""The similarities by which shapes are moved, turned and scaled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._core import ArgumentError
from .._core._numbers import finite
from ._arguments import numbers
from ._frame import Frame


def moving(ndim: int, shift: tuple[Any, ...]) -> Frame:
    """x + d, for d given as numbers or as one vector."""
    given = shift[0] if len(shift) == 1 and isinstance(shift[0], list | tuple) else shift
    return Frame.of(1.0, np.eye(ndim), numbers(given, "moved", ndim))


def turning(ndim: int, angle: Any, about: Any, axis: Any) -> Frame:
    """R (x − c) + c: a rotation about a point of the plane, or about a line in space."""
    angle = finite(angle, "rotated: the angle")
    centre = np.zeros(ndim) if about is None else np.array(numbers(about, "rotated: about", ndim))
    if ndim == 2:
        c, s = math.cos(angle), math.sin(angle)
        turn = np.array([[c, -s], [s, c]])
    else:
        turn = _about_axis(angle, axis)
    return Frame.of(1.0, turn, centre - turn @ centre)


def scaling(ndim: int, factor: Any, about: Any) -> Frame:
    """s (x − c) + c."""
    if isinstance(factor, list | tuple):
        raise ArgumentError(
            "scaled takes one factor for all directions.",
            given=str(factor),
            expected="one positive number",
            fix="a Disk scaled unequally is an Ellipse; state rectangles and polygons with their new corners",
        )
    factor = finite(factor, "scaled: the factor")
    if factor <= 0:
        raise ArgumentError("A shape is scaled away.", given=f"factor {factor:g}", expected="a factor > 0")
    centre = np.zeros(ndim) if about is None else np.array(numbers(about, "scaled: about", ndim))
    return Frame.of(factor, np.eye(ndim), (1 - factor) * centre)


def _about_axis(angle: float, axis: Any) -> np.ndarray:
    """Rodrigues' formula."""
    if axis is None:
        raise ArgumentError(
            "A rotation in three dimensions needs an axis.",
            expected="a direction",
            fix="rotated(angle, axis=(0, 0, 1))",
        )
    k = np.array(numbers(axis, "rotated: the axis", 3))
    if not np.any(k):
        raise ArgumentError("The axis of a rotation has no direction.", given=str(axis), expected="a vector ≠ 0")
    k = k / np.linalg.norm(k)
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
