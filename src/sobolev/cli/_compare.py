"""`sobolev compare` of a statement that is solved on a mesh, where nothing learns: classical solutions side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ._runs import Run

if TYPE_CHECKING:
    from ..equations import Problem


def compare_on_mesh(problem: Problem, seed: int, run: Run, json: Path | None, quiet: bool) -> None:
    """Solves at several resolutions and tolerances, scores against a reference, writes the report."""
    import jax
    from rich.console import Console

    from ..evaluation import compare

    run.write_text("statement.txt", f"{problem}\n")
    comparison = compare(problem, key=jax.random.key(seed), quiet=quiet)
    report = comparison.report(run.folder / "report.html")
    comparison.to_json(run.folder / "comparison.json")
    ran = [p for p in comparison.front if not p.failure]
    best = min(ran, key=lambda p: p.error, default=None)
    run.finish(
        json,
        name=comparison.title,
        method=None if best is None else best.method,
        errors={"relative_l2": None if best is None else best.error},
        seconds={
            "compile": None if best is None else best.compilation,
            "solve": None if best is None else best.seconds,
        },
        reference_error=comparison.reference.bar,
        failures={p.resolution: p.failure for p in comparison.front if p.failure},
        report=str(report),
    )
    console = Console(highlight=False)
    Console(highlight=False, width=console.width if console.is_terminal else max(console.width, 100)).print(comparison)
    console.print(f"report: {report}", soft_wrap=True)
