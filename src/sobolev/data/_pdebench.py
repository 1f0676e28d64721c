"""PDEBench's published HDF5 files, in their three layouts (Takamoto et al., NeurIPS 2022 Datasets track)."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .._core import DataError, DataWarning
from ..fields import Axis, Grid
from ._axes import axis_from, axis_without_points
from ._checks import checked_times, missing
from ._contents import Contents, Frames, Request, Source, reading
from ._lazy import read_rows

_FLOW = ("density", "pressure", "Vx", "Vy", "Vz")
_SPACE = ("x", "y", "z")


def is_pdebench(file: Any) -> bool:
    """Whether an open HDF5 file has one of the three layouts, by its keys."""
    keys = set(file)
    scalar = "tensor" in keys and "x-coordinate" in keys
    flow = "t-coordinate" in keys and bool(keys & set(_FLOW))
    return scalar or flow or bool(_groups(file))


def pdebench_contents(file: Any, request: Request, where: str) -> Contents:
    """The samples of an open file: `tensor`, one data set per field, or one group per sample.

    `tensor` becomes the channel "u", Darcy's `nu` keeps its name; the channels of grouped data are u0, u1, ….
    Points are cell centres. Known defects of the published files are told as `DataWarning`s and kept in the
    provenance.
    """
    if _groups(file):
        return _grouped(file, request, where)
    provenance = _provenance(file, where)
    if "tensor" in file and file["tensor"].ndim == 4 and "nu" in file:
        axes = _axes(file, ("x", "y"), request, where)
        shape = tuple(a.points for a in axes)
        n = len(file["nu"])
        _expect(file["nu"], (n, *shape), where)
        _expect(file["tensor"], (n, 1, *shape), where)
        sources = (
            Source(("nu",), ("x", "y"), file["nu"].dtype, _fields(file["nu"], where), "input"),
            Source(("u",), ("x", "y"), file["tensor"].dtype, _rows(file["tensor"], where, frame=0), "output"),
        )
        return Contents("darcy", n, Grid(axes), None, sources, provenance)
    names = [name for name in _FLOW if name in file] or ["tensor"]
    gone = [n for n in ("density", "pressure", "Vx") if n not in file]
    if names != ["tensor"] and gone:
        raise missing(gone[0], file, where)
    first = file[names[0]]
    axes = _axes(file, _SPACE[: max(0, first.ndim - 2)], request, where)
    times = _times(file, first.shape[1] if first.ndim > 1 else 0, request, where)
    for name in names:
        _expect(file[name], (first.shape[0], len(times), *(a.points for a in axes)), where)
    dims = ("time", *(a.name for a in axes))
    sources = tuple(
        Source(("u" if n == "tensor" else n,), dims, file[n].dtype, _rows(file[n], where), "output") for n in names
    )
    name = _advise(file, axes, provenance) if names == ["tensor"] else "compressible-flow"
    return Contents(name, first.shape[0], Grid(axes), times, sources, provenance)


def _grouped(file: Any, request: Request, where: str) -> Contents:
    groups = _groups(file)
    first = file[groups[0]]
    for name in ("data", "grid"):
        if name not in first:
            raise missing(name, first, f"group {groups[0]} of {where}")
    space = tuple(n for n in _SPACE if n in first["grid"])
    with reading(where):
        axes = tuple(axis_from(n, first["grid"][n][()], request, where, "cells") for n in space)
        given = first["grid"]["t"][()] if "t" in first["grid"] else None
    frames, channels = first["data"].shape[0], first["data"].shape[-1]
    times = _matching_times(given if request.times is None else request.times, frames, where)
    shape = (frames, *(a.points for a in axes), channels)
    for group in groups:
        if "data" not in file[group]:
            raise missing("data", file[group], f"group {group} of {where}")
        _expect(file[group]["data"], shape, f"group {group} of {where}")

    def read(samples: np.ndarray, which: Frames) -> np.ndarray:
        with reading(where, "its groups"):
            rows = []
            for s in samples:
                group = file[groups[s]]
                for axis in axes:
                    _same_grid(group["grid"][axis.name][()], first["grid"][axis.name][()], groups[s], axis.name, where)
                rows.append(group["data"][which])
            return np.stack(rows)

    provenance = _provenance(file, where) | {"groups": f"{groups[0]} to {groups[-1]}"}
    if "config" in first.attrs:
        provenance["config"] = _text(first.attrs["config"])
    names = ("u",) if channels == 1 else tuple(f"u{i}" for i in range(channels))
    source = Source(names, ("time", *space), first["data"].dtype, read, "output")
    return Contents("pdebench", len(groups), Grid(axes), times, (source,), provenance)


def _advise(file: Any, axes: tuple[Axis, ...], provenance: dict[str, Any]) -> str:
    """Names the equation by its attributes, and tells the defects known of its published files."""
    attributes = {k.lower() for k in file.attrs}
    name, defect = "pdebench", None
    if "beta" in attributes:
        name = "advection"
        defect = "PDEBench's advection files evolve at twice the speed they state (beta): u_t + 2 beta u_x = 0."
    elif {"nu", "rho"} <= attributes:
        name = "reaction-diffusion"
    elif "nu" in attributes:
        name = "burgers"
        defect = (
            "PDEBench gives the domain of its Burgers files inconsistently, as (-1, 1) and as (0, 1); this file's "
            f"coordinates cover ({axes[0].lower:.4g}, {axes[0].upper:.4g})."
        )
    if defect:
        provenance["defects"] = [defect]
        warnings.warn(defect, DataWarning, stacklevel=5)
    return name


def _axes(file: Any, names: tuple[str, ...], request: Request, where: str) -> tuple[Axis, ...]:
    axes = []
    for position, name in enumerate(names):
        key = f"{name}-coordinate"
        data = file["tensor"] if "tensor" in file else file[next(n for n in _FLOW if n in file)]
        if key in file:
            with reading(where, f"the coordinate {name}"):
                axes.append(axis_from(name, file[key][()], request, where, "cells"))
        elif name in request.box:
            axes.append(axis_without_points(name, data.shape[2 + position], request, "cells"))
        else:
            raise missing(key, file, where)
    return tuple(axes)


def _times(file: Any, frames: int, request: Request, where: str) -> np.ndarray:
    if request.times is None and "t-coordinate" not in file:
        raise missing("t-coordinate", file, where)
    with reading(where, "its times"):
        given = request.times if request.times is not None else file["t-coordinate"][()]
    return _matching_times(given, frames, where)


def _matching_times(given: Any, frames: int, where: str) -> np.ndarray:
    """Published times are often one longer than the frames (cell edges in time): the first ones count."""
    if given is None:
        raise DataError(f"{where} does not say its times.", fix="times=[...]")
    times = checked_times(given, where)
    if len(times) not in (frames, frames + 1):
        raise DataError(
            f"The times of {where} do not match its frames.", given=f"{len(times)} times", expected=f"{frames} frames"
        )
    return times[:frames]


def _rows(dataset: Any, where: str, frame: int | None = None):
    """Reads `(sample, time, *space)` data sets, or with `frame` the only frame of steady ones."""

    def read(samples: np.ndarray, frames: Frames) -> np.ndarray:
        with reading(where, dataset.name):
            if frame is not None:
                return read_rows(dataset, samples)[:, frame, ..., None]
            if isinstance(frames, slice):
                return read_rows(dataset, samples)[:, frames, ..., None]
            return np.stack([dataset[int(s), frames] for s in samples])[..., None]

    return read


def _fields(dataset: Any, where: str):
    """Reads `(sample, *space)` data sets."""

    def read(samples: np.ndarray, frames: Frames) -> np.ndarray:
        with reading(where, dataset.name):
            return read_rows(dataset, samples)[..., None]

    return read


def _groups(file: Any) -> list[str]:
    names = sorted(file)
    return names if names and all(n.isdigit() for n in names) else []


def _expect(dataset: Any, shape: tuple[int, ...], where: str) -> None:
    if tuple(dataset.shape) != shape:
        raise DataError(
            f"The array {dataset.name} of {where} does not fit the others.",
            given=f"shape {tuple(dataset.shape)}",
            expected=f"shape {shape}, after the coordinates and the number of samples",
        )


def _same_grid(points: np.ndarray, first: np.ndarray, group: str, axis: str, where: str) -> None:
    if points.shape != first.shape or not np.allclose(points, first, rtol=1e-5, atol=1e-7):
        raise DataError(
            f"Group {group} of {where} is on another grid than the first.",
            given=f"{len(points)} points in {axis} from {points.min():g} to {points.max():g}",
            expected=f"{len(first)} points from {first.min():g} to {first.max():g}",
        )


def _provenance(file: Any, where: str) -> dict[str, Any]:
    return {"source": where, "layout": "PDEBench", "attributes": {k: _text(v) for k, v in file.attrs.items()}}


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
