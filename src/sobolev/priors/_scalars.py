"""Laws of single numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .._core import ArgumentError
from .._core._numbers import finite
from ._arguments import positive


@dataclass(frozen=True)
class Uniform:
    """Uniform on [lower, upper]."""

    lower: float
    upper: float

    def __post_init__(self):
        for end in ("lower", "upper"):
            object.__setattr__(self, end, finite(getattr(self, end), f"Uniform: {end}"))
        _check_order(self.lower, self.upper, "Uniform")

    def draw(self, *, key: PRNGKeyArray) -> Float[Array, ""]:
        """One number."""
        return jax.random.uniform(key, minval=self.lower, maxval=self.upper)


@dataclass(frozen=True)
class LogUniform:
    """exp(U), U uniform on [log lower, log upper]: every octave is as likely as any other."""

    lower: float
    upper: float

    def __post_init__(self):
        for end in ("lower", "upper"):
            object.__setattr__(self, end, positive(getattr(self, end), f"LogUniform: {end}"))
        _check_order(self.lower, self.upper, "LogUniform")

    def draw(self, *, key: PRNGKeyArray) -> Float[Array, ""]:
        """One number."""
        exponent = jax.random.uniform(key, minval=math.log(self.lower), maxval=math.log(self.upper))
        return jnp.clip(jnp.exp(exponent), self.lower, self.upper)  # exp(log lower) may round below lower


def _check_order(lower: float, upper: float, law: str) -> None:
    if not lower < upper:
        raise ArgumentError(f"{law} is empty.", given=f"[{lower:g}, {upper:g}]", expected="lower < upper")
