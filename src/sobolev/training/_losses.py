"""What is made small. Losses are objects: `RelativeL2() + 0.1 * H1()` is one."""

from __future__ import annotations

import abc
from collections.abc import Callable
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .._core import ArgumentError
from ..data import Task
from ..fields import gradient

# (inputs, prediction, target) of one sample, each `(*space, channels)` in physical units -> scalar
Measure = Callable[[Array, Array, Array], Float[Array, ""]]


@dataclass(frozen=True)
class AbstractLoss(abc.ABC):
    """A number ≥ 0 for one sample; training minimises its mean over samples."""

    @abc.abstractmethod
    def measure(self, task: Task) -> Measure:
        """The function of one sample, for fields like those of `task`."""

    def __add__(self, other: AbstractLoss) -> AbstractLoss:
        return WeightedSum((1.0, 1.0), (self, _checked(other)))

    def __mul__(self, weight: float) -> AbstractLoss:
        return WeightedSum((weight,), (self,))

    __rmul__ = __mul__


@dataclass(frozen=True)
class WeightedSum(AbstractLoss):
    """Σ weightᵢ · lossᵢ."""

    weights: tuple[float, ...]
    losses: tuple[AbstractLoss, ...]

    def __post_init__(self):
        for weight in self.weights:
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
                raise ArgumentError("A loss has a weight that is no number >= 0.", given=repr(weight))

    def measure(self, task):
        parts = [loss.measure(task) for loss in self.losses]

        def total(inputs, prediction, target):
            return sum(w * part(inputs, prediction, target) for w, part in zip(self.weights, parts, strict=True))

        return total


@dataclass(frozen=True)
class RelativeL2(AbstractLoss):
    """‖prediction − target‖ / ‖target‖ in L2 by the grid's quadrature, all channels joint.

    A target that vanishes is measured absolutely (its norm is replaced by the smallest normal number's root).
    """

    def measure(self, task):
        weights = task.output_spec.grid.weights[..., None]

        def relative(inputs, prediction, target):
            w = jnp.asarray(weights / weights.sum(), target.dtype)
            return _ratio(jnp.sum(w * (prediction - target) ** 2), jnp.sum(w * target**2))

        return relative


@dataclass(frozen=True)
class MeanSquare(AbstractLoss):
    """‖prediction − target‖² / |box|: the mean square, in physical units."""

    def measure(self, task):
        weights = task.output_spec.grid.weights[..., None]

        def square(inputs, prediction, target):
            w = jnp.asarray(weights / weights.sum(), target.dtype)
            return jnp.sum(w * (prediction - target) ** 2)

        return square


@dataclass(frozen=True)
class H1(AbstractLoss):
    """‖e‖ / ‖target‖ in H1, ‖v‖² = ∫ v² + (scale·|∇v|)², by the grid's quadrature.

    The gradient is spectral on periodic and Chebyshev axes, second-order differences elsewhere. `scale` is a length:
    with 1 the usual norm in the box's own coordinates; larger values weigh the gradient more.
    """

    scale: float = 1.0

    def __post_init__(self):
        if not self.scale >= 0:
            raise ArgumentError("H1: scale is no length.", given=repr(self.scale), expected="a number >= 0")

    def measure(self, task):
        grid = task.output_spec.grid
        weights = grid.weights[..., None]

        def square(values):
            w = jnp.asarray(weights / np.sum(weights), values.dtype)
            slope = sum(d**2 for d in gradient(values, grid))
            return jnp.sum(w * (values**2 + self.scale**2 * slope))

        def relative(inputs, prediction, target):
            return _ratio(square(prediction - target), square(target))

        return relative


def _ratio(error: Array, size: Array) -> Array:
    """√error / √size with finite gradients at error = 0 and finite values at size = 0; NaN stays NaN."""
    tiny = jnp.finfo(error.dtype).tiny
    vanishes = error <= tiny  # asked this way round because NaN is neither, and must not look like a perfect fit
    root = jnp.where(vanishes, 0, jnp.sqrt(jnp.where(vanishes, 1, error)))
    return root / jnp.sqrt(jnp.where(size <= tiny, 1, size))


def _checked(other: object) -> AbstractLoss:
    if not isinstance(other, AbstractLoss):
        raise ArgumentError("This cannot be added to a loss.", given=repr(other), expected="another loss")
    return other
