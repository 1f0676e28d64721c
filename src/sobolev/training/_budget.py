"""How long to train: epochs, steps, or minutes on the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core import ArgumentError


@dataclass(frozen=True)
class Epochs:
    """`count` passes over the training split."""

    count: int

    def __post_init__(self):
        _positive_integer(self.count, "Epochs")

    def steps(self, steps_per_epoch: int) -> int:
        """Number of optimiser steps."""
        return self.count * steps_per_epoch


@dataclass(frozen=True)
class Steps:
    """`count` optimiser steps."""

    count: int

    def __post_init__(self):
        _positive_integer(self.count, "Steps")

    def steps(self, steps_per_epoch: int) -> int:
        """Number of optimiser steps."""
        return self.count


@dataclass(frozen=True)
class Minutes:
    """`count` minutes on the clock from the call of `fit` to its return, compilation included.

    Schedules follow the elapsed share of the time, so that they end where the time ends. The result then depends on
    the machine's speed: two runs agree in law, not bit by bit (use `Epochs` or `Steps` for that).
    """

    count: float

    def __post_init__(self):
        if isinstance(self.count, bool) or not isinstance(self.count, int | float) or not 0 < self.count < math.inf:
            raise ArgumentError("Minutes needs a positive number.", given=repr(self.count), expected="e.g. Minutes(2)")

    @property
    def seconds(self) -> float:
        return 60.0 * self.count

    def steps(self, steps_per_epoch: int) -> None:
        """Not known beforehand."""
        return None


Budget = Epochs | Steps | Minutes


def _positive_integer(count: object, name: str) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ArgumentError(f"{name} needs a positive integer.", given=repr(count), expected=f"e.g. {name}(20)")
