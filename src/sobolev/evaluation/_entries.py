"""What a comparison is made of: contenders, their runs, their costs. Data only."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ._errors import JOINT, Errors

Kind = Literal["learned", "classical", "trivial"]


@dataclass(frozen=True)
class Cost:
    """Seconds. `data`: for the training data (None: unknown, e.g. read from a file); `training` without
    compilation; `compilation` of whatever was compiled.

    Of one solve, under the classical method's conditions, which are double precision (R9): `inference` by itself,
    `batched` as one of many solved together (None: not measured). `own`: as one of many in the precision that the
    operator was learned in (None: that is double, or nothing was learned).
    """

    data: float | None = 0.0
    training: float = 0.0
    compilation: float = 0.0
    inference: float = 0.0
    batched: float | None = None
    own: float | None = None


@dataclass(frozen=True)
class Run:
    """One contender with one seed on one set of samples."""

    errors: Errors
    cost: Cost = Cost()
    seed: int | None = None  # None: nothing random in it

    @property
    def score(self) -> float:
        """Mean over the samples of the joint relative L² error."""
        return float(np.mean(self.errors[JOINT]["relative_l2"]))


@dataclass(frozen=True)
class Entry:
    """A contender: its runs (one per seed), or the reason why there are none.

    `where`: "test", or a few words on how the inputs were drawn otherwise (R11).
    """

    name: str
    kind: Kind
    runs: tuple[Run, ...] = ()
    where: str = "test"
    failure: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def scores(self) -> tuple[float, ...]:
        return tuple(run.score for run in self.runs)

    @property
    def median(self) -> float:
        """Median score over the seeds; infinite for a failure."""
        return float(np.median(self.scores)) if self.runs else np.inf

    @property
    def range(self) -> tuple[float, float]:
        return (min(self.scores), max(self.scores)) if self.runs else (np.inf, np.inf)

    @property
    def is_random(self) -> bool:
        """Whether a seed enters."""
        return any(run.seed is not None for run in self.runs)

    @property
    def cost(self) -> Cost:
        """Medians over the seeds."""
        if not self.runs:
            return Cost(None)

        def median(name: str) -> float | None:
            values = [getattr(run.cost, name) for run in self.runs]
            return None if None in values else float(np.median(values))

        return Cost(**{f.name: median(f.name) for f in dataclasses.fields(Cost)})

    def error(self, kind: str, of: str | None = None) -> float | None:
        """Median over seeds of the mean over samples of one kind of error, of one field or the mean over all; None
        where it is not known."""
        values = []
        for run in self.runs:
            fields = [
                f[kind] for name, f in run.errors.items() if kind in f and name in (of or name,) and name != JOINT
            ]
            if fields:
                values.append(float(np.mean(fields)))
        return float(np.median(values)) if values else None


@dataclass(frozen=True)
class FrontPoint:
    """One run of the classical method on the test inputs: a point of its error–cost front (R1).

    `seconds` and `compilation` are for one solve; `batched` is that of one of all test inputs solved together, where
    that is faster (None: not measured); `error` is the mean relative L² against the reference.
    """

    method: str
    resolution: str
    error: float
    seconds: float
    compilation: float = 0.0
    failure: str = ""
    batched: float | None = None


@dataclass(frozen=True)
class Reference:
    """What the truth is and how far it can be trusted (R3, R4).

    `bar`: its own estimated relative L² error (None: not known); `how`: where the estimate comes from;
    `residual`: relative residual of the statement (None: not evaluated); `data_error`: relative L² distance
    between the data's outputs and the reference, where they differ.
    """

    how: str
    bar: float | None = None
    residual: float | None = None
    residual_note: str = ""
    data_error: float | None = None
