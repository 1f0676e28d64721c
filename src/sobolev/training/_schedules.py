"""Learning rates as functions of the share of the budget that is used up, in [0, 1].

A schedule of the share, not of the step, serves every kind of budget: epochs, steps and minutes.
"""

from __future__ import annotations

import abc
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._core import ArgumentError


@dataclass(frozen=True)
class AbstractSchedule(abc.ABC):
    """Learning rate η(s) at the used share s of the budget."""

    @abc.abstractmethod
    def __call__(self, share: Float[Array, ""]) -> Float[Array, ""]:
        """η(share); traced."""


@dataclass(frozen=True)
class Constant(AbstractSchedule):
    """η(s) = rate."""

    rate: float = 1e-3

    def __post_init__(self):
        _check(rate=self.rate)

    def __call__(self, share):
        return self.rate + 0.0 * share


@dataclass(frozen=True)
class Cosine(AbstractSchedule):
    """Linear warm-up to `peak` over the first `warmup` share, then half a cosine down to `floor`·peak.

    Loshchilov & Hutter, "SGDR" (2017), eq. 5, without restarts.
    """

    peak: float = 1e-3
    warmup: float = 0.02
    floor: float = 0.0

    def __post_init__(self):
        _check(peak=self.peak)
        _check_share(warmup=self.warmup, floor=self.floor)

    def __call__(self, share):
        rise = share / max(self.warmup, 1e-12)
        fall = (share - self.warmup) / (1 - self.warmup)
        down = self.floor + (1 - self.floor) * 0.5 * (1 + jnp.cos(jnp.pi * jnp.clip(fall, 0, 1)))
        return self.peak * jnp.where(share < self.warmup, rise, down)


@dataclass(frozen=True)
class OneCycle(AbstractSchedule):
    """Half a cosine up from peak/`start_divisor` to `peak` over the share `warmup`, then down to peak/`end_divisor`.

    Smith & Topin, "Super-convergence" (2019). Large peaks that diverge at the start are reached safely.
    """

    peak: float = 1e-3
    warmup: float = 0.2
    start_divisor: float = 25.0
    end_divisor: float = 1e4

    def __post_init__(self):
        _check(peak=self.peak, start_divisor=self.start_divisor, end_divisor=self.end_divisor)
        _check_share(warmup=self.warmup)

    def __call__(self, share):
        low, end = self.peak / self.start_divisor, self.peak / self.end_divisor
        up = _half_cosine(low, self.peak, share / max(self.warmup, 1e-12))
        down = _half_cosine(self.peak, end, (share - self.warmup) / (1 - self.warmup))
        return jnp.where(share < self.warmup, up, down)


@dataclass(frozen=True)
class StepDecay(AbstractSchedule):
    """η = peak · factorᵏ, k the number of `every`-shares passed: StepDecay(every=0.2, factor=0.5) halves four times."""

    peak: float = 1e-3
    factor: float = 0.5
    every: float = 0.2

    def __post_init__(self):
        _check(peak=self.peak, factor=self.factor)
        if not 0 < self.every <= 1:
            raise ArgumentError(
                "StepDecay: every is no share of the budget.", given=self.every, expected="0 < every <= 1"
            )

    def __call__(self, share):
        # The last value is kept at share = 1, and 0.6 / 0.2 counts as 3 in spite of rounding.
        passed = jnp.floor(jnp.minimum(share, 1 - 1e-6) / self.every + 1e-6)
        return self.peak * self.factor**passed


def _half_cosine(start: float, stop: float, share: Array) -> Array:
    return stop + (start - stop) * 0.5 * (1 + jnp.cos(jnp.pi * jnp.clip(share, 0, 1)))


def _check(**numbers: float) -> None:
    for name, value in numbers.items():
        if not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise ArgumentError(f"A schedule's {name} is not positive.", given=repr(value), expected=f"{name} > 0")


def _check_share(**numbers: float) -> None:
    for name, value in numbers.items():
        if not 0 <= value < 1:
            raise ArgumentError(f"A schedule's {name} is no share.", given=repr(value), expected=f"0 <= {name} < 1")
