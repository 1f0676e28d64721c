"""The shape of the code: sizes, names, forbidden constructs."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "sobolev"
FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_one_idea_a_file(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 400, f"{path.name} has {len(lines)} lines: split it by idea"
    assert path.name not in ("utils.py", "_utils.py", "helpers.py", "_helpers.py", "misc.py")
    assert path.name == "__init__.py" or path.name == "__main__.py" or path.name.startswith("_")


FORBIDDEN = {
    r"\bhasattr\(": "ask for an interface, not for an attribute",
    r"jax\.config\.update|jax_enable_x64": "precision is an argument, not a global switch",
    r"\bimport pickle\b|allow_pickle=True": "nothing is ever unpickled",
    r"raise NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b": "no stubs",
    r"# type: ignore|# noqa": "mend it instead",
    r"warnings\.(simplefilter|filterwarnings)": "the warning filter is the user's",
}


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=list(FORBIDDEN.values()))
def test_forbidden_constructs(pattern):
    hits = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not hits, f"{FORBIDDEN[pattern]}:\n" + "\n".join(hits)


def test_every_module_says_what_it_is():
    silent = [str(p.relative_to(SOURCE)) for p in FILES if not ast.get_docstring(ast.parse(p.read_text()))]
    assert not silent


def test_constructors_are_narrow():
    wide = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for function in node.body:
                    if isinstance(function, ast.FunctionDef) and function.name == "__init__":
                        width = len(function.args.args) + len(function.args.kwonlyargs) - 1
                        if width > 8:
                            wide.append(f"{path.relative_to(SOURCE)}: {node.name} takes {width} arguments")
    assert not wide


def test_no_swallowed_exceptions():
    """No bare `except:`, and none whose body does nothing."""
    swallowing = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                silent = all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
                if node.type is None or (silent and ast.unparse(node.type) in ("Exception", "BaseException")):
                    swallowing.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert not swallowing
