"""Sizes and budgets where nothing was said: what a newcomer can wait for on two cores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..equations import Problem
    from ..training import Training
    from ._learn import LearnOptions
    from ._operators import NamedOperator


@dataclass(frozen=True)
class Defaults:
    """Sizes of a run. `epochs` and `minutes` are of one operator with one seed; one of them is None."""

    samples: int
    resolution: int | None
    epochs: int | None
    minutes: float | None

    def training(self, operators: int) -> Training:
        """How to train each seed of each operator."""
        from ..training import Epochs, Minutes, Training

        budget = Epochs(self.epochs) if self.minutes is None else Minutes(self.minutes / operators)
        return Training(budget, batch=8)


_SAMPLES = {0: 500, 1: 600, 2: 400, 3: 100}
_RESOLUTION = {0: None, 1: 64, 2: 32, 3: 16}
_EPOCHS = {0: 60, 1: 40, 2: 12, 3: 10}


def defaults_for(problem: Problem | None, options: LearnOptions, operators: Sequence[NamedOperator]) -> Defaults:
    """What was asked for, and for the rest what suits the number of dimensions and the operators."""
    ndim = 2 if problem is None else problem.ndim
    resolution = options.resolution or _RESOLUTION[ndim]
    if options.resolution is None and problem is not None and problem.space is not None and not problem.is_periodic:
        resolution += not any(o.halves for o in operators)  # nodes at both ends: the number of intervals is what halves
    minutes = None if options.minutes is None else options.minutes / max(1, options.seeds)
    return Defaults(
        samples=options.samples or _SAMPLES[ndim],
        resolution=resolution,
        epochs=options.epochs or _EPOCHS[ndim],
        minutes=minutes,
    )
