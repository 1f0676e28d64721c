"""Wrong arguments, statements and files: each with its exit code and a message that names it, and no traceback."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sobolev.cli._app import app

RUNNER = CliRunner()
USAGE, STATEMENT, UNSUPPORTED, DATA, STORE = 2, 3, 4, 5, 7


_DISK = """
import sympy as sp
import sobolev as sv
x, y = sv.coordinates("x y")
u, f = sv.unknown("u", x, y), sv.parameter("f", default=1, prior=sv.priors.Uniform(1, 2))
problem = sv.Problem(
    domain=sv.Disk((x, y), (0, 0), 1), equations=[sp.Eq(-sv.laplacian(u), f)], conditions=[sv.Dirichlet(u, 0)]
)
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a few wrong files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "syntax.py").write_text("x = = 3\n")
    (tmp_path / "nothing.py").write_text("x = 3\n")
    (tmp_path / "two.py").write_text("import sobolev as sv\na, b = sv.problems.heat(), sv.problems.kdv()\n")
    (tmp_path / "torn.npz").write_bytes(b"PK\x03\x04 and then nothing")
    (tmp_path / "text.npz").write_text("these are no arrays")
    (tmp_path / "disk.py").write_text(_DISK)
    good = np.random.default_rng(0).standard_normal((12, 8))
    np.savez(tmp_path / "good.npz", a=good, u=good, few=good[:5])
    np.savez(tmp_path / "nan.npz", a=good, u=np.where(good > 2, np.nan, good) + np.nan * (np.arange(8) == 3))
    (tmp_path / "file").write_text("a file where a folder should be")
    (tmp_path / "run").mkdir()
    (tmp_path / "solved").mkdir()
    (tmp_path / "solved" / "configuration.json").write_text(json.dumps({"verb": "solve", "statement": "kdv"}))
    return tmp_path


CASES = [
    (["solv", "kdv"], USAGE, "No such command"),
    (["solve"], USAGE, "Missing argument"),
    (["learn", "darcy", "--seeds", "0"], USAGE, "--seeds"),
    (["learn", "darcy", "--minutes", "soon"], USAGE, "--minutes"),
    (["learn"], USAGE, "There is nothing to learn"),
    (["learn", "darcy", "--operator", "FNOO"], USAGE, "FNO"),
    (["learn", "darcy", "--inputs", "a"], USAGE, "--inputs goes with --data"),
    (["solve", "kdv", "--method", "SpectralETDD"], USAGE, "SpectralETD"),
    (["solve", "kdv", "--tolerance", "2"], USAGE, "tolerance is out of range"),
    (["solve", "kdv", "--precision", "half"], USAGE, "precision is not known"),
    (["solve", "kdv", "--set", "depth"], USAGE, "--set name=value"),
    (["solve", "heat", "--set", "diffusivity=__import__('os')"], USAGE, "no number or expression"),
    (["show", "kdv", "--format", "word"], USAGE, "text, latex or mathml"),
    (["resume", "solved"], USAGE, "cannot be resumed"),
    (["show", "darci"], STATEMENT, "did you mean darcy"),
    (["show", "kdv", "--set", "depth=3"], STATEMENT, "nothing called depth"),
    (["show", "missing.py"], STATEMENT, "no such file"),
    (["show", "syntax.py"], STATEMENT, "line 1"),
    (["show", "nothing.py"], STATEMENT, "no Problem at module level"),
    (["show", "two.py"], STATEMENT, "named `problem`"),
    (["solve", "darcy", "--method", "SpectralETD"], UNSUPPORTED, "Methods that can"),
    (["learn", "lorenz"], UNSUPPORTED, "has no space"),
    (["learn", "double_well"], UNSUPPORTED, "has many solutions"),
    (["learn", "hyperelastic_stretch"], UNSUPPORTED, "is solved on a mesh"),
    (["learn", "disk.py"], UNSUPPORTED, "is solved on a mesh"),
    (["learn", "darcy", "--predict", "step"], USAGE, "is steady"),
    (["learn", "burgers", "--predict", "soon"], USAGE, "no such prediction"),
    (["learn", "--data", "d.npz", "--samples", "20"], USAGE, "--samples is of simulations"),
    (["learn", "--data", "d.npz", "--set", "nu=1"], USAGE, "--set goes with a statement"),
    (["learn", "--data", "absent.npz", "--inputs", "a", "--outputs", "u"], DATA, "absent.npz"),
    (["learn", "--data", "torn.npz", "--inputs", "a", "--outputs", "u"], DATA, "torn.npz"),
    (["learn", "--data", "text.npz", "--inputs", "a", "--outputs", "u"], DATA, "text.npz"),
    (["learn", "--data", "good.npz", "--inputs", "b", "--outputs", "u"], DATA, "'b'"),
    (["learn", "--data", "good.npz", "--inputs", "few", "--outputs", "u"], DATA, "few"),
    (["learn", "--data", "nan.npz", "--inputs", "a", "--outputs", "u"], DATA, "finite"),
    (["resume", "run"], DATA, "no run folder"),
    (["solve", "kdv", "--out", "file"], STORE, "Cannot write"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), CASES, ids=[" ".join(case[0]) for case in CASES])
def test_each_mistake_has_its_code_and_its_message(here, arguments, code, words):
    done = RUNNER.invoke(app, arguments, env={"TERM": "dumb", "COLUMNS": "200"})
    said = done.output + done.stderr
    assert done.exit_code == code, said
    assert words in said
    assert "Traceback" not in said


def test_debug_keeps_the_error(here):
    done = RUNNER.invoke(app, ["show", "darci", "--debug"])
    assert type(done.exception).__name__ == "StatementError"
