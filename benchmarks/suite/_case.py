"""What a problem of the suite is: a statement, a truth to score against, contenders, and what was published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sobolev import Problem
from sobolev.methods import AbstractMethod

Places = Mapping[str, np.ndarray]  # coordinates, broadcasting against each other
Answer = Mapping[str, np.ndarray]  # values of the unknowns there
Solver = Callable[["Case", int | None], "Attempt"]


@dataclass(frozen=True)
class Attempt:
    """A solution as a function, with the seconds it took after compilation, and those of compiling."""

    evaluate: Callable[[Places], Answer]
    seconds: float
    compiling: float
    size: str


@dataclass(frozen=True)
class Contender:
    """A classical method at several sizes, coarse to fine: a recipe, or a function of the case and a size."""

    name: str
    method: AbstractMethod | Solver
    sizes: Sequence[Any]
    tolerance: float = 1e-4  # of steps and iterations


@dataclass(frozen=True)
class Exact:
    """A formula."""

    answer: Callable[[Places], Answer]


@dataclass(frozen=True)
class Refined:
    """Our own reference: a contender at two sizes; their distance is its error bar, and scores below it say nothing."""

    contender: Contender  # its two last sizes are used


@dataclass(frozen=True)
class Check:
    """A value that the statement's solution is known to have."""

    where: Mapping[str, float]
    unknown: str
    value: float
    within: float


@dataclass(frozen=True)
class File:
    """A file of `../shared/data` that the solution is compared with where it is present."""

    name: str  # below that folder
    read: Callable[[Path], tuple[Places, Answer]]
    within: Mapping[str, float]  # relative L2 distance of each unknown


@dataclass(frozen=True)
class Published:
    """Scores of the benchmark's own table, and whether they can be compared with a true error."""

    vanilla: float
    best: float
    verdict: Literal["sound", "floor", "void"]
    floor: float | None = None  # what the published reference itself is off by


@dataclass(frozen=True)
class Case:
    """One problem; the error of a contender is measured at `places`, per unknown, relative to the truth's own norm."""

    number: int
    name: str
    statement: Callable[[], Problem]
    contenders: Sequence[Contender]
    truth: Exact | Refined
    places: Callable[[], Places]
    trivial: float  # score of the best constant per unknown, as shared by the suite's audit
    published: Published
    bar: float = 1e-3
    seconds: float = 10.0
    checks: Sequence[Check] = field(default=())
    files: Sequence[File] = ()
    measured: Sequence[str] = ()  # unknowns that are scored; empty: all
    free_constant: Sequence[str] = ()  # unknowns known up to a constant, compared after subtracting the mean
    times: Sequence[float] | None = None  # saved by the contenders
