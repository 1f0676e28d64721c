"""`sobolev mesh`, and what `sobolev solve` leaves of a solution on a mesh."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import sobolev as sv
from sobolev.cli._app import app

RUNNER = CliRunner()
PLATE = """
import sobolev as sv
x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)
plate = sv.Rectangle((x, 0, 2), (y, 0, 1)) - sv.Disk((x, y), (0.6, 0.5), 0.25, name="hole")
problem = sv.Problem(plate, -sv.laplacian(u) - 1, [sv.Dirichlet(u, 0, on="rectangle"), sv.Neumann(u, 0, on="hole")])
"""


@pytest.fixture
def plate(tmp_path):
    (tmp_path / "plate.py").write_text(PLATE)
    return tmp_path / "plate.py"


def _run(*arguments, code=0):
    done = RUNNER.invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output + done.stderr
    return done.output + done.stderr


def test_the_mesh_of_a_statement_with_its_parts(plate, tmp_path):
    said = _run("mesh", plate, "--size", 0.2, "--out", tmp_path / "runs", "--json", tmp_path / "m.json")
    result = json.loads((tmp_path / "m.json").read_text())
    assert set(result["parts"]) == {"x.min", "x.max", "y.min", "y.max", "hole"} and "hole" in said
    mesh = sv.Mesh.read(result["mesh"], sv.coordinates("x y"))
    assert len(mesh.cells) == result["cells"]
    assert np.isclose(mesh.measure, 2 - np.pi / 16, rtol=0.02)
    assert list((tmp_path / "runs").rglob("mesh.png"))


def test_boxes_and_unknown_formats_are_refused(plate, tmp_path):
    assert "boxes have grids of their own" in _run("mesh", "heat", "--out", tmp_path, code=2)
    assert "names no format" in _run("mesh", plate, "--format", "nonsense", "--out", tmp_path, code=2)


def test_finite_elements_by_name_leave_a_picture_of_the_mesh(plate, tmp_path):
    options = ("--method", "finite-element", "--tolerance", 1e-2, "--quiet")
    _run("solve", plate, *options, "--out", tmp_path / "runs", "--json", tmp_path / "s.json")
    result = json.loads((tmp_path / "s.json").read_text())
    assert result["method"].startswith("FiniteElement") and result["errors"]["relative_l2"] < 1e-2
    assert result["mesh"].endswith("mesh.png") and list((tmp_path / "runs").rglob("mesh.png"))
