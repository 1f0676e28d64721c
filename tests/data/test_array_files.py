"""Arrays that the user names: .npz and .mat, labelled data sets, and what is refused."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import xarray

import sobolev as sv
from sobolev.data import as_task, read_task

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the public data in ../shared/data are absent")
RNG = np.random.default_rng(1)


@needs_data
def test_real_darcy_pairs():
    folder = SHARED / "neuraloperator"
    how = dict(inputs={"a": "x"}, outputs={"u": "y"}, box={"x": (0, 1), "y": (0, 1)})
    task = read_task(folder / "darcy_train_16.npz", **how)
    task = task.with_test(read_task(folder / "darcy_test_16.npz", **how))
    x, y = task.arrays(task.splits.test)
    raw = np.load(folder / "darcy_test_16.npz")
    assert np.array_equal(y[..., 0], raw["y"]) and np.array_equal(x[..., 0], raw["x"].astype(np.float32))
    assert x.dtype == np.float32 and set(np.unique(x)) == {0.0, 1.0} and (len(x), task.samples) == (50, 1050)
    assert task.input_spec.grid.shape == (16, 16)


@needs_data
def test_real_burgers_family_starts_from_its_input():
    task = read_task(
        SHARED / "neuraloperator" / "burgers_train_16.npz",
        inputs="x",
        outputs="y",
        times=np.linspace(0, 1, 17),
        box={"x": (0, 1)},
        kind="periodic",
    )
    x, y = task.arrays([0, 799])
    assert task.input_spec.names == ("y",) and np.array_equal(x, y[:, 0]) and y.shape == (2, 17, 16, 1)


@needs_data
def test_real_single_trajectories():
    how = dict(coordinates={"x": "x"}, times="t")
    burgers = read_task(SHARED / "deepxde" / "Burgers.npz", outputs="usol", dims="x time", **how)
    assert (burgers.samples, burgers.outputs.shape) == (1, (1, 100, 256, 1))
    grid = burgers.input_spec.grid
    assert grid.axes[0].lower == -1 and grid.axes[0].kind == "nodes"
    start = burgers.arrays([0])[0][0, :, 0]
    assert np.allclose(start, -np.sin(np.pi * grid.axes[0].coordinates), atol=1e-6)
    allen = read_task(SHARED / "deepxde" / "Allen_Cahn.mat", outputs="u", dims="time x", **how)
    x = allen.input_spec.grid.axes[0].coordinates
    assert np.allclose(allen.arrays([0])[0][0, :, 0], x**2 * np.cos(np.pi * x), atol=1e-3)
    hpm = read_task(SHARED / "deephpms" / "burgers.mat", outputs="usol", dims="x time", kind="periodic", **how)
    assert hpm.output_spec.names == ("re(usol)", "im(usol)") and hpm.input_spec.grid.axes[0].upper == pytest.approx(8)
    lorenz = read_task(SHARED / "deepxde" / "Lorenz.npz", outputs="y", dims="time channel", times="t")
    assert np.allclose(lorenz.arrays([0])[0], [[-8, 7, 27]]) and lorenz.output_spec.names == ("y0", "y1", "y2")


@needs_data
def test_real_antiderivatives():
    task = read_task(
        SHARED / "deepxde" / "antiderivative_aligned_train.npz",
        inputs="branch",
        outputs="y",
        coordinates={"x": "trunk"},
    )
    v, s = task.arrays(slice(None))
    h = task.input_spec.grid.axes[0].spacing
    assert np.allclose(np.diff(s, axis=1), h * v[:, :-1], atol=2e-3)  # the file's labels are left sums
    with pytest.raises(sv.DataError, match=r"no array called 'brunch'[\s\S]*did you mean 'branch'"):
        read_task(SHARED / "deepxde" / "antiderivative_aligned_train.npz", inputs="brunch", outputs="y")


def test_several_arrays_scalars_and_channels(tmp_path):
    a, f, nu = RNG.normal(size=(6, 8)), RNG.normal(size=(6, 8, 2)), RNG.normal(size=6)
    np.savez(tmp_path / "d.npz", a=a, f=f, nu=nu, u=a + f.sum(-1))
    task = read_task(tmp_path / "d.npz", inputs="a f nu", outputs="u", box={"x": (0, 2)}, kind="periodic")
    x, y = task.arrays([5, 2])
    assert task.input_spec.names == ("a", "f0", "f1", "nu") and x.shape == (2, 8, 4)
    assert np.allclose(x[..., 0] + x[..., 1] + x[..., 2], y[..., 0]) and np.allclose(x[:, 3, 3], nu[[5, 2]])
    assert task.input_spec.grid.axes[0].spacing == 0.25
    assert "assumed" in read_task(tmp_path / "d.npz", inputs="a", outputs="u").provenance


def test_old_matlab_files(tmp_path):
    a = RNG.normal(size=(6, 8))
    scipy.io.savemat(tmp_path / "d.mat", {"a": a, "u": 2 * a, "s": {"field": 1.0}})
    task = read_task(tmp_path / "d.mat", inputs="a", outputs="u")
    assert np.array_equal(task.arrays([4])[1], 2 * task.arrays([4])[0])
    with pytest.raises(sv.DataError, match="holds no numbers"):
        read_task(tmp_path / "d.mat", inputs="s", outputs="u")
    whole = (tmp_path / "d.mat").read_bytes()
    (tmp_path / "d.mat").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(sv.DataError):
        read_task(tmp_path / "d.mat", inputs="a", outputs="u")


def test_nothing_is_unpickled(tmp_path):
    ran = tmp_path / "ran"

    class Bomb:
        def __reduce__(self):
            return (Path.touch, (ran,))

    np.savez(tmp_path / "o.npz", x=np.array([Bomb()], dtype=object), y=np.zeros((3, 4)))
    (tmp_path / "p.pkl").write_bytes(pickle.dumps(Bomb()))
    import zipfile

    with zipfile.ZipFile(tmp_path / "t.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb()))
    for name in ("o.npz", "p.pkl", "t.pt"):
        with pytest.raises(sv.DataError, match=r"unpickled[\s\S]*numpy.savez"):
            read_task(tmp_path / name, inputs="x", outputs="y")
    assert not ran.exists()


@pytest.mark.parametrize(
    ("arrays", "how", "message"),
    [
        (dict(x=(5, 8), y=(4, 8)), {}, "with 4 sample, 8 x"),
        (dict(x=(5, 8), y=(5, 9)), {}, "with 5 sample, 9 x"),
        (dict(x=(5, 8), y=(4, 8)), dict(dims="sample x"), "does not fit the others"),
        (dict(x=(5, 8), y=(5, 3, 8)), dict(times=[0, 1], box={"x": (0, 1)}), "cannot be told"),
        (dict(x=(5, 8), y=(5, 3, 8)), dict(times=[0, 2, 1], box={"x": (0, 1)}), "do not increase"),
        (dict(x=(5, 8), y=(5, 8)), dict(dims="sample"), "dims= does not fit"),
        (dict(x=(5, 8), y=(5, 8)), dict(coordinates={"x": np.r_[0:7, 9.0]}), "does not fit its grid"),
        (dict(x=(5, 8), y=(5, 8)), dict(coordinates={"x": "grid"}), "no array called 'grid'"),
        (dict(x=(5, 8), y=(5, 8)), dict(coordinates={"x": np.arange(8.0)}, box={"x": (0, 1)}), "does not fit its grid"),
        (dict(x=(0, 8), y=(0, 8)), {}, "no samples"),
    ],
)
def test_shapes_that_do_not_match(tmp_path, arrays, how, message):
    np.savez(tmp_path / "d.npz", **{name: np.ones(shape) for name, shape in arrays.items()})
    with pytest.raises(sv.DataError, match=message):
        read_task(tmp_path / "d.npz", inputs="x", outputs="y", **how)


def dataset():
    x, t = np.arange(8) / 8, np.linspace(0, 1, 3)
    u = RNG.normal(size=(3, 6, 8))
    data = xarray.Dataset(
        {"u": (("time", "sample", "x"), u), "nu": ("sample", np.arange(6.0)), "a": (("sample", "x"), u[0] ** 2)},
        coords={"x": x, "time": t},
    )
    return data, u


@pytest.mark.parametrize("form", ["memory", "netcdf4", "netcdf3", "zarr"])
def test_labelled_data(tmp_path, form):
    data, u = dataset()
    source = data
    if form == "zarr":
        data.to_zarr(tmp_path / "d.zarr", consolidated=False)
        source = tmp_path / "d.zarr"
    elif form != "memory":
        engine = {"netcdf4": "h5netcdf", "netcdf3": "scipy"}[form]
        data.to_netcdf(tmp_path / "d.nc", engine=engine)
        source = tmp_path / "d.nc"
    task = as_task(source, inputs="a nu", outputs="u", kind="periodic", **({"box": {"x": (0, 1)}}))
    x, y = task.arrays([5, 0])
    assert np.array_equal(y[..., 0], u[:, [5, 0]].transpose(1, 0, 2)) and task.input_spec.names == ("u", "a", "nu")
    assert np.array_equal(x[..., 0], u[0, [5, 0]]) and (x[0, :, 2] == 5).all()
    assert np.array_equal(task.times, [0, 0.5, 1])
    with pytest.raises(sv.DataError, match="no variable called 'v'"):
        as_task(source, inputs="a", outputs="v")
    with pytest.raises(sv.ArgumentError, match="Which variables"):
        as_task(source)
