"""`sobolev solve`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from ._catalogue import find_method
from ._extras import or_remark, save_figure
from ._modes import solve_modes
from ._runs import Run
from ._statements import find_statement


@dataclass(frozen=True)
class SolveOptions:
    """What was asked for."""

    statement: str
    settings: tuple[str, ...]
    method: str | None
    tolerance: float | None
    resolution: int | None
    precision: str
    seed: int


def run_solve(options: SolveOptions, out: Path, json: Path | None, quiet: bool) -> None:
    """Solves, stores the solution and its picture, prints what is known of its error."""
    import jax
    from rich.console import Console

    from .._core import ArgumentError
    from ..equations import draw
    from ..evaluation import write_report
    from ..methods import solve
    from ..spaces import FiniteElement

    problem = find_statement(options.statement, options.settings)
    method = find_method(options.method)
    if problem.eigenvalue is not None and method is not None:
        raise ArgumentError(
            f"'{problem.name}' has many solutions: its eigenpairs are found in one way.",
            given="--method",
            fix="leave it out; --tolerance or --resolution refine",
        )
    run = Run.start("solve", problem.name, out, dataclasses.asdict(options))
    run.write_text("statement.txt", f"{problem}\n")
    if problem.is_random:
        problem = draw(problem, key=jax.random.key(options.seed))
    if problem.eigenvalue is not None:
        solve_modes(problem, options.resolution, options.tolerance, run, json, quiet=quiet)
        return
    solution = solve(
        problem,
        method,
        tolerance=options.tolerance,
        resolution=options.resolution,
        precision=options.precision,
        quiet=quiet,
    )
    file = solution.save(run.folder / "solution.npz")
    remarks: list[str] = []
    picture = or_remark(lambda: save_figure(solution.plot(), run.folder / "solution.png"), remarks)
    mesh = None
    if isinstance(solution.space, FiniteElement):
        mesh = str(save_figure(solution.plot_mesh(), run.folder / "mesh.png"))
    report = write_report(run.folder / "report.html", solution)
    residual = or_remark(solution.residual, remarks) or {}
    bar = solution.error_bar
    errors = {"relative_l2": None if bar is None else bar.relative_l2, "max": None if bar is None else bar.relative_max}
    seconds = {"compile": solution.statistics.compile_seconds, "solve": solution.statistics.run_seconds}
    result = run.finish(
        json,
        name=problem.name,
        method=str(solution.method),
        reason=solution.reason,
        resolution=solution.resolution,
        result=solution.result.name,
        errors={**errors, "residual": residual},
        seconds=seconds,
        solution=str(file),
        picture=None if picture is None else str(picture),
        mesh=mesh,
        report=str(report),
        remarks=remarks,
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(solution), markup=False)
    if residual:
        console.print(f"residual: {', '.join(f'{n} {value:.2e}' for n, value in residual.items())}", markup=False)
    for remark in remarks:
        console.print(remark, markup=False)
    console.print(f"in {result['run']}", markup=False)
    console.print(f"report: {report}", markup=False)
