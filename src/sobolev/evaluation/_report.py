"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import importlib.resources
import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core import write_text
from ._exhibits import Exhibits
from ._figures import curves_figure, front_figure, growth_figure, spectra_figure
from ._html import costs_table, errors_table, fields_table, front_table
from ._numbers import count_text, error_text, seconds_text
from ._rules import better_for_nothing
from ._sample_figures import given_numbers, sample_figure
from ._statement_html import statement_html

if TYPE_CHECKING:
    from ._comparison import Comparison, Standing


def write_report(path: str | Path, comparison: Comparison) -> Path:
    """Writes the report atomically and returns its path.

    Self-contained: no scripts, no network; pictures are inline SVG whose colours follow the reader's light or dark
    mode.
    """
    write_text(path, report_html(comparison))
    return Path(path)


def report_html(comparison: Comparison) -> str:
    """The report as text."""
    problem, exhibits = comparison.problem, comparison.exhibits
    sections = [_head(comparison), _facts(comparison)]
    if problem is not None:
        sections.append(_section("Statement", statement_html(problem)))
    sections.append(
        _section(
            "Errors",
            '<p class="soft">Means over the test samples; medians over the seeds. Errors by wave number (low k, mid k, '
            "high k) are shares of the whole. Rows in grey cost no thought and must be beaten.</p>"
            + errors_table(comparison)
            + fields_table(comparison),
        )
    )
    if comparison.front:
        sections.append(_section("Error against cost", _figure(front_figure(comparison)) + front_table(comparison)))
    sections.append(
        _section(
            "Whole cost",
            '<p class="soft">N* is the number of solves after which data and training have paid for themselves '
            "against the classical run of the same error; ∞ when they never do.</p>" + costs_table(comparison),
        )
    )
    sections += _exhibit_sections(exhibits)
    rules = "".join(f"<dt>{escape(r)}</dt><dd>{escape(t)}</dd>" for r, t in comparison.rules.items())
    sections.append(_section("Rules of the comparison", f"<dl>{rules}</dl>"))
    sections.append(_section("Conditions of the run", f"<dl>{_definitions(comparison.conditions)}</dl>"))
    css = importlib.resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(comparison.title)} · Sobolev</title><link rel="icon" href="data:,"><style>{css}</style></head>'
        f"<body><main>{''.join(sections)}<footer>Made by Sobolev.</footer></main></body></html>\n"
    )


def _head(comparison: Comparison) -> str:
    lines = [summary(comparison), str(comparison.conditions.get("date", ""))]
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f"<header><h1>{escape(comparison.title)}</h1>{paragraphs}</header>"


def _winner(comparison: Comparison) -> Standing | None:
    """The learned row with the lowest median on the test set."""
    ran = [s for s in comparison.standings if s.entry.kind == "learned" and s.entry.where == "test" and s.entry.runs]
    return min(ran, key=lambda s: s.entry.median, default=None)


def summary(comparison: Comparison) -> str:
    """The outcome in one or two sentences."""
    s = _winner(comparison)
    if s is None:
        return "No learned row ran." if any(e.kind == "learned" for e in comparison.entries) else ""
    error, seconds = error_text(s.entry.median), seconds_text(s.entry.cost.inference)
    text = f"{s.entry.name} reaches a relative L2 error of {error} in {seconds} a solve."
    if easier := better_for_nothing(s.entry, comparison.entries):
        text += f" {easier[0].name.capitalize()}, which cost no thought, reaches {error_text(easier[0].median)}."
    if not comparison.front:
        return f"{text} No classical method applies."
    same = s.equal_error
    if same is None:
        return f"{text} No classical run of the front is so accurate."
    text += f" {same.method} at {same.resolution} is as accurate in {seconds_text(same.seconds)}"
    if s.break_even is None or math.isinf(s.break_even):
        return f"{text}: the surrogate never pays."
    return f"{text}: the surrogate pays after {count_text(s.break_even)} solves."


def _facts(comparison: Comparison) -> str:
    s = _winner(comparison)
    if s is None:
        return ""
    same = s.equal_error
    remarks = f" ({', '.join(s.remarks)})" if s.remarks else ""
    facts = [
        (error_text(s.entry.median), f"relative L2 error of {s.entry.name}{remarks}"),
        (seconds_text(s.entry.cost.inference), "for one solve by the surrogate"),
        (seconds_text(same.seconds), f"{same.method}, {same.resolution}: as accurate")
        if same
        else ("–", "no classical run so accurate" if comparison.front else "no classical method applies"),
        (count_text(s.break_even), "solves until it pays (N*)"),
    ]
    items = "".join(f"<li><b>{escape(a)}</b><span>{escape(b)}</span></li>" for a, b in facts)
    return f'<ul class="facts">{items}</ul>'


def _exhibit_sections(exhibits: Exhibits) -> list[str]:
    found = []
    if exhibits.samples:
        parts = [
            f"<h3>{escape(s.label.capitalize())}: sample {s.number}, relative L2 {error_text(s.error)}</h3>"
            + _words(given_numbers(s, exhibits))
            + _figure(sample_figure(s, exhibits), wide=True)
            for s in exhibits.samples
        ]
        found.append(_section(f"Test samples of {exhibits.operator}", "".join(parts)))
    if exhibits.growth and exhibits.times is not None:
        found.append(_section("Error against time", _figure(growth_figure(exhibits.growth, exhibits.times))))
    if exhibits.curves:
        found.append(_section("Training", _figure(curves_figure(exhibits.curves))))
    if exhibits.spectra:
        found.append(_section("Spectra", _figure(spectra_figure(exhibits.spectra))))
    return found


def _words(given: str) -> str:
    return f'<p class="soft">given: {escape(given)}</p>' if given else ""


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _figure(svg: str, wide: bool = False) -> str:
    return f'<figure class="{"wide" if wide else ""}">{svg}</figure>'


def _definitions(values: dict[str, Any]) -> str:
    def text(v: Any) -> str:
        return ", ".join(f"{k} {text(w)}" for k, w in v.items()) if isinstance(v, dict) else str(v)

    return "".join(f"<dt>{escape(str(k).replace('_', ' '))}</dt><dd>{escape(text(v))}</dd>" for k, v in values.items())
