"""How to train: seven parts, each an object with its own few choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .._core import ArgumentError, Precision, real_dtype
from ._budget import Budget, Epochs, Minutes, Steps
from ._losses import AbstractLoss, RelativeL2
from ._optimisers import AbstractOptimiser, Adam
from ._schedules import AbstractSchedule, OneCycle
from ._symmetries import AbstractAugmentation


def _check_part(owner: str, name: str, part: object, kind: type) -> None:
    if not isinstance(part, kind):
        raise ArgumentError(
            f"{owner}: {name} is not of the right kind.",
            given=repr(part),
            expected=kind.__name__.removeprefix("Abstract").lower(),
            fix=f"see sobolev.training for the kinds of {name}",
        )


@dataclass(frozen=True)
class Selection:
    """Which weights result: those with the lowest validation loss.

    - `every`: epochs between validations (the end of the budget is always one);
    - `patience`: stop after so many validations without improvement (None: never);
    - `average`: decay of an exponential moving average of the weights, 0 for none. Where it is used, the average is
      what is validated and returned (it starts fast: the decay at step n is min(average, (1 + n)/(10 + n)));
    - `loss`: what is compared.

    Without a validation split the last weights result.
    """

    every: int = 1
    patience: int | None = None
    average: float = 0.0
    loss: AbstractLoss = field(default_factory=RelativeL2)

    def __post_init__(self):
        if not isinstance(self.every, int) or self.every < 1:
            raise ArgumentError("Selection: every is no number of epochs.", given=repr(self.every), expected=">= 1")
        if self.patience is not None and (not isinstance(self.patience, int) or self.patience < 1):
            raise ArgumentError("Selection: patience is no count.", given=repr(self.patience), expected=">= 1 or None")
        if not 0 <= self.average < 1:
            raise ArgumentError("Selection: average is no decay.", given=repr(self.average), expected="0 <= d < 1")
        _check_part("Selection", "loss", self.loss, AbstractLoss)


@dataclass(frozen=True)
class Execution:
    """How the machine is used; changes results by no more than rounding (precision apart).

    - `precision`: "single" or "double";
    - `block`: samples per pass of the gradient. "auto": as many as fit the cache, all on an accelerator;
    - `devices`: how many local devices share each batch (None: all, at most one per sample). JAX sees a CPU as one
      device; as one per core (`JAX_NUM_CPU_DEVICES=2` in the environment before Python starts) it trains up to 1.7
      times faster. `sobolev learn` does so by itself;
    - `checkpoint_seconds`: time between checkpoints, where `fit` is given a directory.
    """

    precision: Precision = "single"
    block: int | Literal["auto"] = "auto"
    devices: int | None = None
    checkpoint_seconds: float = 30.0

    def __post_init__(self):
        real_dtype(self.precision)
        if self.block != "auto" and (not isinstance(self.block, int) or self.block < 1):
            raise ArgumentError("Execution: block is no count.", given=repr(self.block), expected="'auto' or >= 1")
        if self.devices is not None and (not isinstance(self.devices, int) or self.devices < 1):
            raise ArgumentError("Execution: devices is no count.", given=repr(self.devices), expected="None or >= 1")
        if not self.checkpoint_seconds >= 0:
            raise ArgumentError("Execution: checkpoint_seconds is negative.", given=repr(self.checkpoint_seconds))


@dataclass(frozen=True)
class Training:
    """How to train. `Training()` is a sound start; `Training(Minutes(2))` stops by the clock."""

    budget: Budget = field(default_factory=lambda: Epochs(50))
    batch: int = 16
    schedule: AbstractSchedule = field(default_factory=lambda: OneCycle(3e-3))
    optimiser: AbstractOptimiser = field(default_factory=lambda: Adam(weight_decay=1e-4))
    loss: AbstractLoss = field(default_factory=RelativeL2)
    selection: Selection = field(default_factory=Selection)
    augmentation: AbstractAugmentation | None = None
    execution: Execution = field(default_factory=Execution)

    def __post_init__(self):
        if not isinstance(self.budget, Epochs | Steps | Minutes):
            raise ArgumentError(
                "Training: the budget has no unit.",
                given=repr(self.budget),
                expected="Epochs(n), Steps(n) or Minutes(n)",
            )
        if isinstance(self.batch, bool) or not isinstance(self.batch, int) or self.batch < 1:
            raise ArgumentError("Training: batch is no count.", given=repr(self.batch), expected="an integer >= 1")
        _check_part("Training", "schedule", self.schedule, AbstractSchedule)
        _check_part("Training", "optimiser", self.optimiser, AbstractOptimiser)
        _check_part("Training", "loss", self.loss, AbstractLoss)
        _check_part("Training", "selection", self.selection, Selection)
        _check_part("Training", "execution", self.execution, Execution)
        if self.augmentation is not None:
            _check_part("Training", "augmentation", self.augmentation, AbstractAugmentation)
