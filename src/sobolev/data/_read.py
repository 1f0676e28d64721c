"""One way in: anything that holds samples becomes a task."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .._core import ArgumentError
from ..domains import Box
from ..equations import Problem
from ._contents import Request, make_task
from ._formats import file_contents
from ._splits import Splits
from ._task import Task
from ._xarray import dataset_contents

_SMALL = 2**25  # values that are checked when a file is opened
Names = str | Sequence[str] | Mapping[str, str] | None


def read_task(
    path: str | os.PathLike,
    *,
    inputs: Names = None,
    outputs: Names = None,
    coordinates: Mapping[str, Any] | None = None,
    times: Any = None,
    box: Mapping[str, tuple[float, float]] | Box | None = None,
    kind: Any = None,
    dims: Any = None,
    splits: Splits | None = None,
    problem: Problem | None = None,
) -> Task:
    """Reads a file or store of samples.

    Formats are told apart by content: Sobolev's own and other Zarr stores; NetCDF; HDF5 in PDEBench's three
    layouts, in The Well's, or plain; `.npz`; `.mat` of any version. HDF5, NetCDF and Zarr are read batch by batch.
    Nothing is ever unpickled.

    - `inputs`, `outputs`: names of arrays, `"a b"`, `["a", "b"]`, or `{channel: array}` to rename. Needed for bare
      arrays; elsewhere they choose among what the file holds;
    - `coordinates`: `{"x": "xgrid"}`, axis by axis the name of an array, or the points themselves;
    - `times`: name of an array, or the times;
    - `box`: `{"x": (0, 1)}` or a domain's box, where coordinates are missing or to be checked; `kind`: "periodic",
      "nodes", "cells" or "chebyshev", for all axes or by axis;
    - `dims`: meaning of the axes of bare arrays, `"sample time x"`, for all or by array;
    - `splits`: default `Splits.of(samples)`, a tenth each for validation and testing;
    - `problem`: the statement the samples came from.

    Raises `DataError` for what is missing, damaged, of another layout, not finite or on mismatching grids.
    """
    request = _request(inputs, outputs, coordinates, times, box, kind, dims)
    return _checked(make_task(file_contents(Path(path), request), request, splits, problem))


@functools.singledispatch
def as_task(
    source: Any,
    *,
    inputs: Names = None,
    outputs: Names = None,
    splits: Splits | None = None,
    problem: Problem | None = None,
    **how: Any,
) -> Task:
    """A task from a path (see `read_task`), an `xarray.Dataset` such as `sv.simulate` returns, or a task itself.

    Data sets have dimensions (sample, time, *space); variables whose attribute `role` is "input" or "output" need
    no naming. Open to other sources: `@as_task.register`.
    """
    xarray = sys.modules.get("xarray")  # a Dataset cannot exist before its library was imported
    if xarray is None or not isinstance(source, xarray.Dataset):
        raise ArgumentError(
            "This is no data set.",
            given=type(source).__name__,
            expected="a path, an xarray.Dataset, or a Task",
            fix="numpy.savez(path, x=..., y=...), then read_task(path, inputs=..., outputs=...)",
        )
    request = _request(inputs, outputs, how.pop("coordinates", None), **_options(how))
    return _checked(make_task(dataset_contents(source, request), request, splits, problem))


@as_task.register
def _(source: Task, *, splits: Splits | None = None, problem: Problem | None = None, **names: Any) -> Task:
    if any(value is not None for value in names.values()):
        raise ArgumentError("A task has its inputs and outputs already.", given=", ".join(names))
    return dataclasses.replace(source, splits=splits or source.splits, problem=problem or source.problem)


@as_task.register(str)
@as_task.register(os.PathLike)
def _(source: str | os.PathLike, **how: Any) -> Task:
    return read_task(source, **how)


def _options(how: dict[str, Any]) -> dict[str, Any]:
    known = ("times", "box", "kind", "dims")
    if unknown := set(how) - set(known):
        raise ArgumentError("as_task has no such option.", given=", ".join(sorted(unknown)), expected=", ".join(known))
    return {name: how.get(name) for name in known}


def _request(inputs: Names, outputs: Names, coordinates: Any, times: Any, box: Any, kind: Any, dims: Any) -> Request:
    if isinstance(box, Box):
        kind = kind or {side.name: "periodic" for side in box.sides if side.periodic}
        box = {side.name: (side.lower, side.upper) for side in box.sides}
    return Request(inputs, outputs, dict(coordinates or {}), times, dict(box or {}), kind, dims)


def _checked(task: Task) -> Task:
    """Checks what is small at once, and of what is large the first samples; the rest is checked as it is read."""
    size = sum(math.prod(part.shape) for part in (task.inputs, task.outputs))
    if size <= _SMALL:
        return task.check()
    task.arrays(range(min(task.samples, 8)))
    return task
