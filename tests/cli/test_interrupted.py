"""Ctrl-C in simulate and in the training of learn: told how to go on, and resumed to what would have been."""

import json
import re
import signal
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from typer.testing import CliRunner

from sobolev.cli._app import app
from sobolev.operators import load_operator
from sobolev.simulation import _simulate
from sobolev.training._loop import Loop

RUNNER = CliRunner()


def _run(*arguments, code=0):
    done = RUNNER.invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output + done.stderr
    return done.output + done.stderr


def _struck(monkeypatch, owner, name, call):
    """Presses Ctrl-C after so many calls of a method."""
    method, calls = getattr(owner, name), []

    def pressed(self, *arguments):
        calls.append(1)
        result = method(self, *arguments)
        if len(calls) == call:
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.5)  # the main thread is to hear of it before this one has finished everything
        return result

    monkeypatch.setattr(owner, name, pressed)


def _resumed(said, tmp_path):
    (folder,) = set(re.findall(r"Go on with: sobolev resume (\S+)", said))
    _run("resume", folder, "--json", tmp_path / "resumed.json", "--quiet")
    return folder, json.loads((tmp_path / "resumed.json").read_text())


def test_simulate(tmp_path, monkeypatch):
    options = ("simulate", "advection", "--samples", 40, "--resolution", 16, "--times", 3, "--quiet")
    with monkeypatch.context() as pressing:
        _struck(pressing, _simulate.SimulationStore, "write", 3)
        said = _run(*options, "--out", tmp_path / "a", code=130)
    assert "of 40 samples are in" in said
    folder, _ = _resumed(said, tmp_path)
    _run(*options, "--out", tmp_path / "b")
    (other,) = (tmp_path / "b").iterdir()
    mine, theirs = (_files(Path(run) / "data.zarr") for run in (folder, other))
    assert len(mine) > 40 and mine == theirs


@pytest.mark.slow
def test_learn(tmp_path, monkeypatch):
    a = np.random.default_rng(0).standard_normal((40, 16))
    np.savez(tmp_path / "data.npz", a=a, u=np.cumsum(a, axis=1) / 16)
    files = ("--data", tmp_path / "data.npz", "--inputs", "a", "--outputs", "u", "--epochs", 4, "--seeds", 1, "--quiet")
    options = ("learn", *files, "--operator", "FNO(width=4, modes=4, layers=1)")
    with monkeypatch.context() as pressing:
        _struck(pressing, Loop, "_validate", 2)
        said = _run(*options, "--out", tmp_path / "a", code=130)
    folder, resumed = _resumed(said, tmp_path)
    _run(*options, "--out", tmp_path / "b", "--json", tmp_path / "whole.json")
    whole = json.loads((tmp_path / "whole.json").read_text())
    assert resumed["errors"] == whole["errors"]
    mine, other = (load_operator(_operator_of(run)) for run in (folder, whole["run"]))
    for one, two in zip(jax.tree.leaves(mine), jax.tree.leaves(other), strict=True):
        assert np.array_equal(one, two)


def _files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _operator_of(run):
    (file,) = (Path(run) / "operators").glob("*.npz")
    return file
