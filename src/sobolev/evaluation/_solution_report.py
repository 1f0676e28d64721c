"""The report of one solution: the statement, what it looks like, its mesh, its error bar, and how it was refined."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from ..solutions import Solution
from ._conditions import conditions
from ._figures import SERIES, figure, svg
from ._html import table_html
from ._numbers import error_text, seconds_text
from ._page import definitions, drawing, facts, gallery, head, page, section
from ._pictures import geometry_picture, mesh_pictures, solution_picture
from ._statement_html import statement_html


def solution_html(solution: Solution) -> str:
    """The report as text."""
    problem, spent = solution.problem, solution.statistics
    name = solution.summary.name
    size = " × ".join(map(str, solution.resolution)) or "adaptive"
    sections = [head(name, [f"{type(solution.method).__name__}, because {solution.reason}."]), facts(_facts(solution))]
    if problem is not None:
        sections.append(section("Statement", statement_html(problem)))
        if geometry := geometry_picture(problem):
            sections.append(section("Geometry", gallery(geometry)))
    if pictures := solution_picture(solution):
        sections.append(section("Solution", gallery(pictures)))
    if meshes := mesh_pictures(solution):
        sections.append(section("Mesh and estimated error", gallery(meshes)))
    sections.append(section("Errors", _errors(solution)))
    if len(spent.levels) > 1:
        sections.append(section("Refinement", _refinement(solution)))
    how = {"method": solution.method, "resolution": size, "tolerance": spent.tolerance, "result": solution.result.value}
    sections.append(section("Conditions of the run", definitions({**how, **conditions(precision=solution.precision)})))
    return page(name, sections)


def _facts(solution: Solution) -> list[tuple[str, str]]:
    bar, spent = solution.error_bar, solution.statistics
    error = "–" if bar is None else error_text(bar.relative_l2)
    return [
        (error, "relative L2 error, estimated" if bar is not None else "one resolution only: its error is not known"),
        (
            " × ".join(map(str, solution.resolution)) or "adaptive",
            "nodes" if len(solution.resolution) == 1 else "points",
        ),
        (seconds_text(spent.run_seconds), "computing, all levels together"),
        (seconds_text(spent.compile_seconds), "assembling and compiling"),
    ]


def _errors(solution: Solution) -> str:
    bar = solution.error_bar
    lines = {"error bar": "none: solved at one resolution" if bar is None else str(bar)}
    if bar is not None and bar.gradient is not None:
        lines["gradient"] = f"{bar.gradient:.1e} relative L2 of ∇u"
    text = definitions(lines)
    problem = solution.problem
    if problem is None or problem.exact is None:
        return text
    table = solution.compare()
    rows = (
        ("", [row.field, *(error_text(e) for e in (row.relative_l2, row.relative_max, row.relative_h1))])
        for row in table.rows
    )
    return text + table_html(["field", "relative L2", "max", "H1"], rows, caption=f"against {escape(table.reference)}")


def _refinement(solution: Solution) -> str:
    levels = solution.statistics.levels
    rows = (
        (
            "",
            [
                " × ".join(map(str, level.resolution)),
                "" if level.change is None else error_text(level.change),
                seconds_text(level.run_seconds),
                seconds_text(level.compile_seconds),
            ],
        )
        for level in levels
    )
    what = "estimated error" if solution.cell_errors is not None else "distance to the level before"
    table = table_html(["points", what, "solving", "assembling and compiling"], rows)
    known = [(math.prod(lv.resolution), lv.change) for lv in levels if lv.change]
    if len(known) < 2:
        return table
    sizes, changes = np.array(known).T
    with figure(8.0, 2.8) as (f, axes):
        a = axes[0, 0]
        a.plot(sizes, changes, "-o", ms=4, color=SERIES[0])
        a.axhline(solution.statistics.tolerance, color=SERIES[5], lw=0.9, ls="--")
        a.annotate(
            "tolerance", (sizes[0], solution.statistics.tolerance), (0, 3), textcoords="offset points", fontsize=8
        )
        a.set(xscale="log", yscale="log", xlabel="points", ylabel=what)
        a.grid(True, lw=0.6)
        return drawing(svg(f, "refinement", "error against points")) + table
