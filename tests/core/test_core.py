"""Errors, precision, files and optional parts."""

import os
import pickle
import subprocess
import sys
import textwrap

import jax.numpy as jnp
import pytest

import sobolev as sv
from sobolev._core import atomic_path, precision_context, require, write_text


def test_error_says_given_expected_fix():
    error = sv.StatementError("no condition", given="Dirichlet", expected="two", fix="add one")
    assert str(error).splitlines() == [
        "no condition",
        "  given:    Dirichlet",
        "  expected: two",
        "  fix:      add one",
    ]
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("kind", [sv.StatementError, sv.StoreError, sv.MissingExtraError, sv.ConvergenceError])
def test_errors_cross_process_boundaries(kind):
    """Workers send their errors home: the message arrives whole."""
    error = kind("headline", given="a", fix="b")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_missing_extra_names_it():
    with pytest.raises(sv.MissingExtraError, match=r"pip install 'sobolev\[dask\]'"):
        require("a_module_that_does_not_exist", "dask")


def test_precision_is_a_context():
    before = jnp.zeros(1).dtype
    with precision_context("double"):
        assert jnp.zeros(1).dtype == jnp.float64
    with precision_context("single"):
        assert jnp.zeros(1).dtype == jnp.float32
    assert jnp.zeros(1).dtype == before
    with pytest.raises(sv.ArgumentError, match="'single' or 'double'"):
        precision_context("half")


def test_atomic_path_keeps_the_old_file_when_writing_fails(tmp_path):
    target = tmp_path / "file.txt"
    write_text(target, "old")
    with pytest.raises(RuntimeError, match="power cut"), atomic_path(target) as temporary:
        temporary.write_text("half of the ne")
        raise RuntimeError("power cut")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_killed_writer_leaves_the_old_file(tmp_path):
    target = tmp_path / "file.txt"
    write_text(target, "old")
    code = textwrap.dedent(f"""
        import os, signal
        from sobolev._core import atomic_path
        with atomic_path({str(target)!r}) as temporary:
            temporary.write_text("new")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert target.read_text() == "old"


def test_unwritable_place_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(sv.StoreError, match="Cannot write"):
        write_text(tmp_path / "file" / "below.txt", "x")
