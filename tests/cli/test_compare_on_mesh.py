"""`sobolev compare` of a statement on a mesh, from arguments to files."""

import json

import pytest
from typer.testing import CliRunner

from sobolev.cli._app import app
from sobolev.evaluation import _classical

pytest.importorskip("gmsh")
pytest.importorskip("skfem")


def test_compare_poisson_on_the_l_shape(tmp_path, monkeypatch):
    """Files, rows of the front, trivial rows, and errors that fall."""
    monkeypatch.setattr(_classical, "_RESOLUTIONS", {2: (4, 8)})
    monkeypatch.setattr(_classical, "_TOLERANCES", (2e-2,))
    monkeypatch.setattr(_classical, "_REFERENCE", 2e-3)
    arguments = ["compare", "poisson_l_shape", "--out", tmp_path / "runs", "--json", tmp_path / "c.json", "--quiet"]
    done = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output + done.stderr
    result = json.loads((tmp_path / "c.json").read_text())
    (folder,) = (tmp_path / "runs").iterdir()
    assert result["run"] == str(folder) and result["report"] == str(folder / "report.html")
    for name in ("statement.txt", "configuration.json", "comparison.json", "report.html", "result.json"):
        assert (folder / name).stat().st_size > 0
    assert result["method"].startswith("FiniteElement") and not result["failures"]
    assert result["reference_error"] < 2e-3 and result["errors"]["relative_l2"] > 1e-5
    told = json.loads((folder / "comparison.json").read_text())
    front = {point["resolution"]: point["error"] for point in told["front"]}
    across = [error for name, error in front.items() if "across" in name]
    assert len(across) == 2 and across[1] < across[0] / 2
    (adapted,) = (error for name, error in front.items() if name.startswith("adapted to 0.02"))
    assert adapted <= 2e-2
    names = {row["name"] for row in told["rows"]}
    assert {"zero", "constant mean"} <= names
    page = (folder / "report.html").read_text()
    assert all(word in page + done.output for word in ("L-shape", "zero", "8 cells across"))
