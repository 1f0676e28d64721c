"""Arguments and options that several verbs share, and those of the verbs that learn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._statements import problem_names


def _complete(incomplete: str) -> list[str]:
    return [name for name in problem_names() if name.startswith(incomplete)]


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
Method = Annotated[
    str | None, typer.Option(help="A method's name; default: the strongest that applies.", show_default=False)
]

# --- of the verbs that learn ---------------------------------------------------------------------

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
