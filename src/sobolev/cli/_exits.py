"""Exit codes: one for each way in which a command can end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import NoReturn

EXITS = {
    "SobolevError": 1,
    "ArgumentError": 2,
    "StatementError": 3,
    "UnsupportedError": 4,
    "DataError": 5,
    "ConvergenceError": 6,
    "StoreError": 7,
    "CheckpointError": 8,
    "MissingExtraError": 9,
}
INTERRUPTED = 130

EXIT_HELP = (
    "Exit codes: 0 done · 1 unexpected error · 2 wrong usage or argument · 3 wrong statement · 4 not supported by this "
    "method or operator · 5 data missing or damaged · 6 not converged · 7 cannot write or read a store · 8 checkpoint "
    "torn or foreign · 9 an optional part is not installed · 130 interrupted (run folders can be resumed)"
)


def exit_code(error: BaseException) -> int:
    """The code of an error: that of its nearest named class."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    for cls in type(error).__mro__:
        if cls.__name__ in EXITS:
            return EXITS[cls.__name__]
    return 1


@contextlib.contextmanager
def guarded(debug: bool) -> Iterator[None]:
    """Turns errors into a message on stderr and an exit code; with `debug` the traceback stays."""
    import typer

    try:
        yield
    except (typer.BadParameter, typer.Exit, typer.Abort):
        raise
    except (Exception, KeyboardInterrupt) as error:
        if debug:
            raise
        _stop(error)


def _stop(error: BaseException) -> NoReturn:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    headline, _, rest = (str(error) or type(error).__name__).partition("\n")
    if isinstance(error, KeyboardInterrupt):
        console.print(Text(headline if str(error) else "Interrupted.", style="yellow"))
    else:
        console.print(Text(f"{type(error).__name__}: ", style="bold red") + Text(headline))
    if rest:
        console.print(Text(rest))
    if exit_code(error) == 1:
        console.print(Text("  This is unexpected; --debug shows where it happened.", style="dim"))
    sys.exit(exit_code(error))
