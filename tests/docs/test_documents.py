"""All Python in README and docs is executed, page by page, as a reader would."""

import ast
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.M | re.S)


@pytest.mark.optimised
@pytest.mark.parametrize("page", [p for p in PAGES if _blocks(p)], ids=lambda p: p.name)
def test_code_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__main__"}
    assigned = set()
    for number, block in enumerate(_blocks(page), 1):
        code = compile(block, f"{page.name}, block {number}", "exec")
        exec(code, namespace)
        assigned |= {
            n.id for n in ast.walk(ast.parse(block)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
    made = {name: namespace[name] for name in assigned & set(namespace)}
    assert made, "no block of this page makes anything"
    arrays = {
        name: a
        for name, a in made.items()
        if isinstance(a, np.ndarray | jax.Array) and jnp.issubdtype(a.dtype, jnp.inexact)
    }
    assert [name for name, a in arrays.items() if not np.isfinite(a).all()] == []
    for name, solution in made.items():
        if isinstance(solution, sv.Solution):
            assert np.isfinite(solution.coefficients).all(), name


def test_links_between_pages_exist():
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert not broken
