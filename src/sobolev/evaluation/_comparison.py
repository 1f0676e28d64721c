"""The result of a comparison: data, from which every table and picture is made."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .._core import write_text
from ..equations import Problem
from ..operators import AbstractOperator
from ._entries import Entry, FrontPoint, Reference
from ._exhibits import Exhibits
from ._rules import (
    at_equal_error,
    at_equal_time,
    best,
    better_for_nothing,
    break_even,
    has_one_seed,
    is_at_floor,
)


@dataclass(frozen=True)
class Standing:
    """One entry beside the classical front: what the rules make of its numbers.

    `equal_error`, `equal_time`: the classical runs it is set beside (None: no such run); `break_even`: N* where solves
    come one at a time, `break_even_batched` where all come together, both None where there is no classical method (the
    latter also where no batch was timed); `remarks`: what is printed with it ("at reference floor", "one seed" …).
    """

    entry: Entry
    equal_error: FrontPoint | None
    equal_time: FrontPoint | None
    break_even: float | None
    break_even_batched: float | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Learned, classical and trivial rows side by side under the rules R1–R12.

    - `entries`: every contender, failures included (R12);
    - `front`: the classical method's runs over resolutions (R1), empty when none applies;
    - `reference`: what the truth is, with its error bar (R3) and its residual (R4);
    - `rules`: rule → how it was satisfied, or why it could not be;
    - `conditions`: versions, machine, threads, seeds, float widths (R9);
    - `problem`, `exhibits`: the statement, sample fields and curves, for the report;
    - `operators`: name → the learned operators, one per seed.
    """

    title: str
    entries: tuple[Entry, ...]
    front: tuple[FrontPoint, ...]
    reference: Reference
    rules: dict[str, str]
    conditions: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    exhibits: Exhibits = field(default_factory=Exhibits)
    operators: dict[str, tuple[AbstractOperator, ...]] = field(default_factory=dict)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Entries with their classical counterparts and remarks, in the order given."""
        winner = best(self.entries)
        return tuple(self._standing(e, winner) for e in self.entries)

    def _standing(self, entry: Entry, winner: Entry | None) -> Standing:
        remarks = [entry.failure] if entry.failure else []
        if has_one_seed(entry):
            remarks.append("one seed")
        if entry.runs and entry.where == "test" and is_at_floor(entry.median, self.reference):
            remarks.append("at reference floor")
        easier = [] if entry.kind != "learned" or not entry.runs else better_for_nothing(entry, self.entries)
        if easier:
            remarks.append(f"worse than {easier[0].name}")
        if entry is winner:
            remarks.append("best")
        remarks.extend(entry.notes)
        if entry.kind == "classical" or not entry.runs or entry.where != "test":
            return Standing(entry, None, None, None, None, tuple(remarks))
        cost = entry.cost
        same_error = at_equal_error(self.front, entry.median)
        same_time = at_equal_time(self.front, cost.inference)
        pays = together = None
        if self.front and entry.kind == "learned":
            pays = break_even(cost.data, cost.training, same_error.seconds if same_error else None, cost.inference)
            if cost.batched is not None and (same_error is None or same_error.batched is not None):
                many = same_error.batched if same_error else None
                together = break_even(cost.data, cost.training, many, cost.batched)
            if any(e.cost.inference == 0 for e in easier):  # what costs nothing is more accurate: never
                pays, together = math.inf, None if together is None else math.inf
        return Standing(entry, same_error, same_time, pays, together, tuple(remarks))

    @cached_property
    def frame(self):
        """Tidy pandas table: one line per entry, seed, field and kind of error; the value is the mean over samples."""
        import pandas as pd

        columns = ["entry", "kind", "where", "seed", "field", "error", "value", "samples", "failure"]
        lines = []
        for e in self.entries:
            for run in e.runs:
                for name, kinds in run.errors.items():
                    for kind, values in kinds.items():
                        value = float(np.mean(values))
                        lines.append((e.name, e.kind, e.where, run.seed, name, kind, value, len(values), ""))
            if not e.runs:
                lines.append((e.name, e.kind, e.where, None, "all", "relative_l2", math.inf, 0, e.failure))
        return pd.DataFrame(lines, columns=columns).astype({"seed": "Int64"})

    @cached_property
    def costs(self):
        """pandas table: one line per entry with its costs, classical counterparts and N*."""
        import pandas as pd

        return pd.DataFrame([_cost_line(s) for s in self.standings])

    def __getitem__(self, name: str) -> Standing:
        """The standing of an entry on the test set (or, failing that, wherever it stands)."""
        found = [s for s in self.standings if s.entry.name == name]
        if not found:
            from .._core import ArgumentError

            raise ArgumentError(
                "The comparison has no such row.",
                given=repr(name),
                expected=", ".join(dict.fromkeys(e.name for e in self.entries)),
            )
        return min(found, key=lambda s: s.entry.where != "test")

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; infinities are the string "infinity", so that any JSON reader takes it."""
        rows = [
            {
                "name": s.entry.name,
                "kind": s.entry.kind,
                "where": s.entry.where,
                "relative_l2": {"median": s.entry.median, "range": list(s.entry.range), "seeds": len(s.entry.runs)},
                "errors": _errors_of(s.entry),
                "remarks": list(s.remarks),
                "failure": s.entry.failure or None,
                **_cost_line(s, nested=True),
            }
            for s in self.standings
        ]
        whole = {
            "title": self.title,
            "rows": rows,
            "front": [vars(p) for p in self.front],
            "reference": vars(self.reference),
            "rules": self.rules,
            "conditions": self.conditions,
        }
        return plain(whole)

    def to_json(self, path: str | Path | None = None) -> str:
        """JSON text; written atomically to `path` when given."""
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        if path is not None:
            write_text(path, text + "\n")
        return text

    def report(self, path: str | Path) -> Path:
        """Writes the report, one HTML file that needs nothing else, and returns its path."""
        from ._report import write_report

        return write_report(path, self)

    def __str__(self) -> str:
        from ._table import as_text

        return as_text(self)

    def __rich__(self):
        from ._table import as_rich

        return as_rich(self)


def _cost_line(s: Standing, nested: bool = False) -> dict[str, Any]:
    cost = s.entry.cost
    seconds = {
        "data": cost.data,
        "training": cost.training,
        "compilation": cost.compilation,
        "inference": cost.inference,
        "inference_batched": cost.batched,
        "inference_batched_own_precision": cost.own,
    }
    line: dict[str, Any] = {"seconds": seconds} if nested else {"entry": s.entry.name, "kind": s.entry.kind, **seconds}
    for label, point in (("equal_error", s.equal_error), ("equal_time", s.equal_time)):
        if nested:
            line[label] = vars(point) if point else None
        else:
            line[f"{label}_resolution"] = point.resolution if point else None
            line[f"{label}_seconds"] = point.seconds if point else math.nan
            line[f"{label}_error"] = point.error if point else math.nan
    line["break_even"] = s.break_even
    line["break_even_batched"] = s.break_even_batched
    return line


def _errors_of(entry: Entry) -> dict[str, Any]:
    """Field → kind → median over the seeds of the mean over samples."""
    if not entry.runs:
        return {}
    first = entry.runs[0].errors
    return {
        name: {k: float(np.median([np.mean(run.errors[name][k]) for run in entry.runs])) for k in kinds}
        for name, kinds in first.items()
    }


def plain(value: Any) -> Any:
    """Plain JSON data: NumPy scalars as Python's, infinities and NaN as strings, tuples as lists."""
    match value:
        case dict():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case np.ndarray():
            return plain(value.tolist())
        case np.generic():
            return plain(value.item())
        case float():
            if math.isfinite(value):
                return value
            return "nan" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
        case None | bool() | int() | str():
            return value
    return str(value)
