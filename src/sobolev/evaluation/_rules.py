"""The arithmetic of the rules R1–R12: small functions on numbers, each with its rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ._entries import Entry, FrontPoint, Reference

FLOOR_FACTOR = 3.0  # R3: a score within this factor of the reference's own error measures the reference


def break_even(data: float | None, training: float, classical: float | None, inference: float) -> float:
    """R8: N* = (data + training) / (classical at equal error − inference), the number of solves that pay.

    Infinite when the surrogate is not faster, or when no classical run of its error exists to be replaced
    (`classical` None) and it therefore replaces nothing.
    """
    if classical is None or not classical > inference:
        return math.inf
    return ((data or 0.0) + training) / (classical - inference)


def at_equal_error(front: Iterable[FrontPoint], error: float) -> FrontPoint | None:
    """R1: the fastest classical run that is at least as accurate; None where no run is."""
    found = [p for p in front if not p.failure and p.error <= error]
    return min(found, key=lambda p: p.seconds, default=None)


def at_equal_time(front: Iterable[FrontPoint], seconds: float) -> FrontPoint | None:
    """R1: the most accurate classical run that is at least as fast; None where no run is."""
    found = [p for p in front if not p.failure and p.seconds <= seconds]
    return min(found, key=lambda p: p.error, default=None)


def is_at_floor(score: float, reference: Reference) -> bool:
    """R3: within `FLOOR_FACTOR` of the reference's own error bar."""
    return reference.bar is not None and score <= FLOOR_FACTOR * reference.bar


def best(entries: Sequence[Entry]) -> Entry | None:
    """R6: the learned entry whose range lies below every other learned or trivial range; None where ranges
    overlap, where it ran with one seed only, or where it is at the reference's mercy (no finite score)."""
    ranked = [e for e in entries if e.where == "test" and e.kind != "classical" and e.runs]
    for entry in ranked:
        if entry.kind != "learned" or has_one_seed(entry) or not math.isfinite(entry.range[1]):
            continue
        if all(entry.range[1] < other.range[0] for other in ranked if other is not entry):
            return entry
    return None


def better_for_nothing(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """R5: trivial rows on the same inputs whose median is lower, the lowest first."""
    found = [e for e in entries if e.kind == "trivial" and e.where == entry.where and e.median < entry.median]
    return sorted(found, key=lambda e: e.median)


def has_one_seed(entry: Entry) -> bool:
    """R6: random, but run once: its range is not known."""
    return entry.is_random and len(entry.runs) == 1


def dominates(front: Sequence[FrontPoint]) -> list[FrontPoint]:
    """The Pareto front: runs that no other beats in both error and time, fastest first."""
    found: list[FrontPoint] = []
    for p in sorted((p for p in front if not p.failure), key=lambda p: (p.seconds, p.error)):
        if not found or p.error < found[-1].error:
            found.append(p)
    return found
