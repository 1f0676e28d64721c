"""Shapes of points that are given coordinate by coordinate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ._errors import ArgumentError


def broadcast_shape(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that arrays of points, by coordinate, have together; `ArgumentError` where they do not broadcast."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        raise ArgumentError(
            "The coordinates do not broadcast to one shape.",
            given=", ".join(f"{name} of shape {shape}" for name, shape in shapes.items()),
            expected="shapes that NumPy broadcasts",
            fix="x[:, None] and t[None, :] for all pairs; equally long arrays for points one by one",
        ) from error
