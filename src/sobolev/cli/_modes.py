"""`sobolev solve` of a statement with an unknown number: its lowest eigenvalues and their functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ._extras import or_remark, save_figure
from ._runs import Run

if TYPE_CHECKING:
    from ..equations import Problem

_COUNT = 4


def solve_modes(
    problem: Problem, resolution: int | None, tolerance: float | None, run: Run, json: Path | None, *, quiet: bool
) -> None:
    """Stores the four lowest eigenpairs, pictures their functions, prints the values."""
    from rich.console import Console

    from ..methods import eigenpairs

    pairs = eigenpairs(problem, _COUNT, points=resolution, tolerance=tolerance, quiet=quiet)
    remarks: list[str] = []
    modes = []
    for number, pair in enumerate(pairs):
        file = pair.function.save(run.folder / f"mode-{number}.npz")
        place = run.folder / f"mode-{number}.png"
        picture = or_remark(lambda p=pair, to=place: save_figure(p.function.plot(), to), remarks)
        modes.append(
            {
                "value": float(pair.value),
                "error": pair.error,
                "solution": str(file),
                "picture": picture and str(picture),
            }
        )
    result = run.finish(
        json,
        name=problem.name,
        method=str(pairs[0].function.method),
        unknown=str(problem.eigenvalue),
        modes=modes,
        remarks=list(dict.fromkeys(remarks)),
    )
    console = Console(highlight=False, soft_wrap=True)
    for number, mode in enumerate(modes):
        known = "" if mode["error"] is None else f" ± {mode['error']:.1g}"
        console.print(f"{problem.eigenvalue} = {mode['value']:.10g}{known} (mode {number})", markup=False)
    console.print(f"in {result['run']}", markup=False)
