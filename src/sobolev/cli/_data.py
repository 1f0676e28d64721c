"""The data of a `learn` run: simulated on a grid that resolves them, learned on the one that was asked for."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core import ConvergenceError

if TYPE_CHECKING:
    import xarray

    from ..equations import Problem
    from ._defaults import Defaults

_CHECKED = 4  # samples that are solved again, finer, for the data's own error (R3)
_ACCURATE = 0.05  # median relative error above which a finer grid is tried
_FINEST = {1: 32, 2: 4, 3: 2}  # by dimension, how many times finer
_COARSE_STEPS = 1e-4  # tolerance of steps in two and three dimensions, where the grid misses far more than this
_PATIENCE = 300.0  # seconds that a finer simulation may be expected to take


def resolved_data(
    problem: Problem, chosen: Defaults, home: Path, *, may_refine: bool, quiet: bool, key: Any
) -> tuple[xarray.Dataset, int, float]:
    """Samples in `home/data.zarr`, how many times finer their grid is than the chosen one, and the seconds they took.

    Where nothing was said about the resolution, it is doubled as long as samples fail or are far from finer ones:
    layers and fronts thinner than a cell of the learner's grid must not make its data wrong. It ends where the next
    doubling would take too long; the comparison then says how wrong the data are (R3). `home/simulation.json`
    remembers the outcome, so that an interrupted run goes on where it was.
    """
    from .._core import write_text
    from ..evaluation import learnable_method
    from ..simulation import simulate

    note, store = home / "simulation.json", home / "data.zarr"
    state = json.loads(note.read_text()) if note.exists() else {"factor": 1, "seconds": 0.0, "done": False}
    options: dict[str, Any] = {
        "method": learnable_method(problem),
        "tolerance": _COARSE_STEPS if problem.ndim > 1 and problem.is_evolution else 1e-6,
        "quiet": quiet,
        "key": key,
    }
    finest = _FINEST[problem.ndim] if may_refine else 1
    while True:
        write_text(note, json.dumps(state))
        factor = state["factor"]
        is_last = state["done"] or factor >= finest
        if is_last or _is_enough(problem, chosen, factor, options):
            try:
                data = simulate(problem, chosen.samples, chosen.finer(factor), store, check=_CHECKED, **options)
            except ConvergenceError:
                if is_last:
                    raise
            else:
                if not state["done"]:  # opening a complete store again takes next to nothing
                    state["seconds"] += float(data.attrs["seconds"])
                write_text(note, json.dumps({**state, "done": True}))
                return data, factor, state["seconds"]
        state["factor"] *= 2
        if not quiet:
            print(
                f"{problem.name}: not resolved by this grid; simulating {2 * factor} times finer, learning as before."
            )
        shutil.rmtree(store, ignore_errors=True)


def _is_enough(problem: Problem, chosen: Defaults, factor: int, options: dict[str, Any]) -> bool:
    """Whether the first few samples are accurate on this grid, or would be too expensive on the next."""
    from ..simulation import simulate

    options = {**options, "quiet": True}
    try:
        pilot = simulate(problem, _CHECKED, chosen.finer(factor), check=_CHECKED, **options)
        if _error(pilot) <= _ACCURATE:
            return True
        compiled = simulate(problem, _CHECKED, chosen.finer(factor), check=0, **options)
    except ConvergenceError:
        return False
    took = float(compiled.attrs["seconds"]) * chosen.samples / _CHECKED
    return took * 2.0 ** (problem.ndim + (not problem.is_steady)) > _PATIENCE


def _error(data: xarray.Dataset) -> float:
    """The data's own estimated error, of the worst unknown; infinite where the finer solves failed."""
    from ..data import nested

    found = nested(data.attrs).get("estimated_relative_error", {}).values()
    return max((e if isinstance(e, float) else math.inf for e in found), default=0.0)
