"""Sizes and budgets where nothing was said: what a newcomer can wait for on two cores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..equations import Problem
    from ..training import Training
    from ._learn import LearnOptions
    from ._operators import NamedOperator


@dataclass(frozen=True)
class Defaults:
    """Sizes of a run. `epochs` and `minutes` are of one operator with one seed; one of them is None.

    `ends` per side of the box: 1 where its grid has nodes at both ends, 0 where it is periodic or made of cells.
    """

    samples: int
    resolution: tuple[int, ...] | None
    ends: tuple[int, ...]
    epochs: int | None
    minutes: float | None

    def finer(self, factor: int) -> tuple[int, ...] | None:
        """The resolution with `factor` times as many intervals per side."""
        if self.resolution is None:
            return None
        return tuple(factor * (n - end) + end for n, end in zip(self.resolution, self.ends, strict=True))

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
    minutes = None if options.minutes is None else options.minutes / max(1, options.seeds)
    ends = () if problem is None or options.data is not None else _ends(problem)
    return Defaults(
        samples=options.samples or _SAMPLES[ndim],
        resolution=_resolution(ends, options.resolution, _RESOLUTION[ndim], any(o.halves for o in operators)),
        ends=ends,
        epochs=options.epochs or _EPOCHS[ndim],
        minutes=minutes,
    )


def _resolution(ends: tuple[int, ...], asked: int | None, intervals: int | None, halves: bool) -> Any:
    if asked is not None:
        return (asked,) * len(ends)
    # Where nodes are at both ends, the number of intervals is what halves when grids are made coarser.
    return None if intervals is None else tuple(intervals + end * (not halves) for end in ends)


def _ends(problem: Problem) -> tuple[int, ...]:
    from ..domains import Box
    from ..evaluation import learnable_method
    from ..methods import FiniteVolume

    if not isinstance(problem.space, Box):
        return ()
    cells = isinstance(learnable_method(problem), FiniteVolume)
    return tuple(int(not (side.periodic or cells)) for side in problem.space.sides)
