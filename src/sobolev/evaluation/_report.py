"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .._core import write_text
from ..solutions import Solution
from ._exhibits import Exhibits
from ._figures import curves_figure, front_figure, growth_figure, spectra_figure
from ._html import costs_table, errors_table, fields_table, front_table
from ._numbers import count_text, error_text, seconds_text
from ._page import definitions, drawing, facts, gallery, head, page, section
from ._rules import better_for_nothing
from ._sample_figures import given_numbers, sample_figure
from ._solution_report import solution_html
from ._statement_html import statement_html

if TYPE_CHECKING:
    from ._comparison import Comparison, Standing


def write_report(path: str | Path, subject: Comparison | Solution) -> Path:
    """Writes the report of a comparison or of one solution atomically and returns its path.

    Self-contained: no scripts, no network; graphs are inline SVG whose colours follow the reader's light or dark mode.
    """
    write_text(path, solution_html(subject) if isinstance(subject, Solution) else report_html(subject))
    return Path(path)


def report_html(comparison: Comparison) -> str:
    """The report as text."""
    problem, exhibits = comparison.problem, comparison.exhibits
    sections = [head(comparison.title, [summary(comparison), str(comparison.conditions.get("date", ""))])]
    sections.append(_facts(comparison))
    if problem is not None:
        sections.append(section("Statement", statement_html(problem)))
    sections.append(
        section(
            "Errors",
            '<p class="soft">Means over the test samples; medians over the seeds. Errors by wave number (low k, mid k, '
            "high k) are shares of the whole. Rows in grey cost no thought and must be beaten.</p>"
            + errors_table(comparison)
            + fields_table(comparison),
        )
    )
    if comparison.front:
        sections.append(section("Error against cost", drawing(front_figure(comparison)) + front_table(comparison)))
    if any(e.kind != "trivial" for e in comparison.entries):
        sections.append(
            section(
                "Whole cost",
                '<p class="soft">N* is the number of solves after which data and training have paid for themselves '
                "against the classical run of the same error; ∞ when they never do.</p>" + costs_table(comparison),
            )
        )
    sections += _exhibit_sections(exhibits)
    sections.append(section("Rules of the comparison", definitions(comparison.rules)))
    sections.append(section("Conditions of the run", definitions(comparison.conditions)))
    return page(comparison.title, sections)


def _winner(comparison: Comparison) -> Standing | None:
    """The learned row with the lowest median on the test set."""
    ran = [s for s in comparison.standings if s.entry.kind == "learned" and s.entry.where == "test" and s.entry.runs]
    return min(ran, key=lambda s: s.entry.median, default=None)


def summary(comparison: Comparison) -> str:
    """The outcome in one or two sentences."""
    s = _winner(comparison)
    if s is None:
        if any(e.kind == "learned" for e in comparison.entries):
            return "No learned row ran."
        return "" if comparison.reference.bar is None else _without_learning(comparison)
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


def _without_learning(comparison: Comparison) -> str:
    bar = comparison.reference.bar
    assert bar is not None
    text = f"Nothing was learned. The reference, {comparison.reference.how}, is off by about {error_text(bar)}."
    ran = [p for p in comparison.front if not p.failure and p.error <= 1e-2]
    if quick := min(ran, key=lambda p: p.seconds, default=None):
        text += (
            f" {quick.method}, {quick.resolution}, reaches {error_text(quick.error)} in {seconds_text(quick.seconds)}."
        )
    return text


def _facts(comparison: Comparison) -> str:
    s = _winner(comparison)
    if s is None:
        return ""
    same = s.equal_error
    remarks = f" ({', '.join(s.remarks)})" if s.remarks else ""
    found = [
        (error_text(s.entry.median), f"relative L2 error of {s.entry.name}{remarks}"),
        (seconds_text(s.entry.cost.inference), "for one solve by the surrogate"),
        (seconds_text(same.seconds), f"{same.method}, {same.resolution}: as accurate")
        if same
        else ("–", "no classical run so accurate" if comparison.front else "no classical method applies"),
        (count_text(s.break_even), "solves until it pays (N*)"),
    ]
    return facts(found)


def _exhibit_sections(exhibits: Exhibits) -> list[str]:
    found = []
    if exhibits.samples:
        parts = [
            f"<h3>{escape(s.label.capitalize())}: sample {s.number}, relative L2 {error_text(s.error)}</h3>"
            + _words(given_numbers(s, exhibits))
            + drawing(sample_figure(s, exhibits), wide=True)
            for s in exhibits.samples
        ]
        found.append(section(f"Test samples of {exhibits.operator}", "".join(parts)))
    if exhibits.growth and exhibits.times is not None:
        found.append(section("Error against time", drawing(growth_figure(exhibits.growth, exhibits.times))))
    if exhibits.curves:
        found.append(section("Training", drawing(curves_figure(exhibits.curves))))
    found += [section(title, gallery(pictures)) for title, pictures in exhibits.pictures if pictures]
    if exhibits.spectra:
        found.append(section("Spectra", drawing(spectra_figure(exhibits.spectra))))
    return found


def _words(given: str) -> str:
    return f'<p class="soft">given: {escape(given)}</p>' if given else ""
