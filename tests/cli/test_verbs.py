"""The verbs, from arguments to files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sobolev import ArgumentError
from sobolev.cli._app import app
from sobolev.cli._defaults import defaults_for
from sobolev.cli._learn import LearnOptions
from sobolev.cli._statements import find_statement, problem_names

RUNNER = CliRunner()


def _run(*arguments, code=0):
    done = RUNNER.invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert done.exit_code == code, done.output + done.stderr
    return done.output


def test_list_names_everything(tmp_path):
    said = _run("list", "--json", tmp_path / "list.json")
    found = json.loads((tmp_path / "list.json").read_text())
    assert {"darcy", "burgers", "lorenz"} <= set(found["problems"])
    assert {"SpectralETD", "FiniteDifference"} <= set(found["methods"])
    assert {"FNO", "KernelRidge"} <= set(found["operators"])
    assert "darcy" in said


def test_names_read_from_the_text_are_those_of_the_library():
    from sobolev import problems

    assert tuple(problem_names()) == problems.names()


@pytest.mark.parametrize(("form", "words"), [("text", "u_t"), ("latex", r"\begin{aligned}"), ("mathml", "<math")])
def test_show(form, words):
    assert words in _run("show", "burgers", "--format", form)


def test_show_says_which_methods_apply(tmp_path):
    _run("show", "kdv", "--json", tmp_path / "show.json")
    found = json.loads((tmp_path / "show.json").read_text())
    assert found["periodic"] and not found["linear"]
    assert found["methods"]["SpectralETD"] is True


def test_settings_reach_parameters_and_arguments():
    assert float(find_statement("burgers", ["nu=0.25"]).values["nu"]) == 0.25
    assert str(find_statement("darcy", ["a=2+sin(pi*x)"]).values["a"]) == "sin(pi*x) + 2"
    assert find_statement("heat", ["ndim=2"]).ndim == 2


def test_grids_have_nodes_at_both_ends_or_cells():
    """The number of intervals is what halves: 64 cells of a conservation law, 65 nodes between walls."""
    learn = LearnOptions()
    for name, here, twice in (("inviscid_burgers", 64, 128), ("euler", 64, 128), ("heat", 65, 129)):
        chosen = defaults_for(find_statement(name), learn, [])
        assert (chosen.resolution, chosen.finer(2)) == ((here,), (twice,))


def test_what_a_file_does_not_say_itself():
    told = LearnOptions(dims=("u=sample time x",), times="0:1:3", box=("x=0:2",), kind=("periodic",)).reading
    assert told["dims"] == {"u": "sample time x"} and told["kind"] == "periodic" and told["box"] == {"x": (0.0, 2.0)}
    np.testing.assert_allclose(told["times"], [0, 0.5, 1])
    assert LearnOptions(times="t", coordinates=("x=xs",)).reading["times"] == "t"
    assert "dims" not in LearnOptions().reading
    for wrong in ({"box": ("x=0",)}, {"kind": ("round",)}, {"times": "0:1"}, {"coordinates": ("xs",)}):
        with pytest.raises(ArgumentError, match="not understood"):
            _ = LearnOptions(**wrong).reading


def test_a_statement_in_a_file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("from helper import made\nproblem = made\nother = made\n")
    (tmp_path / "helper.py").write_text("import sobolev as sv\nmade = sv.problems.heat()\n")
    assert find_statement(str(file)).name == "heat"


def test_solve_leaves_a_run_folder(tmp_path):
    said = _run("solve", "lorenz", "--out", tmp_path, "--json", tmp_path / "r.json", "--quiet")
    result = json.loads((tmp_path / "r.json").read_text())
    (folder,) = (p for p in tmp_path.iterdir() if p.is_dir())
    assert result["run"] == str(folder)
    for name in ("statement.txt", "configuration.json", "solution.npz", "solution.png", "result.json"):
        assert (folder / name).stat().st_size > 0
    assert result["errors"]["relative_l2"] < 1e-3
    assert result["seconds"]["total"] > 0
    assert result["method"] in said or "ODE" in said


def test_solve_without_a_picture(tmp_path):
    _run(
        "solve", "poisson", "--set", "ndim=3", "--resolution", 8, "--out", tmp_path, "--json", tmp_path / "r.json", "-q"
    )
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["picture"] is None and "no single picture" in result["remarks"][0]
    assert Path(result["solution"]).stat().st_size > 0


def test_solve_finds_eigenpairs(tmp_path):
    _run("solve", "infinite_well", "--out", tmp_path, "--json", tmp_path / "r.json", "-q")
    modes = json.loads((tmp_path / "r.json").read_text())["modes"]
    values = np.array([mode["value"] for mode in modes])
    np.testing.assert_allclose(values / values[0], [1, 4, 9, 16], rtol=1e-8)
    assert all(0 <= mode["error"] < 1e-8 for mode in modes)
    assert all(Path(mode["picture"]).stat().st_size > 0 for mode in modes)


@pytest.mark.slow
def test_learn_from_a_file_and_resume(tmp_path):
    """From arrays to the table; resuming a finished run gives the same numbers again."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((40, 16))
    np.savez(tmp_path / "data.npz", a=a, u=np.cumsum(a, axis=1) / 16)
    np.savez(tmp_path / "test.npz", a=a[:8] + 0.1, u=np.cumsum(a[:8] + 0.1, axis=1) / 16)
    files = ("--data", tmp_path / "data.npz", "--inputs", "a", "--outputs", "u", "--test-data", tmp_path / "test.npz")
    sizes = ("--epochs", 1, "--seeds", 2, "--out", tmp_path, "--json", tmp_path / "r.json", "--quiet")
    said = _run("learn", *files, *sizes)
    result = json.loads((tmp_path / "r.json").read_text())
    for row in ("FNO", "kernel ridge", "zero", "training mean"):
        assert row in said
    for rule in range(1, 13):
        assert f"R{rule} " in said
    assert result["operator"] == "FNO"
    assert 0 < result["errors"]["relative_l2"] < 10
    assert {"simulate", "compile", "train", "inference", "total"} <= set(result["seconds"])
    assert result["method"] is None and result["break_even"] is None
    assert "Spectra" in Path(result["report"]).read_text()
    _run("resume", result["run"], "--json", tmp_path / "again.json", "--quiet")
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["errors"]["relative_l2"] == pytest.approx(result["errors"]["relative_l2"], rel=1e-6)


def test_simulate_and_resume(tmp_path):
    options = ("--samples", 20, "--resolution", 32, "--times", 3, "--out", tmp_path, "--quiet")
    _run("simulate", "burgers", "--set", "periodic=true", *options, "--json", tmp_path / "r.json")
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["samples"] == 20
    assert result["method"] == "SpectralETD"
    _run("resume", result["run"], "--json", tmp_path / "again.json", "--quiet")
    assert json.loads((tmp_path / "again.json").read_text())["store"] == result["store"]


def _command(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sobolev.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


def test_help_does_not_wait_for_jax():
    code = "import sys; import sobolev.cli._app; print('jax' in sys.modules, 'sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == ["False"] * 2
    done = _command("--help")
    assert done.returncode == 0
    for verb in ("list", "show", "solve", "simulate", "learn", "compare", "resume"):
        assert verb in done.stdout
    assert "130 interrupted" in done.stdout


def test_exit_codes_reach_the_shell():
    done = _command("show", "darci")
    assert done.returncode == 3
    assert done.stderr.startswith("StatementError: There is no problem called 'darci'.")
    assert not done.stdout


def test_compilations_are_kept_in_the_users_cache(tmp_path):
    code = (
        "import os, sys; from sobolev.cli._main import prepare_jax; prepare_jax(); import jax; "
        "print(jax.config.jax_compilation_cache_dir)"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JAX_")}
    environment["XDG_CACHE_HOME"] = str(tmp_path)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == str(tmp_path / "sobolev" / "jax")
