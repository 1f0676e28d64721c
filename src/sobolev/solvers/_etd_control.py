"""How long the steps of an exponential integrator are."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core import ArgumentError


@dataclass(frozen=True)
class FixedStep:
    """Steps of length `dt`, shortened so that a whole number of them fits between saved times."""

    dt: float

    def __post_init__(self):
        if not (isinstance(self.dt, int | float) and math.isfinite(self.dt) and self.dt > 0):
            raise ArgumentError("FixedStep: the step is not positive.", given=repr(self.dt), expected="dt > 0")


@dataclass(frozen=True)
class AdaptiveStep:
    """Steps on the ladder Δ/2, Δ/4, … of the interval Δ between saved times, chosen by step doubling.

    One step and two of half its length differ by 2^p − 1 times the local error of the latter (order p), which is then
    removed by extrapolation. A step is accepted when that error, relative to the solution so far, state by state in
    L2, is at most `safety` · tolerance · (length of the step) / (length of the run). What extrapolation leaves is
    smaller by one order: in practice the global error stays well below the tolerance unless the equation amplifies it.
    Coefficients are computed once for every rung, never inside the loop. The choice of steps is constant under
    differentiation. `max_steps` bounds the steps of the whole run, rejected ones included.
    """

    safety: float = 2.0
    max_steps: int = 100_000

    def __post_init__(self):
        if not (isinstance(self.safety, int | float) and 0 < self.safety <= 100):
            raise ArgumentError("AdaptiveStep: safety is out of range.", given=repr(self.safety), expected="0 to 100")
        if not (isinstance(self.max_steps, int) and self.max_steps > 0):
            raise ArgumentError("AdaptiveStep: max_steps is not positive.", given=repr(self.max_steps))


StepControl = FixedStep | AdaptiveStep
