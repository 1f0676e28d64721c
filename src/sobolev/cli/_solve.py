"""`sobolev solve`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from ._catalogue import find_method
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

    from ..equations import draw
    from ..methods import solve

    problem = find_statement(options.statement, options.settings)
    method = find_method(options.method)
    run = Run.start("solve", problem.name, out, dataclasses.asdict(options))
    run.write_text("statement.txt", f"{problem}\n")
    if problem.is_random:
        problem = draw(problem, key=jax.random.key(options.seed))
    solution = solve(
        problem,
        method,
        tolerance=options.tolerance,
        resolution=options.resolution,
        precision=options.precision,
        quiet=quiet,
    )
    file = solution.save(run.folder / "solution.npz")
    picture = run.folder / "solution.png"
    save_figure(solution.plot(), picture)
    bar = solution.error_bar
    errors = {"relative_l2": None if bar is None else bar.relative_l2, "max": None if bar is None else bar.relative_max}
    residual = solution.residual()
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
        picture=str(picture),
    )
    console = Console(highlight=False, soft_wrap=True)
    console.print(str(solution), markup=False)
    console.print(f"residual: {', '.join(f'{name} {value:.2e}' for name, value in residual.items())}", markup=False)
    console.print(f"in {result['run']}", markup=False)


def save_figure(figure, path: Path) -> None:
    """Writes a matplotlib figure as PNG, whole or not at all."""
    import io

    from .._core import write_bytes

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=140)
    write_bytes(path, buffer.getvalue())
