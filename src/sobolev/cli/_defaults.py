"""Sizes and budgets where nothing was said: what a newcomer can wait for on two cores."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..data import Task
    from ..equations import Problem
    from ..training import Training
    from ._learn import LearnOptions


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

    def suited(self, operator: Any, task: Task) -> Any:
        """The operator sized to the task's grid: no more modes than it resolves."""
        from ..operators import FNO

        if not isinstance(operator, FNO):
            return operator
        grid = task.output_spec.grid
        modes = tuple(max(2, min(_MODES[grid.ndim], n // 2)) for n in grid.shape) if grid.ndim else operator.modes
        return dataclasses.replace(operator, width=_WIDTH[grid.ndim], modes=modes, layers=_LAYERS[grid.ndim])


_MODES = {0: 1, 1: 16, 2: 12, 3: 8}
_WIDTH = {0: 32, 1: 32, 2: 20, 3: 16}
_LAYERS = {0: 4, 1: 4, 2: 3, 3: 3}
_SAMPLES = {0: 500, 1: 600, 2: 400, 3: 100}
_RESOLUTION = {0: None, 1: 64, 2: 32, 3: 16}
_EPOCHS = {0: 60, 1: 40, 2: 12, 3: 10}


def defaults_for(problem: Problem | None, options: LearnOptions) -> Defaults:
    """What was asked for, and for the rest what suits the number of dimensions."""
    ndim = 2 if problem is None else problem.ndim
    resolution = options.resolution or _RESOLUTION[ndim]
    if options.resolution is None and problem is not None and problem.space is not None and not problem.is_periodic:
        resolution += 1  # nodes at both ends: the number of intervals is what halves
    minutes = None if options.minutes is None else options.minutes / max(1, options.seeds)
    return Defaults(
        samples=options.samples or _SAMPLES[ndim],
        resolution=resolution,
        epochs=options.epochs or _EPOCHS[ndim],
        minutes=minutes,
    )
