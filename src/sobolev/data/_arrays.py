"""Files of bare arrays, which the user names: .npz, MATLAB (v5 and v7.3), and plain HDF5."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .._core import ArgumentError, DataError
from ..fields import Grid
from ._axes import axis_from, axis_without_points
from ._checks import checked_times, missing
from ._contents import Contents, Frames, Request, Source, names_of, reading
from ._lazy import read_rows

_SPACE = ("x", "y", "z")


def npz_arrays(path: Path) -> Mapping[str, Any]:
    """The arrays of an .npz file. Nothing is unpickled: arrays of Python objects are refused."""
    with reading(path), zipfile.ZipFile(path) as archive:
        members = archive.namelist()
        if any(name.endswith("data.pkl") for name in members):
            raise refuse_pickle(path, "a PyTorch file: a zipped pickle")
        names = [name.removesuffix(".npy") for name in members if name.endswith(".npy")]
    if not names:
        raise DataError(f"{path} holds no arrays.", given=", ".join(members[:6]) or "an empty archive")
    with reading(path):
        archive = np.load(path, allow_pickle=False)
    return _Lazily(names, lambda name: _npz_array(archive, name, path))


def _npz_array(archive: Any, name: str, path: Path) -> np.ndarray:
    try:
        return archive[name]
    except ValueError as error:
        if "allow_pickle" not in str(error) and "Object arrays" not in str(error):
            with reading(path, f"the array {name}"):
                raise
        raise refuse_pickle(path, f"an array of Python objects, {name!r}") from error
    except Exception:
        with reading(path, f"the array {name}"):
            raise


def mat_arrays(path: Path) -> Mapping[str, Any]:
    """The arrays of a MATLAB file up to version 7.2, through SciPy."""
    import scipy.io

    with reading(path):
        found = {name for name, _, _ in scipy.io.whosmat(path)}
    return _Lazily(sorted(found), lambda name: _mat_array(path, name))


def _mat_array(path: Path, name: str) -> np.ndarray:
    import scipy.io
    import scipy.sparse

    with reading(path, f"the array {name}"):
        array = scipy.io.loadmat(path, variable_names=[name])[name]
        return array.toarray() if scipy.sparse.issparse(array) else array


def hdf5_arrays(file: Any, path: Path) -> Mapping[str, Any]:
    """All data sets of an HDF5 file by their path inside it; MATLAB 7.3 files have their axes reversed."""
    import h5py

    found: list[str] = []
    with reading(path):
        file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
        found = [name for name in found if not name.startswith("#")]
    matlab = is_matlab(path)
    return _Lazily(found, lambda name: HDF5Array(file[name], matlab, path))


def is_matlab(path: Path) -> bool:
    """Whether an HDF5 file was written by MATLAB (its text header says so)."""
    with path.open("rb") as file:
        return file.read(10) == b"MATLAB 7.3"


class HDF5Array:
    """An HDF5 data set read sample by sample, in MATLAB's order of axes where MATLAB wrote it."""

    def __init__(self, dataset: Any, reverse: bool, path: Path):
        self.dataset, self.reverse, self.path = dataset, reverse, path
        self.shape = tuple(reversed(dataset.shape)) if reverse else tuple(dataset.shape)
        fields = dataset.dtype.names
        if fields and {"real", "imag"} == set(fields):
            self.dtype = np.result_type(dataset.dtype["real"], np.complex64)
        else:
            self.dtype = dataset.dtype

    def rows(self, samples: np.ndarray, axis: int) -> np.ndarray:
        """These rows along `axis`, all of the other axes."""
        with reading(self.path, self.dataset.name):
            raw = read_rows(self.dataset, samples, len(self.shape) - 1 - axis if self.reverse else axis)
        return self._plain(raw)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        with reading(self.path, self.dataset.name):
            return np.asarray(self._plain(self.dataset[()]), dtype)

    def _plain(self, raw: np.ndarray) -> np.ndarray:
        if self.dtype.kind == "c" and raw.dtype.names:
            raw = raw["real"] + 1j * raw["imag"]
        return raw.transpose() if self.reverse else raw


class _Lazily(Mapping):
    """Arrays by name, each read when it is asked for."""

    def __init__(self, names: list[str], read: Callable[[str], Any]):
        self._names, self._read = tuple(names), read

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


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


def refuse_pickle(path: Path, what: str) -> DataError:
    """The refusal of everything that would have to be unpickled: unpickling runs code that the file chooses."""
    return DataError(
        f"{path} is not read: it would have to be unpickled, which runs code from the file.",
        given=what,
        expected=".npz of plain arrays, HDF5, NetCDF, Zarr or .mat",
        fix="convert it where you trust it: d = torch.load(path); numpy.savez(new_path, x=d['x'].numpy(), ...)",
    )
