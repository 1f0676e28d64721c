"""Stores under faults: killed at any moment, full and read-only disks, foreign contents. Nothing torn, ever."""

import hashlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import kill_target
import numpy as np
import pytest

import sobolev as sv
from sobolev.simulation import _simulate

KILLS = 4


def hashes(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in Path(folder).rglob("*")
        if p.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("clean") / "s.zarr"
    kill_target.run(path)
    return path


@pytest.fixture(scope="module")
def forkserver():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sobolev", "xarray", "zarr", "kill_target"])
    return context


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_it_ends_with_the_same_bytes(tmp_path, undisturbed, forkserver, seed):
    store, rng, kills = tmp_path / "s.zarr", random.Random(seed), 0
    expected = hashes(undisturbed)
    while kills < KILLS:
        before = len(list(store.rglob("*"))) if store.exists() else 0
        child = forkserver.Process(target=kill_target.run, args=(store,))
        child.start()
        wanted = before + rng.randint(0, 14)  # files more than before
        while child.is_alive() and len(list(store.rglob("*")) if store.exists() else []) < wanted:
            time.sleep(0.0005)
        time.sleep(rng.uniform(0, 0.01))
        if not child.is_alive():
            break
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        kills += 1
        for name, digest in hashes(store).items():
            if not name.endswith(".tmp") and name != "zarr.json":
                assert digest == expected[name], f"{name} is torn after kill {kills}"
        if (store / "zarr.json").exists():
            with pytest.raises(sv.DataError, match="not complete"):
                sv.as_task(store)
    assert kills >= 2
    kill_target.run(store)
    assert hashes(store) == expected


def test_an_interrupted_run_resumes_where_it_stopped(tmp_path, undisturbed, monkeypatch, capsys):
    store, written = tmp_path / "s.zarr", []
    write = _simulate.SimulationStore.write

    def interrupted(self, batch, solved):
        if len(written) == 5:
            raise KeyboardInterrupt
        written.append(batch)
        write(self, batch, solved)

    monkeypatch.setattr(_simulate.SimulationStore, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        kill_target.run(store)
    told = capsys.readouterr().err
    assert "of 400 samples are in" in told and "same call" in told
    written.clear()
    monkeypatch.setattr(_simulate.SimulationStore, "write", lambda s, b, x: (written.append(b), write(s, b, x)))
    kill_target.run(store)
    assert written[0] == 5 and hashes(store) == hashes(undisturbed)
    written.clear()
    data = kill_target.run(store)  # complete: opened, not computed
    assert not written and np.isfinite(data.u.values).all()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (dict(samples=399), "samples"),
        (dict(resolution=32), "resolution"),
        (dict(times=5), "times"),
        (dict(tolerance=1e-3), "tolerance"),
        (dict(method=kill_target.ExactHeat(fails_above=5.0)), "method"),
        (dict(dtype="float64"), "dtype"),
        (dict(precision="single"), "precision"),
    ],
)
def test_another_simulation_is_refused(undisturbed, changes, name):
    before = hashes(undisturbed)
    with pytest.raises(sv.StoreError, match=f"its {name} is not this one's"):
        kill_target.run(undisturbed, **changes)
    assert hashes(undisturbed) == before


def test_foreign_places_are_left_alone(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path, tmp_path / "file" / "below"):
        with pytest.raises(sv.StoreError):
            kill_target.run(place)
    assert [p.name for p in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "mine"


def test_two_processes_do_not_write_one_store(tmp_path, monkeypatch):
    store = tmp_path / "s.zarr"
    other = []

    def write(self, batch, solved):
        with pytest.raises(sv.StoreError, match="Another process"):
            kill_target.run(store)
        other.append(batch)
        raise KeyboardInterrupt

    monkeypatch.setattr(_simulate.SimulationStore, "write", write)
    with pytest.raises(KeyboardInterrupt):
        kill_target.run(store)
    assert other


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, of 200 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", place], capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield place
    subprocess.run(["umount", place], check=True)


def test_full_disk(disk, undisturbed):
    with pytest.raises(sv.StoreError, match=r"Cannot write[\s\S]*No space left"):
        kill_target.run(disk / "s.zarr")
    torn = [n for n, digest in hashes(disk / "s.zarr").items() if digest != hashes(undisturbed)[n] and n != "zarr.json"]
    assert not torn
    subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    kill_target.run(disk / "s.zarr")
    assert hashes(disk / "s.zarr") == hashes(undisturbed)


def test_read_only_disk(disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(sv.StoreError, match=r"Cannot write[\s\S]*Read-only"):
        kill_target.run(disk / "s.zarr")


def test_a_file_size_limit_is_a_store_error(tmp_path):
    """As a quota: needs no root, but a process of its own."""
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "import kill_target, sobolev as sv\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n    kill_target.run(sys.argv[1])\n"
        "except sv.StoreError as error:\n    print('REFUSED', error)\n"
    )
    folder = Path(kill_target.__file__).parent
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "s.zarr"], capture_output=True, text=True, env=environment
    )
    assert "REFUSED Cannot write" in done.stdout, done.stderr
