"""docs/suite.md and the suite's part of docs/choosing.md, from a run: `python -m benchmarks.suite --page`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sobolev._core import write_text

DOCS = Path(__file__).parents[2] / "docs"
PAGE, RESULTS, GUIDE = DOCS / "suite.md", DOCS / "suite" / "results.json", DOCS / "choosing.md"
BEGIN, END = "<!-- from the suite -->\n", "<!-- end of the suite -->\n"
GUIDE_HEAD = "| problem | most accurate in time | then |\n|---|---|---|\n"
HEAD = """# The suite: PINNacle's problems, solved classically

The 22 problems of PINNacle (Hao et al., NeurIPS 2024) as Sobolev statements, each repaired where the published one was
incomplete, wrong, or scored against a reference that was (the repair stands at the head of its file in
`benchmarks/suite/`). Made by `python -m benchmarks.suite --page` on two cores; seconds are those of one solve after
meshing and compilation. Errors are relative L2 against the exact solution or our own reference, the worst unknown; "own
floor" is that reference's own error, the distance of its two finest resolutions.

"Constant" is the score of the best constant. The published scores, the best of each, stand beside their verdict:
*sound* (same problem, accurate reference), *floor* (the published reference itself is off by about as much), *void*
(another or incomplete problem was given or scored).

| # | problem | best classical method in time | error | seconds | bar met | own floor | constant | published | verdict |
|---|---|---|---|---|---|---|---|---|---|
"""
FOOT = """
The bar is {bar:g}, checks included; "floor": the reference is not good enough to tell.

## Every method at every size

"""


def renewed(kept: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The results that are kept, with these cases' new ones, in order; written back."""
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    found = {(k["number"], k["name"]): k for k in (*before, *kept)}
    ordered = [found[key] for key in sorted(found)]
    write_text(RESULTS, json.dumps(ordered, indent=1) + "\n")
    return ordered


def write_page(kept: Sequence[Mapping[str, Any]]) -> None:
    """Writes the page whole."""
    lines = [HEAD + "\n".join(_row(k) for k in kept) + "\n", FOOT.format(bar=1e-3)]
    for k in kept:
        lines.append(f"**{k['number']} {k['name']}**\n\n| method | size | error | seconds |\n|---|---|---|---|\n")
        for s in k["scores"]:
            if s["errors"] is None:
                lines.append(f"| {s['contender']} | {s['size']} | {s['why']} | |\n")
                continue
            errors = ", ".join(f"{name} {e:.1e}" for name, e in s["errors"].items())
            lines.append(f"| {s['contender']} | {s['size']} | {errors} | {s['seconds']:.2g} |\n")
        checks = [f"{c['where']} = {c['found']:.5g} (expected {c['expected']:.5g})" for c in k["checks"]]
        lines.append(f"\nChecks: {'; '.join(checks)}.\n\n" if checks else "\n")
    write_text(PAGE, "".join(lines).rstrip() + "\n")


def write_guide(kept: Sequence[Mapping[str, Any]]) -> None:
    """Renews the suite's part of docs/choosing.md: of each problem the two methods that were most accurate in time."""
    text = GUIDE.read_text()
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    write_text(GUIDE, before + BEGIN + GUIDE_HEAD + "".join(_guidance(k) for k in kept) + after)


def _guidance(k: Mapping[str, Any]) -> str:
    best: dict[str, tuple[float, float]] = {}
    for s in k["scores"]:
        if s["errors"] is not None and s["seconds"] <= k["seconds_allowed"]:
            found = (max(s["errors"].values()), s["seconds"])
            best[s["contender"]] = min(best.get(s["contender"], found), found)
    ranked = sorted(best.items(), key=lambda item: item[1])[:2]
    cells = [f"{name}: {error:.1e} in {seconds:.2g} s" for name, (error, seconds) in ranked]
    return f"| {k['number']} {k['name']} | {' | '.join([*cells, '', ''][:2])} |\n"


def _row(k: Mapping[str, Any]) -> str:
    best, published = k["best"], k["published"]
    found = "none" if best is None else f"{best['method']} | {best['error']:.1e} | {best['seconds']:.2g}"
    found = found if best is not None else "none | – | –"
    own = f"{k['reference_error']:.0e}" if k["reference_error"] else "exact"
    return (
        f"| {k['number']} | {k['name']} | {found} | {k['met']} | {own} | {k['trivial']:.2g} | {published['best']:.1e} "
        f"| {published['verdict']} |"
    )
