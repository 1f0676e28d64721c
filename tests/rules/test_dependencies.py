"""What the package imports, it declares: a library that something else happens to install is no dependency."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _declared() -> set[str]:
    """Distributions that pyproject.toml asks for, extras for users included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + [r for name in ("dask", "fem") if name in extras for r in extras[name]]
    return {_normal(re.split(r"[\[<>=!~ ;]", requirement)[0]) for requirement in asked}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> dict[str, str]:
    """Top-level modules imported anywhere in the package, with a file that does."""
    found = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            else:
                continue
            found |= {name.split(".")[0]: path.name for name in names}
    return found


def test_everything_imported_is_declared():
    distributions, declared = packages_distributions(), _declared()
    # JAX brings jaxlib, dask its scheduler: one requirement, two distributions.
    declared |= {"jaxlib", "distributed", "sobolev"}
    foreign = {
        module: where
        for module, where in _imported().items()
        if module not in sys.stdlib_module_names
        and not declared & {_normal(d) for d in distributions.get(module, [module])}
    }
    assert not foreign, f"imported but not declared in pyproject.toml: {foreign}"
