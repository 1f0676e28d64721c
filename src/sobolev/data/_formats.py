"""Which format a file has, by its first bytes and its contents, never by its name alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._core import DataError
from ._array_files import hdf5_arrays, is_matlab, mat_arrays, npz_arrays, refuse_pickle
from ._arrays import array_contents
from ._contents import Contents, Request, reading
from ._pdebench import is_pdebench, pdebench_contents
from ._well import is_well, well_contents
from ._xarray import netcdf_contents, zarr_contents

_HDF5 = b"\x89HDF\r\n\x1a\n"
_FORMATS = "a Zarr store, HDF5 (PDEBench, The Well, MATLAB 7.3, plain), NetCDF, .npz or .mat"


def file_contents(path: Path, request: Request) -> Contents:
    """Reads a file or store of any known format; `DataError` names what it is if it cannot be read."""
    if not path.exists():
        beside = sorted(p.name for p in path.parent.iterdir())[:12] if path.parent.is_dir() else []
        raise DataError(f"{path} does not exist.", given=str(path), expected=", ".join(beside) or "an existing path")
    if path.is_dir():
        if (path / "zarr.json").exists() or (path / ".zgroup").exists():
            return zarr_contents(path, request)
        raise DataError(f"{path} is a folder, and no Zarr store.", expected=_FORMATS)
    with reading(path), path.open("rb") as file:
        head = file.read(16)
        if _hdf5_at(file):
            return _hdf5_contents(path, request)
    if head.startswith(b"CDF"):
        return netcdf_contents(path, request)
    if head.startswith(b"PK"):
        return array_contents(npz_arrays(path), request, str(path))
    if head.startswith(b"MATLAB 5.0") or (head[:4] == bytes(4) and path.suffix == ".mat"):
        return array_contents(mat_arrays(path), request, str(path))
    if head.startswith(b"\x93NUMPY"):
        raise DataError(
            f"{path} holds a single array.",
            expected="inputs and outputs in one file",
            fix="numpy.savez(new_path, x=..., y=...)",
        )
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise refuse_pickle(path, "a pickle")
    if not head:
        raise DataError(f"{path} is empty.", given="0 bytes", expected=_FORMATS)
    raise DataError(f"{path} has no format that is known.", given=f"it begins with {head!r}", expected=_FORMATS)


def _hdf5_at(file: Any) -> bool:
    """The signature stands at 0, or after a user block of 512, 1024, … bytes (MATLAB writes 512)."""
    for offset in (0, 512, 1024, 2048):
        file.seek(offset)
        if file.read(8) == _HDF5:
            return True
    return False


def _hdf5_contents(path: Path, request: Request) -> Contents:
    import h5py

    where = str(path)
    with reading(path):
        file = h5py.File(path, "r")  # stays open as long as what is read from it lazily
    with reading(path):
        if not is_matlab(path):
            if is_well(file):
                return well_contents(file, request, where)
            if is_pdebench(file):
                return pdebench_contents(file, request, where)
            if "_NCProperties" in file.attrs or any(
                "DIMENSION_SCALE" in str(d.attrs.get("CLASS", "")) for d in file.values()
            ):
                file.close()
                return netcdf_contents(path, request)
        if request.outputs is None:
            raise DataError(
                f"{path} is HDF5 of no known layout.",
                given=f"keys {', '.join(list(file)[:12]) or '(none)'}",
                expected="PDEBench's or The Well's layout, NetCDF, or arrays that you name",
                fix='inputs="...", outputs="..."',
            )
        return array_contents(hdf5_arrays(file, path), request, where)
