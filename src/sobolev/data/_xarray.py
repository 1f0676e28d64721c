"""Labelled data sets: xarray's, NetCDF, and Zarr stores (Sobolev's own and others)."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from .._core import ArgumentError, DataError, DataWarning
from ..fields import Grid
from ._attributes import nested
from ._axes import axis_from, axis_without_points
from ._checks import checked_times, missing
from ._contents import Contents, Frames, Request, Role, Source, names_of, reading

_SAMPLE = ("sample", "samples", "batch", "trajectory", "realization", "realisation", "member", "ensemble")
_TIME = ("time", "t")


def zarr_contents(path: Path, request: Request) -> Contents:
    """A Zarr group on disk, opened lazily."""
    import xarray

    with reading(path, "the store"):
        data = xarray.open_zarr(os.fspath(path), chunks=None, consolidated=False, mask_and_scale=False)
    return dataset_contents(data, request, str(path))


def netcdf_contents(path: Path, request: Request) -> Contents:
    """A NetCDF 4 file through h5netcdf, or NetCDF 3 through SciPy, opened lazily."""
    import xarray

    with reading(path), path.open("rb") as file:
        engine = "scipy" if file.read(3) == b"CDF" else "h5netcdf"
    with reading(path):
        data = xarray.open_dataset(path, engine=engine, decode_times=False)
    return dataset_contents(data, request, str(path))


def dataset_contents(data: Any, request: Request, where: str = "the data set") -> Contents:
    """An `xarray.Dataset` with dimensions (sample, time, *space), in any order; each may be absent.

    Sobolev's own data sets say which variables are inputs and outputs, and how their samples' solves ended:
    samples that failed are left out, with a `DataWarning`; a store that is not complete is refused.
    """
    if "fingerprint" in data.attrs and not data.attrs.get("complete"):
        raise _not_complete(data, where)
    sizes = {str(d): int(n) for d, n in data.sizes.items()}
    wanted = {**names_of(request.inputs), **names_of(request.outputs)}
    for name in wanted.values():
        if name not in data.data_vars:
            raise missing(name, map(str, data.data_vars), where, "variable")
    chosen = list(dict.fromkeys(wanted.values())) or [n for n in data.data_vars if _role(data[n]) != "other"]
    if not chosen:
        raise ArgumentError(
            f"Which variables of {where} are inputs, and which outputs?",
            given=", ".join(map(str, data.data_vars)) or "(no variables)",
            fix='inputs="...", outputs="..."',
        )
    sample = next((d for d in _SAMPLE if d in sizes), None)
    time = next((d for d in _TIME if any(d in data[n].dims for n in chosen)), None)
    space = list(dict.fromkeys(str(d) for n in chosen for d in data[n].dims if d not in (sample, time)))
    space.sort(key=lambda d: "xyz".find(d) if d in "xyz" else 3)
    if len(space) > 3:
        raise DataError(
            f"{where} has more than three space dimensions.",
            given=", ".join(space),
            expected=f"sample dimension called {_SAMPLE[0]!r}, time called {_TIME[0]!r}, and up to three of space",
        )
    axes = []
    for d in space:
        if d in data.coords:
            own = Request(box=_own_box(data[d]), kind=data[d].attrs.get("kind"))
            axes.append(axis_from(d, data[d].values, _merged(request, own, d), where))
        else:
            axes.append(axis_without_points(d, sizes[d], request))
    times = None
    if time is not None:
        given = request.times if request.times is not None else data[time].values if time in data.coords else None
        if given is None:
            raise DataError(f"{where} does not say its times.", given=f"dimension {time}", fix="times=[...]")
        times = checked_times(data[given].values if isinstance(given, str) else given, where)
        if len(times) != sizes[time]:
            raise DataError(
                f"The times of {where} do not match its frames.",
                given=f"{len(times)} times",
                expected=f"{sizes[time]} frames",
            )
    rows = _finished(data, where, sizes.get(sample or "", 1))
    sources = tuple(_source(data[n], str(n), (sample, time, *space), rows, where) for n in chosen)
    return Contents(
        name=str(data.attrs.get("name", Path(where).stem)),
        samples=len(rows),
        grid=Grid(tuple(axes)),
        times=times,
        sources=sources,
        provenance={"source": where, **nested(data.attrs)},
    )


def _role(variable: Any) -> Role:
    role = variable.attrs.get("role", "other")
    return role if role in ("input", "output") else "other"


def _source(variable: Any, name: str, order: tuple[str | None, ...], rows: np.ndarray, where: str) -> Source:
    sample, time, *space = order
    dims = tuple(d for d in (time, *space) if d in variable.dims)

    def read(samples: np.ndarray, frames: Frames) -> np.ndarray:
        index: dict[Any, Any] = {sample: rows[samples]} if sample in variable.dims else {}
        if time in variable.dims:
            index[time] = frames
        with reading(where, f"the variable {name}"):
            values = variable.isel(index)
            kept = [d for d in (sample, *dims) if d in values.dims]
            values = values.transpose(*kept).to_numpy()
        if sample not in variable.dims:
            values = np.broadcast_to(values, (len(samples), *values.shape))
        return values[..., None]

    names = tuple("time" if d == time else str(d) for d in dims)
    return Source((name,), names, np.dtype(variable.dtype), read, _role(variable))


def _finished(data: Any, where: str, samples: int) -> np.ndarray:
    """Numbers of the samples whose solves succeeded; all of them where nothing is recorded."""
    codes = next((v for v in data.data_vars.values() if v.attrs.get("role") == "code"), None)
    if codes is None:
        return np.arange(samples)
    with reading(where, "its record of solves"):
        values = codes.to_numpy()
    if (values > 0).any():
        failed = np.flatnonzero(values > 0)
        warnings.warn(
            f"{len(failed)} samples of {where} failed to solve and are left out: {failed[:8].tolist()}"
            f"{' …' if len(failed) > 8 else ''}.",
            DataWarning,
            stacklevel=5,
        )
    return np.flatnonzero(values == 0)


def _not_complete(data: Any, where: str) -> DataError:
    codes = data["code"].to_numpy() if "code" in data else np.zeros(0)
    return DataError(
        f"{where} is not complete.",
        given=f"{int((codes >= 0).sum())} of {len(codes)} samples",
        fix="run the same sv.simulate(...) again: it goes on where it stopped",
    )


def _own_box(coordinate: Any) -> dict[str, tuple[float, float]]:
    a = coordinate.attrs
    return {str(coordinate.name): (a["lower"], a["upper"])} if {"lower", "upper"} <= set(a) else {}


def _merged(request: Request, own: Request, name: str) -> Request:
    """What the user says about an axis wins over what the file says."""
    said = name in request.box or request.kind is not None
    return request if said else own
