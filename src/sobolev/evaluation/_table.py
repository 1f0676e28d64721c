"""The comparison in the terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._cost_tables import cost_tables
from ._numbers import error_text, range_text, seconds_text
from ._rules import dominates, is_at_floor

if TYPE_CHECKING:
    from rich.console import Group

    from ._comparison import Comparison, Standing
    from ._entries import FrontPoint, Reference

ERROR_KINDS = {  # kind → heading, in the order of the table
    "max": "max",
    "relative_h1": "H1",
    "boundary": "boundary",
    "conservation": "conserved",
    "low": "low k",
    "mid": "mid k",
    "high": "high k",
    "early": "early",
    "middle": "middle",
    "late": "late",
}
BY_SCALE = ("low", "mid", "high", "early", "middle", "late")


def error_columns(comparison: Comparison) -> list[str]:
    """The kinds of error that any entry of this comparison has."""
    return [kind for kind in ERROR_KINDS if any(e.error(kind) is not None for e in comparison.entries)]


def front_remark(point: FrontPoint, pareto: Sequence[FrontPoint], reference: Reference) -> str:
    """What is said of a classical run: its failure, that it is the reference (its error is its own bar), that its
    score measures the reference (R3), or that another run beats it."""
    if point.failure:
        return point.failure
    said = [] if point in pareto else ["dominated"]
    if reference.bar is not None and point.error == reference.bar:
        said = ["the reference, by its own bar"] if said else []
    elif is_at_floor(point.error, reference):
        said.append("at reference floor")
    return ", ".join(said)


def where_text(s: Standing) -> str:
    return s.entry.name if s.entry.where == "test" else f"{s.entry.name}, {s.entry.where}"


def as_rich(comparison: Comparison) -> Group:
    """Tables of errors, costs and the classical front, and the rules."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    style = {"learned": "bold", "classical": "cyan", "trivial": "dim"}
    kinds = error_columns(comparison)
    scales = [k for k in kinds if k in BY_SCALE]

    def table(title: str, *left: str) -> Table:
        made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False, padding=(0, 1))
        for heading in left:
            made.add_column(heading, overflow="fold", max_width=34)
        return made

    errors = table(f"{comparison.title}: errors", "row")
    for heading in ("relative L2", "range", *(ERROR_KINDS[k] for k in kinds if k not in BY_SCALE)):
        errors.add_column(heading, justify="right", no_wrap=True)
    errors.add_column("remarks", overflow="fold")
    bands = table("relative L2 by wave number and time", "row")
    for kind in scales:
        bands.add_column(ERROR_KINDS[kind], justify="right", no_wrap=True)
    for s in comparison.standings:
        e = s.entry
        errors.add_row(
            where_text(s),
            error_text(e.median) if e.runs else "failed",
            range_text(*e.range),
            *(error_text(e.error(kind)) for kind in kinds if kind not in BY_SCALE),
            "; ".join(s.remarks),
            style=style[e.kind],
        )
        if e.runs:
            bands.add_row(where_text(s), *(error_text(e.error(kind)) for kind in scales), style=style[e.kind])
    costs = []
    told = any(e.kind != "trivial" for e in comparison.entries)
    for part in cost_tables(comparison) if told else ():
        made = table(part.title, part.headings[0])
        for heading in part.headings[1:]:
            made.add_column(heading, justify="right", overflow="fold")
        for kind, cells in part.rows:
            made.add_row(*cells, style=style[kind])
        costs.append(made)
    parts: list = [errors, *([bands] if scales else []), *costs]
    if comparison.front:
        front = table("classical error–cost front", "method")
        for heading in ("resolution", "relative L2", "one solve", "compiling", ""):
            front.add_column(heading, justify="right")
        pareto = dominates(comparison.front)
        for p in comparison.front:
            remark = front_remark(p, pareto, comparison.reference)
            front.add_row(
                p.method,
                p.resolution,
                error_text(p.error) if not p.failure else "failed",
                seconds_text(p.seconds),
                seconds_text(p.compilation),
                remark,
                style="cyan",
            )
        parts.append(front)
    rules = Table(box=None, show_header=False, pad_edge=False)
    rules.add_column(justify="right", style="dim", no_wrap=True)
    rules.add_column(overflow="fold")
    for rule, text in comparison.rules.items():
        rules.add_row(rule, Text(text))
    return Group(*parts, rules)


def as_text(comparison: Comparison, width: int = 140) -> str:
    """The same, as plain text."""
    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(as_rich(comparison))
    return console.file.getvalue()
