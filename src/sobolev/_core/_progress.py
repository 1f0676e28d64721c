"""One progress bar for everything that takes longer than two seconds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Advance = Callable[..., None]
_PATIENCE = 2.0  # seconds before a bar appears


@contextlib.contextmanager
def progress(label: str, total: float | None, *, quiet: bool = False, patience: float = _PATIENCE) -> Iterator[Advance]:
    """Yields `advance(n=1, note="")`, which draws a bar on stderr once `patience` seconds have passed."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        disable=quiet,
    )
    task = bar.add_task(label, total=total, note="")
    begin = time.perf_counter()
    shown = False

    def advance(n: float = 1, note: str = "") -> None:
        nonlocal shown
        bar.update(task, advance=n, note=note)
        if not quiet and not shown and time.perf_counter() - begin > patience:
            bar.start()
            shown = True

    try:
        yield advance
    finally:
        if shown:
            bar.stop()
