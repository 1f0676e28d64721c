"""The data of a `learn` run: simulated on a grid that resolves them, learned on the one that was asked for."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

    from ..equations import Problem
    from ._defaults import Defaults

_CHECKED = 4  # samples that are solved again, finer, for the data's own error (R3)
_ACCURATE = 0.05  # median relative error above which a finer grid is tried
_FINEST = {1: 32, 2: 4, 3: 2}  # by dimension, how many times finer


def resolved_data(
    problem: Problem, chosen: Defaults, home: Path, *, may_refine: bool, quiet: bool, key: Any
) -> tuple[xarray.Dataset, int, float]:
    """Samples in `home/data.zarr`, how many times finer their grid is than the chosen one, and the seconds they took.

    Where nothing was said about the resolution, it is doubled as long as samples fail or are far from finer ones:
    layers and fronts thinner than a cell of the learner's grid must not make its data wrong. `home/simulation.json`
    remembers the outcome, so that an interrupted run goes on where it was.
    """
    from .._core import ConvergenceError, write_text
    from ..data import nested
    from ..evaluation import learnable_method
    from ..simulation import simulate

    note, store = home / "simulation.json", home / "data.zarr"
    before = json.loads(note.read_text()) if note.exists() else {"factor": 1, "seconds": 0.0}
    factor, spent = before["factor"], before["seconds"]
    method, finest = learnable_method(problem), _FINEST[problem.ndim] if may_refine else 1
    while True:
        write_text(note, json.dumps({"factor": factor, "seconds": spent}))
        try:
            data = simulate(
                problem,
                chosen.samples,
                _finer(problem, chosen.resolution, factor),
                store,
                method=method,
                check=_CHECKED,
                quiet=quiet,
                key=key,
            )
        except ConvergenceError:
            if factor >= finest:
                raise
        else:
            took, attributes = float(data.attrs["seconds"]), nested(data.attrs)
            errors = [math.inf if e is None else e for e in attributes["estimated_relative_error"].values()]
            if factor >= finest or max(errors, default=0.0) <= _ACCURATE:
                # Opening a complete store again takes next to nothing: then the first time counts.
                spent = spent if spent > 0 and took < 1.0 else spent + took
                write_text(note, json.dumps({"factor": factor, "seconds": spent}))
                return data, factor, spent
        factor *= 2
        if not quiet:
            print(f"{problem.name}: not resolved by this grid; simulating {factor} times finer, learning as before.")
        shutil.rmtree(store, ignore_errors=True)


def _finer(problem: Problem, resolution: int | None, factor: int) -> int | None:
    """`factor` times as many intervals per side."""
    if resolution is None or problem.is_periodic:
        return None if resolution is None else factor * resolution
    return factor * (resolution - 1) + 1
