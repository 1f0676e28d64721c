"""Room between the ends of an axis that does not close on itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._core import ArgumentError
from ..fields import Grid

PaddingMode = Literal["zeros", "edge", "reflect"]


@dataclass(frozen=True)
class DomainPadding:
    """Extends each axis that is not periodic by `fraction` of its points, at its end, and cuts it off again.

    A Fourier layer takes every axis for periodic; padding keeps the two ends apart. `mode` says what is put there:
    zeros, the last value, or the mirror image.
    """

    fraction: float = 0.125
    mode: PaddingMode = "zeros"

    def __post_init__(self):
        if not 0 < self.fraction <= 1:
            raise ArgumentError("DomainPadding: fraction is out of range.", given=self.fraction, expected="in (0, 1]")
        if self.mode not in get_args(PaddingMode):
            raise ArgumentError("Unknown padding.", given=repr(self.mode), expected=", ".join(get_args(PaddingMode)))

    def widths(self, grid: Grid) -> tuple[int, ...]:
        """Points added per axis."""
        return tuple(0 if a.kind == "periodic" else self._width(a.points) for a in grid.axes)

    def pad(self, x: Float[Array, "channels ..."], grid: Grid) -> Float[Array, "channels ..."]:
        """`x` with the points added."""
        widths = [(0, 0)] + [(0, w) for w in self.widths(grid)]
        return jnp.pad(x, widths, mode={"zeros": "constant"}.get(self.mode, self.mode))

    def cut(self, x: Float[Array, "channels ..."], grid: Grid) -> Float[Array, "channels ..."]:
        """`x` without them."""
        return x[(slice(None), *(slice(n) for n in grid.shape))]

    def _width(self, points: int) -> int:
        width = math.ceil(self.fraction * points)
        return min(width, points - 1) if self.mode == "reflect" else width
