"""PDEBench's three layouts, The Well's, and MATLAB 7.3: small files written here as published."""

import warnings

import h5py
import numpy as np
import pytest

import sobolev as sv
from sobolev.data import read_task

RNG = np.random.default_rng(0)
N, T, X, Y = 5, 4, 8, 6
CENTRES = (np.arange(X) + 0.5) / X


def scalar(path, attributes, cells_in_time=True, x=CENTRES):
    values = RNG.normal(size=(N, T, X)).astype(np.float32)
    with h5py.File(path, "w") as f:
        f["tensor"], f["x-coordinate"] = values, x.astype(np.float32)
        f["t-coordinate"] = np.linspace(0, 1, T + cells_in_time).astype(np.float32)
        f.attrs.update(attributes)
    return values


def test_scalar_layout(tmp_path):
    path = tmp_path / "1D_rd.hdf5"
    values = scalar(path, {"Nu": 0.5, "rho": 1.0})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        task = read_task(path)
    x, y = task.arrays(slice(None))
    assert np.array_equal(y[..., 0], values) and np.array_equal(x[..., 0], values[:, 0])
    assert task.input_spec.names == ("u",) and task.name == "reaction-diffusion"
    assert np.allclose(task.times, np.linspace(0, 1, T + 1)[:T])
    (axis,) = task.output_spec.grid.axes
    assert axis.kind == "cells" and axis.lower == pytest.approx(0, abs=1e-6) and axis.upper == pytest.approx(1)
    assert task.provenance["attributes"]["rho"] == 1.0


@pytest.mark.parametrize(("attributes", "told"), [({"beta": 0.4}, "twice the speed"), ({"Nu": 0.01}, r"\(-1, 1\) and")])
def test_known_defects_are_told(tmp_path, attributes, told):
    scalar(tmp_path / "f.hdf5", attributes)
    with pytest.warns(sv.DataWarning, match=told):
        task = read_task(tmp_path / "f.hdf5")
    assert len(task.provenance["defects"]) == 1


def test_darcy_layout(tmp_path):
    nu, u = RNG.uniform(size=(N, X, Y)).astype(np.float32), RNG.normal(size=(N, 1, X, Y)).astype(np.float32)
    with h5py.File(tmp_path / "2D_DarcyFlow_beta1.0_Train.hdf5", "w") as f:
        f["nu"], f["tensor"] = nu, u
        f["x-coordinate"], f["y-coordinate"] = CENTRES, (np.arange(Y) + 0.5) / Y
        f.attrs["beta"] = 1.0
    task = read_task(tmp_path / "2D_DarcyFlow_beta1.0_Train.hdf5", outputs={"pressure": "u"})
    x, y = task.arrays([3, 1])
    assert np.array_equal(x[..., 0], nu[[3, 1]]) and np.array_equal(y[..., 0], u[[3, 1], 0])
    assert (task.times, task.input_spec.names, task.output_spec.names) == (None, ("nu",), ("pressure",))


def test_compressible_layout(tmp_path):
    fields = {n: RNG.normal(size=(N, T, X, Y)).astype(np.float32) for n in ("density", "pressure", "Vx", "Vy")}
    with h5py.File(tmp_path / "2D_CFD.hdf5", "w") as f:
        for name, values in fields.items():
            f[name] = values
        f["t-coordinate"], f["x-coordinate"] = np.arange(T + 1.0), CENTRES
        f["y-coordinate"] = (np.arange(Y) + 0.5) / Y
        f.attrs.update(eta=0.1, zeta=0.1, M=1.0)
    task = read_task(tmp_path / "2D_CFD.hdf5")
    x, y = task.arrays([4, 0])
    assert task.output_spec.names == tuple(fields)
    for i, values in enumerate(fields.values()):
        assert np.array_equal(y[..., i], values[[4, 0]]) and np.array_equal(x[..., i], values[[4, 0], 0])
    with h5py.File(tmp_path / "torn.hdf5", "w") as f:
        f["density"], f["t-coordinate"] = fields["density"], np.arange(T + 1.0)
    with pytest.raises(sv.DataError, match="no array called 'pressure'"):
        read_task(tmp_path / "torn.hdf5")


def grouped(path, grids=None):
    values = RNG.normal(size=(N, T, X, Y, 2)).astype(np.float32)
    with h5py.File(path, "w") as f:
        for s in range(N):
            g = f.create_group(f"{s:04d}")
            g["data"], g["grid/t"], g["grid/x"] = values[s], np.linspace(0, 5, T), CENTRES * (1 + (s == grids))
            g["grid/y"] = (np.arange(Y) + 0.5) / Y
            g.attrs["config"] = "sim:\n  Du: 0.001\n"
    return values


def test_group_layout(tmp_path):
    values = grouped(tmp_path / "2D_diff-react.h5")
    task = read_task(tmp_path / "2D_diff-react.h5")
    x, y = task.arrays([2, 0, 2])
    assert np.array_equal(y, values[[2, 0, 2]]) and np.array_equal(x, values[[2, 0, 2], 0])
    assert task.output_spec.names == ("u0", "u1") and "Du: 0.001" in task.provenance["config"]


def test_group_on_another_grid_is_refused(tmp_path):
    grouped(tmp_path / "f.h5", grids=3)
    with pytest.raises(sv.DataError, match=r"Group 0003 .* another grid"):
        read_task(tmp_path / "f.h5")


def well(path, **attributes):
    with h5py.File(path, "w") as f:
        f.attrs.update(dataset_name="toy", grid_type="cartesian", n_spatial_dims=2, n_trajectories=N)
        f.attrs.update(simulation_parameters=["Re"], Re=100.0, **attributes)
        d = f.create_group("dimensions")
        d.attrs["spatial_dims"] = ["x", "y"]
        d["time"], d["x"], d["y"] = np.linspace(0, 1, T), np.arange(X) / X, np.linspace(0, 1, Y)
        for item in d.values():
            item.attrs["sample_varying"] = False
        b = f.create_group("boundary_conditions/x_periodic")
        b.attrs.update(associated_dims=["x"], bc_type="periodic", sample_varying=False, time_varying=False)
        s = f.create_group("scalars")
        s.attrs["field_names"] = ["F", "Re"]
        s["F"], s["Re"] = np.arange(N, dtype=float), 100.0
        s["F"].attrs.update(sample_varying=True, time_varying=False)
        s["Re"].attrs.update(sample_varying=False, time_varying=False)
        shapes = {
            ("t0_fields", "density"): ((N, T, X, Y), [1, 1], 1, 1),
            ("t0_fields", "wall"): ((X,), [1, 0], 0, 0),
            ("t0_fields", "mask"): ((N, X, Y), [1, 1], 1, 0),
            ("t1_fields", "velocity"): ((N, T, X, 2), [1, 0], 1, 1),
            ("t2_fields", "stress"): ((T, X, Y, 2, 2), [1, 1], 0, 1),
        }
        values = {}
        for (group, name), (shape, dims, by_sample, by_time) in shapes.items():
            g = f.require_group(group)
            g.attrs["field_names"] = [n for k, n in shapes if k == group]
            values[name] = RNG.normal(size=shape).astype(np.float32)
            g[name] = values[name]
            g[name].attrs.update(
                dim_varying=np.array(dims, bool), sample_varying=bool(by_sample), time_varying=bool(by_time)
            )
    return values


def test_well_layout_repeats_what_does_not_vary(tmp_path):
    v = well(tmp_path / "toy.hdf5")
    task = read_task(tmp_path / "toy.hdf5")
    assert task.output_spec.names == (
        *("density", "velocity_x", "velocity_y"),
        *("stress_xx", "stress_xy", "stress_yx", "stress_yy"),
    )
    assert task.input_spec.names == (*task.output_spec.names, "wall", "mask", "F")
    assert [a.kind for a in task.input_spec.grid.axes] == ["periodic", "nodes"]
    x, y = task.arrays([4, 1])
    assert np.array_equal(y[..., 0], v["density"][[4, 1]])
    assert np.array_equal(y[..., 2], np.repeat(v["velocity"][[4, 1], ..., None, 1], Y, axis=3))
    assert np.array_equal(y[0, ..., 4], v["stress"][..., 0, 1]) and np.array_equal(y[0, ..., 4], y[1, ..., 4])
    assert np.array_equal(x[..., :7], y[:, 0])
    assert np.array_equal(x[0, :, 3, 7], v["wall"]) and np.array_equal(x[..., 8], v["mask"][[4, 1]])
    assert (x[0, ..., 9] == 4).all() and task.provenance["scalars"] == {"Re": 100.0}
    chosen = read_task(tmp_path / "toy.hdf5", inputs="F", outputs="velocity_x velocity_y")
    assert chosen.input_spec.names == ("velocity_x", "velocity_y", "F")


def test_well_refusals(tmp_path):
    well(tmp_path / "a.hdf5")
    with h5py.File(tmp_path / "a.hdf5", "a") as f:
        f.attrs["grid_type"] = "spherical"
    with pytest.raises(sv.DataError, match="not on a box"):
        read_task(tmp_path / "a.hdf5")
    well(tmp_path / "b.hdf5")
    with h5py.File(tmp_path / "b.hdf5", "a") as f:
        f["t0_fields/density"].attrs["time_varying"] = False
    with pytest.raises(sv.DataError, match="does not fit its attributes"):
        read_task(tmp_path / "b.hdf5")


def test_matlab_73_has_its_axes_reversed(tmp_path):
    path = tmp_path / "ns.mat"
    a, u = RNG.normal(size=(N, X)), RNG.normal(size=(N, X, T))
    with h5py.File(path, "w", userblock_size=512) as f:
        f["a"], f["u"], f["t"] = a.transpose(), u.transpose(), np.linspace(0, 1, T)[:, None]
    with path.open("r+b") as f:
        f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64")
    how = dict(times="t", dims={"u": "sample x time"}, box={"x": (0, 1)}, kind="periodic")
    task = read_task(path, inputs="a", outputs="u", **how)
    x, y = task.arrays([3, 0])
    assert np.array_equal(y[..., 0], u[[3, 0]].transpose(0, 2, 1))
    assert task.input_spec.names == ("u", "a") and np.array_equal(x[..., 1], a[[3, 0]])


def test_hdf5_of_no_known_layout_is_named_by_the_user(tmp_path):
    values = RNG.normal(size=(2, N, X)).astype(np.float32)
    with h5py.File(tmp_path / "own.h5", "w") as f:
        f["group/a"], f["group/u"] = values
    task = read_task(tmp_path / "own.h5", inputs={"a": "group/a"}, outputs={"u": "group/u"})
    assert np.array_equal(task.arrays([1])[1][..., 0], values[1, [1]])
    with pytest.raises(sv.DataError, match="no known layout"):
        read_task(tmp_path / "own.h5")
    with pytest.raises(sv.DataError, match="did you mean 'group/u'"):
        read_task(tmp_path / "own.h5", inputs="group/a", outputs="group/v")


def test_truncated_and_damaged_files(tmp_path):
    path = tmp_path / "f.hdf5"
    scalar(path, {})
    whole = path.read_bytes()
    for cut in (9, 200, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:cut])
        with pytest.raises(sv.DataError, match=r"cannot be read|no format"):
            read_task(path)
    with h5py.File(path, "w") as f:
        f.create_dataset("tensor", data=RNG.normal(size=(N, T, X)), chunks=(1, T, X), compression="gzip", shuffle=True)
        f["x-coordinate"], f["t-coordinate"] = CENTRES, np.arange(T + 0.0)
        offset = f["tensor"].id.get_chunk_info(3).byte_offset
    with path.open("r+b") as f:
        f.seek(offset)
        f.write(b"\xff" * 40)
    with pytest.raises(sv.DataError, match="cannot be read"):
        read_task(path)
