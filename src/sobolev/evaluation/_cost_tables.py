"""What rows cost, beside the classical runs of equal error and equal time: the same cells for terminal and report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._numbers import count_text, error_text, ratio_text, seconds_text

if TYPE_CHECKING:
    from ._comparison import Comparison, Standing


@dataclass(frozen=True)
class CostTable:
    """A title, headings, and per row its kind and its cells as text."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def cost_tables(comparison: Comparison) -> tuple[CostTable, ...]:
    """Costs of what is solved one at a time, and where batches were timed of what is solved together (R8, R9)."""
    standings = [s for s in comparison.standings if s.entry.runs and s.entry.where == "test"]
    has_front = bool(comparison.front)
    without = "" if has_front else "; no classical method applies"
    headings = ("row", "data", "training", "compiling", "one solve")
    if has_front:
        headings = (*headings, "classical of equal error", "of equal time", "N*")
    rows = tuple((s.entry.kind, _alone(s, has_front)) for s in standings)
    tables = [CostTable(f"costs; solves one at a time, in double precision{without}", headings, rows)]
    timed = [s for s in standings if s.entry.cost.batched is not None and s.entry.kind != "classical"]
    if timed:
        tables.append(_together(timed, has_front, str(comparison.conditions.get("precision", "single"))))
    return tuple(tables)


def _alone(s: Standing, has_front: bool) -> tuple[str, ...]:
    c = s.entry.cost
    cells = (s.entry.name, *(seconds_text(v) for v in (c.data, c.training, c.compilation, c.inference)))
    if not has_front:
        return cells
    if s.entry.kind == "classical":
        return (*cells, "", "", "")
    same, fast = s.equal_error, s.equal_time
    first = "none so accurate" if same is None else _beside(same.resolution, same.seconds, c.inference)
    second = "none so fast" if fast is None else f"{fast.resolution}: {error_text(fast.error)}"
    return (*cells, first, second, count_text(s.break_even) if s.entry.kind == "learned" else "")


def _together(standings: list[Standing], has_front: bool, precision: str) -> CostTable:
    has_own = any(s.entry.cost.own is not None for s in standings)
    headings = ["row", "a solve of a batch", *([f"in {precision}"] if has_own else [])]
    headings += ["classical of equal error", "N*"] if has_front else []
    rows = []
    for s in standings:
        c, same = s.entry.cost, s.equal_error
        cells = [s.entry.name, seconds_text(c.batched), *([seconds_text(c.own)] if has_own else [])]
        if has_front:
            beside = "none so accurate" if same is None else _beside(same.resolution, same.batched, c.batched)
            cells += [beside, count_text(s.break_even_batched) if s.entry.kind == "learned" else ""]
        rows.append((s.entry.kind, tuple(cells)))
    unless = f" unless {precision} is said" if has_own else ""
    return CostTable(f"solves in batches, in double precision{unless}", tuple(headings), tuple(rows))


def _beside(resolution: str, theirs: float | None, ours: float | None) -> str:
    """16: 126 µs (0.46×): how many times our time the classical run takes."""
    factor = f" ({ratio_text(theirs / ours)})" if theirs is not None and ours else ""
    return f"{resolution}: {seconds_text(theirs)}{factor}"
