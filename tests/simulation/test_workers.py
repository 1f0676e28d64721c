"""Batches on the workers of a dask cluster."""

import os
from pathlib import Path

import kill_target
import numpy as np
import pytest
from test_store_faults import hashes

import sobolev as sv

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client():
    folder = str(Path(kill_target.__file__).parent)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, before]))  # workers find the toy
    try:
        with (
            distributed.LocalCluster(
                n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


def test_workers_give_the_same_bytes(tmp_path, client):
    kill_target.run(tmp_path / "here.zarr", samples=100)
    data = kill_target.run(tmp_path / "there.zarr", samples=100, client=client)
    assert hashes(tmp_path / "here.zarr") == hashes(tmp_path / "there.zarr")
    in_memory = kill_target.run(None, samples=100, client=client)
    assert np.array_equal(in_memory.u, data.u) and in_memory.attrs["plan"] == data.attrs["plan"]


def test_failures_on_workers_are_reported(tmp_path, client):
    failing = kill_target.ExactHeat(fails_above=0.09)
    with pytest.raises(sv.ConvergenceError, match="max_steps"):
        kill_target.run(tmp_path / "s.zarr", samples=60, method=failing, client=client)
    with pytest.warns(sv.DataWarning, match="left out"):
        data = kill_target.run(tmp_path / "s.zarr", samples=60, method=failing, client=client, on_failure="drop")
    assert (data.nu.values <= 0.09).all() and 0 < data.sizes["sample"] < 60
