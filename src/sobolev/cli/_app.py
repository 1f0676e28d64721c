"""The application: verbs, options and help. Heavy parts are imported inside the verbs, so that help is instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._exits import EXIT_HELP, guarded
from ._options import (
    Box,
    Coordinates,
    Data,
    Debug,
    Dims,
    Epochs,
    Inputs,
    Json,
    Kind,
    Method,
    Minutes,
    Operators,
    OptionalStatement,
    Out,
    Outputs,
    Precision,
    Predict,
    Quiet,
    Resolution,
    Runs,
    Samples,
    Seed,
    Seeds,
    Settings,
    Statement,
    TestData,
    Times,
)
from ._runs import DEFAULT_OUT

app = typer.Typer(
    name="sobolev",
    help="State a differential equation once; solve it, learn it, and know how far to trust the answer.",
    epilog=EXIT_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        import importlib.metadata

        typer.echo(f"sobolev {importlib.metadata.version('sobolev')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


@app.command("list")
def list_(json: Json = None, debug: Debug = False) -> None:
    """List the problems, methods and operators in the library."""
    with guarded(debug):
        from ._catalogue import list_catalogue

        list_catalogue(json)


@app.command()
def show(
    statement: Statement,
    settings: Settings = None,
    form: Annotated[str, typer.Option("--format", help="text, latex or mathml.")] = "text",
    json: Json = None,
    debug: Debug = False,
) -> None:
    """Show a statement: its equations, conditions, random inputs, and the methods that take it."""
    with guarded(debug):
        from ._catalogue import show_statement

        show_statement(statement, settings or [], form, json)


@app.command()
def solve(
    statement: Statement,
    settings: Settings = None,
    method: Method = None,
    tolerance: Annotated[
        float | None, typer.Option(help="Relative L2 error to reach (a demand).", show_default=False)
    ] = None,
    resolution: Annotated[
        int | None, typer.Option(min=2, help="Points per side, without refinement.", show_default=False)
    ] = None,
    precision: Precision = "double",
    seed: Seed = 0,
    out: Out = Path(DEFAULT_OUT),
    json: Json = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Solve a statement classically; random inputs are drawn once from --seed."""
    with guarded(debug):
        from ._solve import SolveOptions, run_solve

        options = SolveOptions(statement, tuple(settings or ()), method, tolerance, resolution, precision, seed)
        run_solve(options, out, json, quiet)


@app.command()
def mesh(
    statement: Statement,
    settings: Settings = None,
    size: Annotated[float | None, typer.Option(help="Length of edges.", show_default=False)] = None,
    count: Annotated[int | None, typer.Option(min=1, help="About as many cells.", show_default=False)] = None,
    tolerance: Annotated[
        float | None, typer.Option(help="Distance of boundary edges from curves.", show_default=False)
    ] = None,
    form: Annotated[str, typer.Option("--format", help="Any that meshio writes: msh, vtu, xdmf, stl …")] = "msh",
    out: Out = Path(DEFAULT_OUT),
    json: Json = None,
    debug: Debug = False,
) -> None:
    """Mesh the domain of a statement, and draw it with its boundary parts."""
    with guarded(debug):
        from ._mesh import MeshOptions, run_mesh

        run_mesh(MeshOptions(statement, tuple(settings or ()), size, count, tolerance, form), out, json)


@app.command()
def simulate(
    statement: Statement,
    settings: Settings = None,
    samples: Annotated[int, typer.Option(min=1, help="How many members of the family.")] = 1000,
    resolution: Annotated[int | None, typer.Option(min=2, help="Points per side.", show_default=False)] = None,
    times: Annotated[int | None, typer.Option(min=2, help="Saved times of an evolution.", show_default=False)] = None,
    method: Method = None,
    tolerance: Annotated[float, typer.Option(help="Of steps and iterations.")] = 1e-6,
    seed: Seed = 0,
    out: Out = Path(DEFAULT_OUT),
    json: Json = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Solve a random family many times, into a Zarr store. Interrupted, it can be resumed."""
    with guarded(debug):
        from ._simulate import SimulateOptions, run_simulate

        options = SimulateOptions(statement, tuple(settings or ()), samples, resolution, times, method, tolerance, seed)
        run_simulate(options, out, json, quiet)


def _learning(verb: str, text: str) -> None:
    """Adds one of the two verbs that learn: they differ in what they do when no operator is named."""

    def command(
        statement: OptionalStatement = None,
        settings: Settings = None,
        operator: Operators = None,
        samples: Samples = None,
        resolution: Resolution = None,
        minutes: Minutes = None,
        epochs: Epochs = None,
        seeds: Seeds = 3,
        seed: Seed = 0,
        predict: Predict = "final",
        data: Data = None,
        inputs: Inputs = None,
        outputs: Outputs = None,
        test_data: TestData = None,
        dims: Dims = None,
        coordinates: Coordinates = None,
        times: Times = None,
        box: Box = None,
        kind: Kind = None,
        run: Runs = None,
        out: Out = Path(DEFAULT_OUT),
        json: Json = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        with guarded(debug):
            from ._learn import LearnOptions, run_learn

            chosen = (samples, resolution, minutes, epochs, seeds, seed, predict)
            files = (data, inputs, outputs, test_data)
            layout = (tuple(dims or ()), tuple(coordinates or ()), times, tuple(box or ()), tuple(kind or ()))
            earlier = tuple(str(folder) for folder in run or ())
            trained = tuple(dict.fromkeys(operator or ()))
            options = LearnOptions(statement, tuple(settings or ()), trained, *chosen, *files, earlier, *layout)
            run_learn(options, verb, out, json, quiet)

    app.command(verb, help=text)(command)


_learning("learn", "Learn a solution operator and compare it honestly: simulate, train, compare, report.")
_learning(
    "compare",
    "Compare several operators with each other, the classical method and trivial rows, on the same data. Of a "
    "statement on a mesh, classical solutions of several sizes.",
)


@app.command()
def resume(
    run: Annotated[Path, typer.Argument(help="The folder of an interrupted run.", show_default=False)],
    json: Json = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Go on with an interrupted simulate, learn or compare, to the result it would have had."""
    with guarded(debug):
        from ._resume import resume_run

        resume_run(run, json, quiet)
