"""Every public name is documented, shown in the API page, and used by a test; importing stays light."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sobolev as sv

ROOT = Path(__file__).parents[2]
PUBLIC_FOLDERS = ("problems", "priors", "spaces", "methods", "operators", "training", "solvers", "evaluation")


def _public():
    for name in dir(sv):  # names are imported on first use, so that vars(sv) does not hold them all
        item = getattr(sv, name)
        if not inspect.ismodule(item):
            yield f"sv.{name}", item
    for folder in PUBLIC_FOLDERS:
        module = importlib.import_module(f"sobolev.{folder}")
        for name, item in vars(module).items():
            if not name.startswith("_") and not inspect.ismodule(item):
                yield f"sv.{folder}.{name}", item


NAMES = dict(_public())
TESTS = "\n".join(p.read_text() for p in (ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_documented_and_tested(name):
    item = NAMES[name]
    if inspect.isclass(item) or inspect.isfunction(item):
        assert inspect.getdoc(item), f"{name} has no docstring"
    short = name.split(".")[-1]
    if not short.startswith("Abstract"):  # interfaces are tested through their leaves
        assert re.search(rf"\b{re.escape(short)}\b", TESTS), f"no test mentions {name}"


def test_import_is_light():
    """`import sobolev` takes at most 1.5 s beyond JAX's own import, and loads nothing heavy."""
    code = (
        "import sys, time, jax, jax.numpy; t = time.perf_counter(); import sobolev; "
        "print(time.perf_counter() - t); print(' '.join(sys.modules))"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    seconds = min(float(run.stdout.split()[0]) for run in runs)
    heavy = {"matplotlib", "plotly", "xarray", "zarr", "dask", "pandas", "typer", "h5py", "distributed"}
    assert not heavy & set(runs[0].stdout.split())
    assert seconds < 3.0  # 1.5 s on a quiet machine; tests share theirs
