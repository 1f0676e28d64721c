"""Files of bare arrays by name: .npz, MATLAB (v5 and v7.3), and plain HDF5. Nothing is read before it is asked for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .._core import DataError
from ._contents import reading
from ._lazy import read_rows


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


def refuse_pickle(path: Path, what: str) -> DataError:
    """The refusal of everything that would have to be unpickled: unpickling runs code that the file chooses."""
    return DataError(
        f"{path} is not read: it would have to be unpickled, which runs code from the file.",
        given=what,
        expected=".npz of plain arrays, HDF5, NetCDF, Zarr or .mat",
        fix="convert it where you trust it: d = torch.load(path); numpy.savez(new_path, x=d['x'].numpy(), ...)",
    )
