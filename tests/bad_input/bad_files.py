"""The table of bad input: data files, and the tasks made of them."""

import pickle
import zipfile

import h5py
import numpy as np
import scipy.io
import xarray
from bad_case import argument, in_file

import sobolev as sv
from sobolev.data import Splits, Task, as_task, read_task
from sobolev.fields import Axis, FieldSpec, Grid

RNG = np.random.default_rng(0)
CENTRES = (np.arange(8) + 0.5) / 8


class Bomb:
    """Raises when it is unpickled, which nothing must ever do."""

    def __reduce__(self):
        return exec, ("raise RuntimeError('unpickled')",)


def archive(here, arrays=None, **how):
    """Reads an .npz with inputs x and outputs y."""
    np.savez(here / "d.npz", **{name: np.ones(v) if isinstance(v, tuple) else v for name, v in (arrays or {}).items()})
    return read_task(here / "d.npz", **{"inputs": "x", "outputs": "y", **how})


def bytes_of(contents, name="d.npz"):
    """Reads a file with these bytes."""

    def make(here):
        (here / name).write_bytes(contents)
        return read_task(here / name, inputs="x", outputs="y")

    return make


def cut(write, share, **how):
    """Reads a file of which only the first share is there."""

    def make(here):
        path = write(here)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        return read_task(path, **how)

    return make


def npz(here):
    np.savez(here / "d.npz", x=RNG.normal(size=(50, 8)), y=RNG.normal(size=(50, 8)))
    return here / "d.npz"


def mat(here):
    scipy.io.savemat(here / "d.mat", {"x": RNG.normal(size=(50, 8)), "y": RNG.normal(size=(50, 8))})
    return here / "d.mat"


def pdebench(here, change=lambda f: None):
    """PDEBench's layout of a scalar in one dimension."""
    with h5py.File(here / "f.hdf5", "w") as f:
        f["tensor"] = RNG.normal(size=(5, 4, 8)).astype(np.float32)
        f["x-coordinate"], f["t-coordinate"] = CENTRES, np.linspace(0, 1, 5)
        change(f)
    return here / "f.hdf5"


def netcdf(here):
    dataset().to_netcdf(here / "d.nc", engine="h5netcdf")
    return here / "d.nc"


def short_axis(f):
    del f["x-coordinate"]
    f["x-coordinate"] = CENTRES[:-1]


def changed(change):
    return lambda here: read_task(pdebench(here, change))


def flipped(here):
    """A compressed member of which a hundred bytes are lost."""
    np.savez_compressed(here / "d.npz", x=RNG.normal(size=(50, 8)), y=RNG.normal(size=(50, 8)))
    raw = bytearray((here / "d.npz").read_bytes())
    raw[300:400] = bytes(100)
    (here / "d.npz").write_bytes(raw)
    return read_task(here / "d.npz", inputs="x", outputs="y")


def torch_file(here):
    with zipfile.ZipFile(here / "t.pt", "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    return read_task(here / "t.pt", inputs="x", outputs="y")


def dataset():
    x = np.arange(8) / 8
    fields = {"a": (("sample", "x"), RNG.normal(size=(6, 8))), "u": (("sample", "x"), RNG.normal(size=(6, 8)))}
    return xarray.Dataset(fields, {"x": x})


def torn_chunk(here):
    dataset().to_zarr(here / "d.zarr", consolidated=False)
    chunk = next(p for p in (here / "d.zarr" / "u" / "c").rglob("*") if p.is_file())
    chunk.write_bytes(chunk.read_bytes()[:20])
    return read_task(here / "d.zarr", inputs="a", outputs="u")


def torn_description(here):
    dataset().to_zarr(here / "d.zarr", consolidated=False)
    (here / "d.zarr" / "zarr.json").write_text("{")
    return read_task(here / "d.zarr", inputs="a", outputs="u")


def task(points=8, n=12, **changes):
    """a ↦ 2a on a ring."""
    grid = Grid((Axis("x", 0, 1, points, "periodic"),))
    a = RNG.normal(size=(n, points, 1))
    parts = dict(inputs=a, outputs=2 * a, input_spec=FieldSpec(("a",), grid), output_spec=FieldSpec(("u",), grid))
    return Task(**{**parts, "splits": Splits.of(n), **changes})


def with_nan():
    broken = task()
    broken.outputs[7, 3, 0] = np.nan
    return broken.check()


def data(name, make, fragment):
    return in_file(name, lambda here: make(), fragment)


def wrong(name, fragment, **how):
    return in_file(name, lambda here: archive(here, PAIR, **how), fragment, sv.ArgumentError)


PAIR = {"x": (5, 8), "y": (5, 8)}

FILES = [
    in_file("a file that is not there", lambda here: read_task(here / "e.npz", inputs="x", outputs="y"), "not exist"),
    in_file("a folder that is no store", read_task, "no Zarr store"),
    in_file("an empty file", bytes_of(b""), "is empty"),
    in_file("a file of text", bytes_of(b"these are no arrays"), "no format"),
    in_file("an archive that ends at once", bytes_of(b"PK\x03\x04 torn"), "cannot be read"),
    in_file("a single array", bytes_of(b"\x93NUMPY\x01"), "single"),
    in_file("half an archive", cut(npz, 0.5, inputs="x", outputs="y"), "cannot be read"),
    in_file("half a MATLAB file", cut(mat, 0.3, inputs="x", outputs="x"), "cannot be read"),
    in_file("half an HDF5 file", cut(pdebench, 0.5), "cannot be read"),
    in_file("half a NetCDF file", cut(netcdf, 0.5, inputs="a", outputs="u"), "cannot be read"),
    in_file("the first bytes of an HDF5 file", cut(pdebench, 0.01), "cannot be read"),
    in_file("a member with lost bytes", flipped, "cannot be read"),
    in_file("a torn chunk of a Zarr store", torn_chunk, "cannot be read"),
    in_file("a torn description of a Zarr store", torn_description, "cannot be read"),
    in_file(
        "an archive of objects",
        lambda here: archive(here, {"x": np.array([Bomb()], dtype=object), "y": (3, 4)}),
        "unpickled",
    ),
    in_file("a pickle", bytes_of(pickle.dumps(Bomb()), "p.pkl"), "unpickled"),
    in_file("a file of torch's", torch_file, "unpickled"),
    in_file("an array that is not there", lambda here: archive(here, PAIR, inputs="xs"), "did you mean 'x'"),
    in_file("an archive of words", lambda here: archive(here, {"x": np.array(["a", "b"]), "y": (2, 8)}), "number"),
    in_file("an HDF5 file of no layout", changed(lambda f: f.move("tensor", "v")), "no known layout"),
    in_file("an HDF5 file without its times", changed(lambda f: f.__delitem__("t-coordinate")), "t-coordinate"),
    in_file("points that are missing", changed(short_axis), "does not fit"),
    in_file("points that go back", changed(lambda f: f["x-coordinate"].__setitem__(3, 0.9)), "not increasing"),
    in_file("a point that is off", changed(lambda f: f["x-coordinate"].__setitem__(3, 0.41)), "does not fit its grid"),
    in_file("times that go back", changed(lambda f: f["t-coordinate"].__setitem__(1, 2.0)), "do not increase"),
    in_file(
        "infinity in a file",
        changed(lambda f: f["tensor"].__setitem__((2, 1, 5), np.inf)),
        "inf in channel 'u' of sample 2 at index (1, 5)",
    ),
    in_file(
        "NaN in an archive",
        lambda here: archive(here, {"x": (5, 8), "y": np.where(np.arange(40).reshape(5, 8) == 19, np.nan, 1.0)}),
        "nan in channel 'y' of sample 2 at index (3,)",
    ),
    in_file("samples that do not pair", lambda here: archive(here, {"x": (5, 8), "y": (4, 8)}), "with 4 sample, 8 x"),
    in_file("points that do not pair", lambda here: archive(here, {"x": (5, 8), "y": (5, 9)}), "with 5 sample, 9 x"),
    in_file("no samples", lambda here: archive(here, {"x": (0, 8), "y": (0, 8)}), "no samples"),
    in_file("an axis without meaning", lambda here: archive(here, PAIR, dims="sample"), "dims= does not fit"),
    in_file(
        "coordinates of another length",
        lambda here: archive(here, PAIR, coordinates={"x": np.arange(7.0)}),
        "cannot be told from its shape",
    ),
    in_file(
        "a file whose roles are not told",
        lambda here: archive(here, PAIR, outputs=None),
        "Which arrays",
        sv.ArgumentError,
    ),
    in_file(
        "an odd kind of grid", lambda here: archive(here, PAIR, kind="hexagonal"), "Unknown kind", sv.ArgumentError
    ),
    in_file("an empty box", lambda here: archive(here, PAIR, box={"x": (1, 0)}), "empty", sv.ArgumentError),
]

TASKS = [
    data("NaN in a task", with_nan, "nan in channel 'u' of sample 7 at index (3,); 1 such values in 1 samples"),
    data("outputs of another grid", lambda: task(outputs=np.zeros((12, 7, 1))), "(n, 8, 1)"),
    data("outputs without channels", lambda: task(outputs=np.zeros((12, 8))), "do not fit their grid"),
    data("inputs without partners", lambda: task(inputs=np.zeros((11, 8, 1))), "do not pair up"),
    data("inputs that are objects", lambda: task(inputs=np.empty((12, 8, 1), object)), "not numbers"),
    data("times that stand", lambda: task(times=[0.0, 1.0, 1.0], outputs=np.zeros((12, 3, 8, 1))), "do not increase"),
    data("frames without times", lambda: task(times=[0.0, 1.0], outputs=np.zeros((12, 3, 8, 1))), "(n, 2, 8, 1)"),
    data("times that are no numbers", lambda: task(times=[0.0, np.nan], outputs=np.zeros((12, 2, 8, 1))), "not finite"),
    data("a sample trained and tested", lambda: Splits(np.array([0, 1, 2]), np.array([2]), np.array([3])), "2 twice"),
    data("a split beyond the end", lambda: task(splits=Splits([*range(12)], [12], [])), "not there"),
    data("test data of another grid", lambda: task().with_test(task(16)), "do not match"),
    data("a variable that is not there", lambda: as_task(dataset(), inputs="a", outputs="v"), "no variable called 'v'"),
    argument("variables without roles", lambda: as_task(dataset()), "Which variables"),
    argument("a number as data", lambda: as_task(3.0), "no data set"),
    argument("an odd share", lambda: Splits.of(10, -0.1), "validation is no part"),
    argument("a grid that does not divide", lambda: task().coarsened(3), "divisible by 3"),
]

DATA_FILES = [*FILES, *TASKS]
