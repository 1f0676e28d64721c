"""Named arrays as a data set: which of their axes is which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .._core import ArgumentError, DataError
from ..fields import Grid
from ._array_files import HDF5Array
from ._axes import axis_from, axis_without_points
from ._checks import checked_times, missing
from ._contents import Contents, Frames, Request, Source, names_of

_SPACE = ("x", "y", "z")


def array_contents(arrays: Mapping[str, Any], request: Request, where: str) -> Contents:
    """Named arrays as a data set.

    `dims` says what their axes are ("sample time x y channel", in any order; one text for all arrays or one per
    array name). Without it, axes are (sample, *space), (sample, time, *space), each also with channels last, or
    (sample,) for a number per sample; whichever fits the coordinates, the box and the times.
    """
    outputs, inputs = names_of(request.outputs), names_of(request.inputs)
    if not outputs:
        raise ArgumentError(
            f"Which arrays of {where} are inputs, and which outputs?",
            given=", ".join(sorted(arrays)) or "(no arrays)",
            fix='inputs="...", outputs="..."',
        )
    chosen: dict[str, Any] = {}
    for name in dict.fromkeys([*outputs.values(), *inputs.values()]):
        if name not in arrays:
            raise missing(name, arrays, where)
        chosen[name] = _numbers(arrays[name], name, where)
    times = None
    if request.times is not None:
        times = checked_times(_lookup(arrays, request.times, where), where)
    points = {axis: _lookup(arrays, given, where) for axis, given in request.coordinates.items()}
    named = {n: d for n in chosen if (d := _given_dims(request.dims, n)) is not None}
    space = tuple(points) or tuple(request.box)
    if not space and named:
        space = tuple(dict.fromkeys(d for ds in named.values() for d in ds if d not in ("sample", "time", "channel")))
    if not space and not named:
        rank = len(chosen[next(iter(outputs.values()))].shape) - 1 - (times is not None)
        space = _SPACE[: min(max(rank, 0), 3)]
    sizes: dict[str, int] = {axis: np.size(p) for axis, p in points.items()}
    if times is not None:
        sizes["time"] = len(times)
    dims: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys([*outputs.values(), *inputs.values()]):
        array = chosen[name]
        dims[name] = named.get(name) or _guess(array.shape, name, space, sizes, times is not None, where)
        _fit(array.shape, dims[name], name, sizes, where)
    axes = tuple(
        axis_from(a, points[a], request, where) if a in points else axis_without_points(a, sizes[a], request)
        for a in space
    )
    if any("time" in d for d in dims.values()) and times is None:
        raise DataError(
            f"{where} has frames in time, but no times.", fix='times="t" (--times t), an array of the file, or numbers'
        )
    sources = []
    for name, array in chosen.items():
        sources.append(_source(array, name, dims[name], space, "output" if name in outputs.values() else "input"))
    provenance: dict[str, Any] = {"source": where, "dims": {n: " ".join(d) for n, d in dims.items()}}
    if guessed := [a for a in space if a not in points and a not in request.box]:
        provenance["assumed"] = f"[0, 1] for {', '.join(guessed)}: the file gives no coordinates"
    return Contents(Path(where).stem, sizes.get("sample", 1), Grid(axes), times, tuple(sources), provenance)


def _source(array: Any, name: str, dims: tuple[str, ...], space: tuple[str, ...], role: Any) -> Source:
    order = tuple(d for d in ("sample", "time", *space) if d in dims)
    channels = array.shape[dims.index("channel")] if "channel" in dims else 1
    names = (name,) if channels == 1 else tuple(f"{name}{i}" for i in range(channels))
    permutation = [dims.index(d) for d in (*order, *(("channel",) if "channel" in dims else ()))]

    def read(samples: np.ndarray, frames: Frames) -> np.ndarray:
        if "sample" not in dims:
            values = np.asarray(array).transpose(permutation)[None].repeat(len(samples), axis=0)
        elif isinstance(array, HDF5Array):
            values = array.rows(samples, dims.index("sample")).transpose(permutation)
        else:
            values = array.transpose(permutation)[samples]
        values = values if "channel" in dims else values[..., None]
        return values[:, frames] if "time" in dims else values

    return Source(names, tuple(d for d in order if d != "sample"), np.dtype(array.dtype), read, role)


def _guess(
    shape: tuple[int, ...], name: str, space: tuple[str, ...], sizes: dict[str, int], timed: bool, where: str
) -> tuple[str, ...]:
    forms = [("sample", *space), *([("sample", "time", *space)] if timed else [])]
    forms += [(*form, "channel") for form in forms] + [("sample",)]
    for form in forms:
        if len(form) == len(shape) and all(sizes.get(d, n) == n for d, n in zip(form, shape, strict=True)):
            return form
    raise DataError(
        f"The axes of {name!r} of {where} cannot be told from its shape.",
        given=f"shape {shape}",
        expected=" or ".join(f"({', '.join(form)})" for form in forms)
        + (f" with {', '.join(f'{n} {d}' for d, n in sizes.items())}" if sizes else ""),
        fix=f'dims={{"{name}": "sample time {" ".join(space)}"}} (--dims "{name}=sample time {" ".join(space)}"), '
        "in the order of its axes"
        + ("" if timed else '; where some arrays have times: times="t" (--times t, or --times 0:1:101)'),
    )


def _fit(shape: tuple[int, ...], dims: tuple[str, ...], name: str, sizes: dict[str, int], where: str) -> None:
    """Checks an array against the sizes known so far, and adds its own."""
    if len(dims) != len(shape) or len(set(dims)) != len(dims):
        raise DataError(
            f"dims= does not fit {name!r} of {where}.",
            given=f"{' '.join(dims)} for shape {shape}",
            expected=f"{len(shape)} different names",
        )
    for d, n in zip(dims, shape, strict=True):
        if d != "channel" and sizes.setdefault(d, n) != n:
            raise DataError(
                f"The array {name!r} of {where} does not fit the others.",
                given=f"{n} along {d}: shape {shape} as ({', '.join(dims)})",
                expected=f"{sizes[d]} along {d}",
            )


def _given_dims(dims: Any, name: str) -> tuple[str, ...] | None:
    text = dims.get(name) if isinstance(dims, Mapping) else dims
    return None if text is None else tuple(text.replace(",", " ").split() if isinstance(text, str) else text)


def _numbers(array: Any, name: str, where: str) -> Any:
    if array.dtype.kind not in "fcbiu" or array.dtype.names:
        raise DataError(
            f"The array {name!r} of {where} holds no numbers.",
            given=f"type {array.dtype}",
            expected="real, complex, whole or logical numbers",
            fix="write the field itself as a plain array of the file",
        )
    if not isinstance(array, HDF5Array):
        return np.asarray(array)
    return array


def _lookup(arrays: Mapping[str, Any], given: Any, where: str) -> np.ndarray:
    if not isinstance(given, str):
        return np.asarray(given)
    if given not in arrays:
        raise missing(given, arrays, where)
    return np.asarray(_numbers(arrays[given], given, where))
