"""The suite's outcome as a table and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from ._case import Case
from ._scores import Score

FLOOR_FACTOR = 3.0  # scores within three times the reference's own error measure the reference


def outcome(case: Case, scores: list[Score], reference_error: float, checks: list[tuple]) -> dict[str, Any]:
    """What is kept of a case: its best score within the time allowed, and everything measured."""
    within = [s for s in scores if s.errors and s.seconds <= case.seconds]
    best = min(within, key=lambda s: s.worst, default=None)
    return {
        "number": case.number,
        "name": case.name,
        "reference_error": reference_error,
        "bar": case.bar,
        "seconds_allowed": case.seconds,
        "best": None if best is None else {"method": best.contender, "error": best.worst, "seconds": best.seconds},
        "met": _verdict(case, best, reference_error, all(ok for *_, ok in checks)),
        "trivial": case.trivial,
        "published": asdict(case.published),
        "scores": [asdict(s) for s in scores],
        "checks": [{"where": w, "found": f, "expected": e, "met": ok} for w, f, e, ok in checks],
    }


def _verdict(case: Case, best: Score | None, reference_error: float, checks_hold: bool) -> str:
    """Whether the bar is met; "floor" where the reference itself is not good enough to tell (rule R3)."""
    if best is None or not checks_hold:
        return "no"
    if reference_error > case.bar:
        return "floor" if best.worst <= FLOOR_FACTOR * reference_error else "no"
    return "yes" if best.worst <= case.bar else "no"


def show(console: Console, case: Case, scores: list[Score], kept: dict[str, Any]) -> None:
    """The case's own table: a row for each method and size, the trivial row, the published ones with their verdict."""
    reference = "exact solution" if not kept["reference_error"] else f"own reference ± {kept['reference_error']:.1e}"
    table = Table(title=f"{case.number}  {case.name}  ({reference})", title_justify="left", expand=False)
    for heading in ("method", "size"):
        table.add_column(heading)
    for heading in ("relative L2 error", "seconds", "compiling"):
        table.add_column(heading, justify="right")
    for s in scores:
        if s.errors is None:
            table.add_row(s.contender, s.size, s.why, "", "", style="red")
            continue
        errors = "  ".join(f"{name} {e:.1e}" for name, e in s.errors.items())
        table.add_row(s.contender, s.size, errors, f"{s.seconds:.2g}", f"{s.compiling:.2g}")
    published = case.published
    floor = f", its reference is off by {published.floor:.1e}" if published.floor else ""
    table.add_row("best constant", "", f"{case.trivial:.3g}", "", "", style="dim")
    table.add_row("published, plain network", "", f"{published.vanilla:.2e}", "", "", style="dim")
    table.add_row(f"published, best ({published.verdict}{floor})", "", f"{published.best:.2e}", "", "", style="dim")
    console.print(table)
    for check in kept["checks"]:
        mark = "ok" if check["met"] else "OFF"
        console.print(f"  check {check['where']}: {check['found']:.5g}, expected {check['expected']:.5g}: {mark}")


def summary(console: Console, kept: list[dict[str, Any]]) -> None:
    """One line a case."""
    table = Table(title="The suite", title_justify="left")
    for heading in ("case", "best classical method", "error", "seconds", "bar met", "published best", "verdict"):
        table.add_column(heading)
    for k in kept:
        best = k["best"] or {"method": "none", "error": float("nan"), "seconds": float("nan")}
        table.add_row(
            f"{k['number']} {k['name']}",
            best["method"],
            f"{best['error']:.1e}",
            f"{best['seconds']:.2g}",
            k["met"],
            f"{k['published']['best']:.1e}",
            k["published"]["verdict"],
        )
    console.print(table)
