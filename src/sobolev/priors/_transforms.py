"""Fields made from other fields: two phases by a threshold, log-normal fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, PRNGKeyArray

from .._core import ArgumentError
from .._core._numbers import finite
from ..domains import Box


@dataclass(frozen=True)
class TwoPhase:
    """`high` where the field is at or above `threshold`, `low` elsewhere: a medium of two materials."""

    field: Any
    low: float
    high: float
    threshold: float = 0.0

    def __post_init__(self):
        _check_field(self.field, "TwoPhase")
        for name in ("low", "high", "threshold"):
            object.__setattr__(self, name, finite(getattr(self, name), f"TwoPhase: {name}"))

    def draw(self, box: Box, *, key: PRNGKeyArray) -> TwoPhaseFunction:
        """One function on `box`."""
        return TwoPhaseFunction(self.field.draw(box, key=key), self.low, self.high, self.threshold)


class TwoPhaseFunction(eqx.Module):
    """A draw from `TwoPhase`: piecewise constant, called as its field is."""

    field: Callable[..., Array]
    low: float = eqx.field(static=True)
    high: float = eqx.field(static=True)
    threshold: float = eqx.field(static=True)

    def __call__(self, **coordinates: ArrayLike) -> Array:
        values = self.field(**coordinates)
        low, high = (jnp.asarray(phase, values.dtype) for phase in (self.low, self.high))
        return jnp.where(values >= self.threshold, high, low)


@dataclass(frozen=True)
class Exponential:
    """exp of a field: a log-normal field when the field is Gaussian. Always positive."""

    field: Any

    def __post_init__(self):
        _check_field(self.field, "Exponential")

    def draw(self, box: Box, *, key: PRNGKeyArray) -> ExponentialFunction:
        """One function on `box`."""
        return ExponentialFunction(self.field.draw(box, key=key))


class ExponentialFunction(eqx.Module):
    """A draw from `Exponential`, called as its field is."""

    field: Callable[..., Array]

    def __call__(self, **coordinates: ArrayLike) -> Array:
        return jnp.exp(self.field(**coordinates))


def _check_field(field: Any, where: str) -> None:
    if not callable(getattr(field, "draw", None)):
        raise ArgumentError(
            f"{where} needs a law of fields.", given=repr(field), expected="e.g. sv.priors.GaussianField(...)"
        )
