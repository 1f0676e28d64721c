"""Mean and standard deviation of samples, for normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._core import ArgumentError
from ..fields import Grid
from ._resample import resample

# A channel that varies less than this fraction of its size is a constant: it is centred, not scaled.
_CONSTANT = 1e-6


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and std per channel, or per point and channel (`grid` says where the points are).

    Static data, not weights: read-only NumPy arrays that no optimiser touches. Equal contents compare equal.
    """

    mean: np.ndarray
    std: np.ndarray
    grid: Grid | None = None

    def __post_init__(self):
        for name in ("mean", "std"):
            array = np.array(getattr(self, name), np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        space = () if self.grid is None else self.grid.shape
        if self.mean.shape != self.std.shape or self.mean.shape[:-1] != space:
            raise ArgumentError(
                "Statistics: mean and std do not fit.",
                given=f"shapes {self.mean.shape} and {self.std.shape}",
                expected=f"both {(*space, 'channels')}",
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and (self.std > 0).all()):
            raise ArgumentError("Statistics: not finite, or a std that is not positive.", given=str(self.std.min()))

    @staticmethod
    def of(samples: Float[Array, "sample *space channels"], grid: Grid | None = None) -> Statistics:
        """Statistics of the training split: per channel; with a `grid`, per point of it.

        A constant channel keeps std 1. With a grid, points whose std is far below the channel's own (Dirichlet
        boundaries) take a hundredth of the channel's, so that normalised values stay bounded.
        """
        x = np.asarray(samples, np.float64)
        axes = tuple(range(x.ndim - 1))
        mean, std = x.mean(axes), x.std(axes)
        std = np.where(std > _CONSTANT * np.maximum(np.abs(mean), np.finfo(float).tiny), std, 1.0)
        if grid is None:
            return Statistics(mean, std)
        return Statistics(x.mean(0), np.maximum(x.std(0), 0.01 * std), grid)

    def normalise(self, values: Float[Array, "*space channels"], grid: Grid) -> Float[Array, "*space channels"]:
        """(values − mean) / std, the statistics taken to `grid`."""
        mean, std = self._on(grid, values.dtype)
        return (values - mean) / std

    def restore(self, values: Float[Array, "*space channels"], grid: Grid) -> Float[Array, "*space channels"]:
        """values · std + mean."""
        mean, std = self._on(grid, values.dtype)
        return values * std + mean

    def _on(self, grid: Grid, dtype) -> tuple[Array, Array]:
        mean, std = jnp.asarray(self.mean, dtype), jnp.asarray(self.std, dtype)
        if self.grid is None:
            return mean, std
        return resample(mean, self.grid, grid), resample(std, self.grid, grid)

    def _contents(self) -> tuple:
        return (self.mean.shape, self.mean.tobytes(), self.std.tobytes(), self.grid)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statistics) and self._contents() == other._contents()

    def __hash__(self) -> int:
        return hash(self._contents())
