"""Stores that are given more samples: what they hold stays, bit for bit."""

import hashlib
import shutil

import jax
import numpy as np
import pytest
from heat_toy import ExactHeat, family

import sobolev as sv
from sobolev.data import nested
from sobolev.simulation import _simulate


def _run(samples, store=None):
    how = dict(resolution=8, method=ExactHeat(), times=3, check=1, quiet=True, key=jax.random.key(3))
    return sv.simulate(family(), samples, store=store, **how)


def _hashes(folder):
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).digest() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """40 samples (portions of three), then 100."""
    store = tmp_path_factory.mktemp("grown") / "s.zarr"
    before = _run(40, store).load()
    few = store.with_name("few.zarr")
    shutil.copytree(store, few)
    return few, before, store, _run(100, store)


def test_the_first_samples_stay_and_the_rest_are_those_of_a_fresh_run(grown):
    _, before, _, after = grown
    assert dict(after.sizes) == {"sample": 100, "time": 3, "x": 8}
    for name in ("u", "u0", "nu", "code"):
        assert np.array_equal(after[name][:40], before[name])
    assert np.allclose(after.u, _run(100).u, rtol=1e-5, atol=1e-7)
    assert nested(after.attrs)["plan"]["samples"] == 100 and after.attrs["complete"] == 1
    assert sv.as_task(after, problem=family()).samples == 100


def test_full_batches_are_not_written_again(grown):
    few, _, store, _ = grown
    before, after = _hashes(few), _hashes(store)
    chunks = [k for k in before if k.name.startswith("c.") and not k.name.startswith("c.13")]  # 40 = 13 · 3 + 1
    assert len(chunks) == 4 * 13
    assert all(after[k] == before[k] for k in chunks)


@pytest.mark.parametrize("written", [0, 1, 7])
def test_an_interrupted_extension_goes_on(grown, tmp_path, monkeypatch, written):
    few, _, store, _ = grown
    mine = tmp_path / "s.zarr"
    shutil.copytree(few, mine)
    write, count = _simulate.SimulationStore.write, []

    def interrupted(self, batch, solved):
        if len(count) == written:
            raise KeyboardInterrupt
        count.append(batch)
        write(self, batch, solved)

    monkeypatch.setattr(_simulate.SimulationStore, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _run(100, mine)
    with pytest.raises(sv.DataError, match="not complete"):
        sv.as_task(mine)
    monkeypatch.undo()
    _run(100, mine)
    assert _hashes(mine) == _hashes(store)


def test_it_is_opened_and_extended_again(grown, tmp_path):
    _, _, store, after = grown
    assert np.array_equal(_run(100, store).u, after.u)
    again = tmp_path / "s.zarr"
    shutil.copytree(store, again)
    assert np.array_equal(_run(110, again).u[:100], after.u)


def test_fewer_samples_than_it_has_are_refused(grown):
    with pytest.raises(sv.StoreError, match="samples"):
        _run(50, grown[2])
