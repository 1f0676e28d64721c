"""`sobolev simulate`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from ._catalogue import find_method
from ._runs import Run
from ._statements import find_statement


@dataclass(frozen=True)
class SimulateOptions:
    """What was asked for."""

    statement: str
    settings: tuple[str, ...] = ()
    samples: int = 1000
    resolution: int | None = None
    times: int | None = None
    method: str | None = None
    tolerance: float = 1e-6
    seed: int = 0


def run_simulate(options: SimulateOptions, out: Path, json: Path | None, quiet: bool) -> None:
    """Draws and solves samples into the run's store."""
    problem = find_statement(options.statement, options.settings)
    find_method(options.method)
    carry_out(Run.start("simulate", problem.name, out, dataclasses.asdict(options)), options, json, quiet)


def resume_simulate(run: Run, json: Path | None, quiet: bool) -> None:
    """Goes on with an interrupted simulation; it ends with the same bytes."""
    configuration = {k: tuple(v) if isinstance(v, list) else v for k, v in run.configuration.items()}
    carry_out(run, SimulateOptions(**configuration), json, quiet)


def carry_out(run: Run, options: SimulateOptions, json: Path | None, quiet: bool) -> None:
    """The simulation itself; an interruption says how to go on."""
    import jax
    from rich.console import Console

    from ..data import nested
    from ..simulation import simulate

    problem = find_statement(options.statement, options.settings)
    run.write_text("statement.txt", f"{problem}\n")
    store = run.folder / "data.zarr"
    try:
        data = simulate(
            problem,
            options.samples,
            options.resolution,
            store,
            method=find_method(options.method),
            times=options.times,
            tolerance=options.tolerance,
            quiet=quiet,
            key=jax.random.key(options.seed),
        )
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(f"Interrupted. Go on with: sobolev resume {run.folder}") from stop
    estimated = nested(data.attrs).get("estimated_relative_error", {})
    result = run.finish(
        json,
        name=problem.name,
        method=data.attrs.get("method"),
        samples=int(data.sizes["sample"]),
        errors={"relative_l2": max((v for v in estimated.values() if isinstance(v, float)), default=None)},
        seconds={"simulate": data.attrs.get("seconds")},
        store=str(store),
    )
    console = Console(highlight=False, soft_wrap=True)
    sizes = ", ".join(f"{name} {size}" for name, size in data.sizes.items())
    console.print(f"{result['samples']} samples ({sizes}) by {result['method']}")
    if result["errors"]["relative_l2"] is not None:
        console.print(f"estimated relative error {result['errors']['relative_l2']:.1e}")
    console.print(f"store: {store}")
