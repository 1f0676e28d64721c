"""The comparison's tables as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from ._cost_tables import cost_tables
from ._errors import JOINT
from ._numbers import error_text, range_text, seconds_text
from ._rules import dominates
from ._table import ERROR_KINDS, error_columns, front_remark, where_text

if TYPE_CHECKING:
    from ._comparison import Comparison


def table_html(
    headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], words: Sequence[int] = (), caption: str = ""
) -> str:
    """A table; each row is (class, cells as text). Columns numbered in `words` are set as text."""
    kind = ["words" if i in words else "" for i in range(len(headings))]
    head = "".join(f'<th class="{k}">{escape(h)}</th>' for h, k in zip(headings, kind, strict=True))
    body = "".join(
        f'<tr class="{escape(c)}">'
        + "".join(f'<td class="{k}">{_cell(v)}</td>' for v, k in zip(cells, kind, strict=True))
        + "</tr>"
        for c, cells in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def errors_table(comparison: Comparison) -> str:
    """Every row with every error."""
    kinds = error_columns(comparison)
    headings = ["row", "relative L2", "range", *(ERROR_KINDS[k] for k in kinds), "remarks"]
    rows = (
        (
            s.entry.kind,
            [
                where_text(s),
                error_text(s.entry.median) if s.entry.runs else "failed",
                range_text(*s.entry.range),
                *(error_text(s.entry.error(k)) for k in kinds),
                "; ".join(s.remarks),
            ],
        )
        for s in comparison.standings
    )
    return table_html(headings, rows, words=[len(headings) - 1])


def fields_table(comparison: Comparison) -> str:
    """Relative L2, maximum and conservation of each field, where there are several (R7)."""
    ran = [s for s in comparison.standings if s.entry.runs]
    fields = list(dict.fromkeys(f for s in ran for f in s.entry.runs[0].errors if f != JOINT))
    if len(fields) < 2:
        return ""
    kinds = {"relative_l2": "", "max": " max", "conservation": " conserved"}
    columns = [(f, k) for f in fields for k in kinds if any(s.entry.error(k, f) is not None for s in ran)]
    headings = ["row", *(f"{f}{kinds[k]}" for f, k in columns)]
    rows = ((s.entry.kind, [where_text(s), *(error_text(s.entry.error(k, f)) for f, k in columns)]) for s in ran)
    return table_html(headings, rows, caption="by field: relative L2, the maximum, and what is conserved")


def costs_table(comparison: Comparison) -> str:
    """Costs of the rows, their classical counterparts, and N*."""
    return "".join(table_html(t.headings, t.rows, caption=t.title) for t in cost_tables(comparison))


def front_table(comparison: Comparison) -> str:
    """The classical runs."""
    pareto = dominates(comparison.front)
    rows = (
        (
            "classical",
            [
                p.method,
                p.resolution,
                "failed" if p.failure else error_text(p.error),
                seconds_text(p.seconds),
                seconds_text(p.compilation),
                front_remark(p, pareto, comparison.reference),
            ],
        )
        for p in comparison.front
    )
    return table_html(["method", "resolution", "relative L2", "one solve", "compiling", ""], rows, words=[5])


def _cell(text: str) -> str:
    safe = escape(text)
    for mark in ("at reference floor", "one seed", "best"):
        safe = safe.replace(mark, f'<span class="mark">{mark}</span>')
    return safe
