"""Samples: drawn by number, solved rightly, described, and never silently wrong."""

import jax
import numpy as np
import pytest
import xarray
from heat_toy import ExactHeat, family

import sobolev as sv
from sobolev._core import precision_context
from sobolev.data import as_task, nested
from sobolev.simulation._describe import describe
from sobolev.simulation._plan import Portions

KEY = jax.random.key(3)


def small(samples=10, **changes):
    arguments = dict(resolution=32, method=ExactHeat(), times=5, check=0, quiet=True, key=KEY)
    return sv.simulate(family(), samples, **{**arguments, **changes})


def test_samples_solve_their_own_equation():
    data = small(times=[0.25, 1.0], dtype="float64")
    assert dict(data.sizes) == {"sample": 10, "time": 3, "x": 32} and list(data.time) == [0, 0.25, 1]
    k = 2 * np.pi * np.fft.rfftfreq(32, 1 / 32)
    nu = data.nu.values[:, None, None]
    expected = np.fft.irfft(np.exp(-nu * k**2 * data.time.values[:, None]) * np.fft.rfft(data.u0.values)[:, None])
    assert np.abs(data.u.values - expected).max() < 1e-12
    assert (data.nu.values >= 0.01).all() and (data.nu.values <= 0.1).all() and len(set(data.nu.values)) == 10
    assert data.u0.values.std(axis=0).min() > 0


def test_a_sample_is_the_same_whatever_its_batch():
    few, many = small(3), small(150)
    for name in ("u", "u0", "nu"):
        assert np.allclose(few[name], many[name][:3], rtol=1e-6, atol=1e-8)
    other = small(3, key=jax.random.key(4))
    assert not np.allclose(few.nu, other.nu)
    with precision_context("double"):
        drawn = sv.draw(family(), key=jax.random.fold_in(KEY, 2))
    assert float(drawn.values["nu"]) == pytest.approx(float(few.nu[2]), rel=1e-6)


def test_a_sample_is_the_same_at_any_resolution():
    coarse, fine = small(4, dtype="float64"), small(4, resolution=64, dtype="float64")
    assert np.allclose(coarse.u, fine.u[..., ::2], atol=1e-12) and np.array_equal(coarse.nu, fine.nu)


def test_attributes_tell_everything():
    data = small(5, check=2)
    assert nested(data.attrs)["estimated_relative_error"]["u"] < 1e-12
    assert data.attrs["method"] == "ExactHeat" and "u_t" in data.attrs["statement"]
    plan = nested(data.attrs)["plan"]
    assert plan["samples"] == 5 and plan["precision"] == "double" and set(plan["versions"]) >= {"jax", "sobolev"}
    assert data.x.attrs == {"kind": "periodic", "lower": 0.0, "upper": 1.0}
    assert {n: v.attrs["role"] for n, v in data.data_vars.items()} == {
        **{"u": "output", "u0": "initial", "nu": "input", "code": "code"},
    }
    assert data.u.dtype == np.float32 and data.attrs["seconds"] > 0


def test_estimated_error_sees_an_unresolved_sample():
    assert nested(small(3, resolution=4, check=3).attrs)["estimated_relative_error"]["u"] > 1e-2


def test_as_task(tmp_path):
    data = small(12)
    task = as_task(data, problem=family())
    x, y = task.arrays([11, 4])
    assert task.input_spec.names == ("u", "nu") and task.output_spec.names == ("u",)
    assert np.array_equal(x[..., 0], data.u0.values[[11, 4]]) and np.array_equal(y[..., 0], data.u.values[[11, 4]])
    assert np.array_equal(task.times, data.time) and task.input_spec.grid.axes[0].kind == "periodic"


def test_a_problem_with_random_initial_values_becomes_a_family():
    toy = family()
    (start,) = toy.conditions
    law = toy.priors["u0"]
    fixed = sv.Problem(
        domain=toy.domain,
        equations=toy.equations,
        conditions=[sv.Initial(start.unknown, 0)],
        random_initial={"u": law},
        name="fixed",
    )
    data = sv.simulate(fixed.random(), 2, 16, method=ExactHeat(), times=2, check=0, quiet=True, key=KEY)
    assert "u0" in data and data.u.shape == (2, 2, 16)


def test_failed_samples_raise_with_their_numbers(tmp_path):
    nu = small(20).nu.values
    bad = np.flatnonzero(nu > 0.06)
    with pytest.raises(sv.ConvergenceError, match="max_steps") as caught:
        small(20, method=ExactHeat(fails_above=0.06), store=tmp_path / "s.zarr")
    assert f"samples {bad[0]}" in str(caught.value) and "drop" in str(caught.value)
    codes = tmp_path / "s.zarr" / "code"
    assert not (codes / f"c.{bad[0] // 2}").exists()


def test_nan_is_a_failure_also_when_the_method_did_not_notice():
    with pytest.raises(sv.ConvergenceError, match="nonfinite"):
        small(20, method=ExactHeat(blows_up_above=0.06))


@pytest.mark.parametrize("stored", [False, True])
def test_failed_samples_can_be_dropped_but_not_silently(tmp_path, stored):
    nu = small(20).nu.values
    store = tmp_path / "s.zarr" if stored else None
    with pytest.warns(sv.DataWarning, match="are left out"):
        data = small(20, method=ExactHeat(fails_above=0.06), on_failure="drop", store=store)
    assert np.array_equal(data.nu, nu[nu <= 0.06]) and np.isfinite(data.u).all()
    if stored:
        with pytest.warns(sv.DataWarning, match="failed to solve"):
            task = as_task(store)
        assert task.samples == (nu <= 0.06).sum()
    with pytest.raises(sv.ConvergenceError, match="None of"):
        small(20, method=ExactHeat(fails_above=0.0), on_failure="drop")


def test_portions_cover_all_samples_once():
    for samples in (1, 7, 16, 100, 10_000):
        for state, stored in ((100, 100), (10**5, 10**6), (10**8, 10**9)):
            p = Portions.of(samples, state, stored)
            assert [n for b in range(p.batches) for n in p.numbers(b)] == list(range(samples))
            assert p.batch % p.block == 0


def test_descriptions_tell_values_apart_but_not_processes():
    def one(x):
        return x

    def two(x):
        return -x

    two.__qualname__ = one.__qualname__
    assert describe(one) != describe(two) and "0x" not in describe(one)
    assert describe(np.arange(3)) != describe(np.arange(3.0)) != describe(np.arange(3.0) + 1)
    law = family().priors["u0"]
    assert describe(law) == describe(family().priors["u0"]) and "0x" not in str(describe(law))


def test_the_dataset_can_be_written_as_usual(tmp_path):
    data = small(4)
    data.to_netcdf(tmp_path / "d.nc")
    again = xarray.open_dataset(tmp_path / "d.nc")
    assert np.array_equal(again.u, data.u)
    assert nested(again.attrs)["plan"] == nested(data.attrs)["plan"]
    assert as_task(again, problem=family()).provenance["plan"]["samples"] == 4
