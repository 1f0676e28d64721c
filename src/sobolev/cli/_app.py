"""The application: verbs, options and help. Heavy parts are imported inside the verbs, so that help is instant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._exits import EXIT_HELP, guarded
from ._runs import DEFAULT_OUT
from ._statements import problem_names

app = typer.Typer(
    name="sobolev",
    help="State a differential equation once; solve it, learn it, and know how far to trust the answer.",
    epilog=EXIT_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _complete(incomplete: str) -> list[str]:
    return [name for name in problem_names() if name.startswith(incomplete)]


def _version(value: bool) -> None:
    if value:
        import importlib.metadata

        typer.echo(f"sobolev {importlib.metadata.version('sobolev')}")
        raise typer.Exit


Statement = Annotated[
    str,
    typer.Argument(
        help="A problem's name (see [bold]sobolev list[/]), or a Python file with a module-level Problem.",
        autocompletion=_complete,
        show_default=False,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter or input; may be repeated.", show_default=False),
]
Out = Annotated[Path, typer.Option("--out", help="Folder in which the run's own folder is made.")]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write the machine-readable result here.", show_default=False)
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result only: no progress bars, no comments.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of errors.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Where all random numbers start.")]
Precision = Annotated[str, typer.Option("--precision", help="Width of numbers: single or double.")]


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
    method: Annotated[
        str | None, typer.Option(help="A method's name; default: the strongest that applies.", show_default=False)
    ] = None,
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
    method: Annotated[
        str | None, typer.Option(help="A method's name; default: the strongest that applies.", show_default=False)
    ] = None,
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


OptionalStatement = Annotated[
    str | None,
    typer.Argument(
        help="A problem's name or a Python file; may be left out when --data is given.",
        autocompletion=_complete,
        show_default=False,
    ),
]
Samples = Annotated[int | None, typer.Option(min=10, help="How many samples to simulate.", show_default=False)]
Resolution = Annotated[int | None, typer.Option(min=4, help="Points per side of the data.", show_default=False)]
Minutes = Annotated[
    float | None, typer.Option(min=0.01, help="Minutes of training, all seeds together.", show_default=False)
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Epochs of training for each seed.", show_default=False)]
Seeds = Annotated[int, typer.Option(min=1, help="Trainings from different random weights (rule R6).")]
Predict = Annotated[str, typer.Option(help="Of an evolution: final, step (rolled out) or trajectory.")]
Data = Annotated[
    str | None, typer.Option("--data", help="Learn from this file or store instead of simulating.", show_default=False)
]
Inputs = Annotated[str | None, typer.Option(help="Names of the input arrays in --data.", show_default=False)]
Outputs = Annotated[str | None, typer.Option(help="Names of the output arrays in --data.", show_default=False)]
TestData = Annotated[str | None, typer.Option("--test-data", help="Judge on this file.", show_default=False)]
_READING = {"rich_help_panel": "What a file of --data does not say itself", "show_default": False}
Dims = Annotated[
    list[str] | None,
    typer.Option(help="Axes of arrays: 'sample time x' for all, or 'u=sample time x'; may be repeated.", **_READING),
]
Coordinates = Annotated[
    list[str] | None, typer.Option(help="Array of an axis' points: 'x=xgrid'; may be repeated.", **_READING)
]
Times = Annotated[str | None, typer.Option(help="Array of the times, or 0:1:101, or numbers.", **_READING)]
Box = Annotated[list[str] | None, typer.Option(help="Ends of an axis: 'x=0:1'; may be repeated.", **_READING)]
Kind = Annotated[
    list[str] | None,
    typer.Option(help="periodic, nodes, cells or chebyshev, for all axes or as 'x=periodic'.", **_READING),
]


Operators = Annotated[
    list[str] | None,
    typer.Option(
        "--operator",
        help="What to train, e.g. FNO, kernel-ridge or 'FNO(weights=Tucker(0.1))'; may be repeated. "
        "See [bold]sobolev list[/]. Default: FNO; of compare also DeepONet.",
        show_default=False,
    ),
]
Runs = Annotated[
    list[Path] | None,
    typer.Option("--run", help="Take the operators of this earlier run, without training; may be repeated."),
]


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
