"""Which statement is meant: the name of a problem, or a Python file that states one."""

from __future__ import annotations

import ast
import difflib
import importlib.resources
import importlib.util
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..equations import Problem

_FUNCTIONS = ("pi", "E", "sin", "cos", "exp", "sqrt", "log", "tanh", "Abs", "Rational", "Integer", "Float", "Symbol")
_WORDS = "|".join((*_FUNCTIONS, "x", "y", "z", "t"))
_PLAIN = re.compile(rf"(?:\s|[-+*/(),]|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\b(?:{_WORDS})\b)+")


def problem_names() -> list[str]:
    """Names of the problems in the library, read from its text: nothing heavy is imported."""
    text = importlib.resources.files("sobolev.problems").joinpath("__init__.py").read_text(encoding="utf-8")
    imports = [n for n in ast.parse(text).body if isinstance(n, ast.ImportFrom) and n.module != "_catalogue"]
    # Each file gives problems only; other names (all, names, find) come from the catalogue.
    return sorted(a.name for node in imports for a in node.names)


def find_statement(name: str, settings: Sequence[str] = ()) -> Problem:
    """The statement called `name`, or stated in the file `name`, with `settings` ("name=value") applied.

    `StatementError` names the nearest problems where there is none of this name.
    """
    problem, options = _from_file(Path(name)) if _is_file(name) else _from_library(name, settings)
    rest = dict(parsed(setting) for setting in settings)
    for used in options:
        rest.pop(used, None)
    return problem.replace(**{key: _value(text) for key, text in rest.items()}) if rest else problem


def parsed(setting: str) -> tuple[str, str]:
    """ "name=value" as a pair."""
    from .._core import ArgumentError

    key, sign, text = setting.partition("=")
    if not sign or not key.strip().isidentifier() or not text.strip():
        raise ArgumentError("This is no setting.", given=repr(setting), expected="--set name=value")
    return key.strip(), text.strip()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """ "did you mean …" as a fix, or None."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(found)}?" if found else None


def _is_file(name: str) -> bool:
    return name.endswith(".py") or "/" in name


def _from_library(name: str, settings: Sequence[str]) -> tuple[Problem, set[str]]:
    """The named problem; settings that are arguments of its function (but no parameters) go there."""
    import inspect

    from .. import problems
    from .._core import StatementError

    if name not in problem_names():
        raise StatementError(
            f"There is no problem called '{name}'.",
            given=repr(name),
            expected="a name from `sobolev list`, or a Python file",
            fix=nearest(name, problem_names()) or "sobolev list",
        )
    function = getattr(problems, name)
    problem = function()
    known = {p.name for p in problem.parameters} | {a.func.__name__ for a in problem.inputs}
    wanted = dict(parsed(setting) for setting in settings)
    arguments = inspect.signature(function).parameters
    options = {k: _value(v) for k, v in wanted.items() if k in arguments and k not in known}
    if unknown := set(wanted) - known - set(options):
        raise StatementError(
            f"'{name}' has nothing called {', '.join(sorted(unknown))}.",
            given=", ".join(f"--set {u}={wanted[u]}" for u in sorted(unknown)),
            expected=", ".join(sorted(known | set(arguments))) or "(it has no parameters)",
            fix=nearest(min(unknown), known | set(arguments)),
        )
    return (function(**options) if options else problem), set(options)


def _from_file(path: Path) -> tuple[Problem, set[str]]:
    """The module-level `Problem` of a Python file: the one named `problem`, or the only one."""
    from .._core import StatementError
    from ..equations import Problem

    if not path.is_file():
        raise StatementError(
            "There is no such file.", given=str(path), expected="a Python file with a module-level Problem"
        )
    spec = importlib.util.spec_from_file_location(f"_sobolev_statement_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise StatementError("This is no Python file.", given=str(path), expected="a file ending in .py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise StatementError(f"{path} is not Python.", given=f"line {error.lineno}: {error.msg}") from error
    finally:
        sys.path.pop(0)
    found = {name: item for name, item in vars(module).items() if isinstance(item, Problem)}
    if "problem" in found:
        return found["problem"], set()
    if len(found) != 1:
        raise StatementError(
            f"{path} does not say which problem it states.",
            given=", ".join(found) or "no Problem at module level",
            expected="one Problem, or one that is named `problem`",
        )
    return next(iter(found.values())), set()


def _value(text: str) -> Any:
    """A setting's value: a number, true or false, or a SymPy expression of the coordinates."""
    import sympy as sp
    from sympy.parsing.sympy_parser import parse_expr

    from .._core import ArgumentError

    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    names = {name: sp.Symbol(name, real=True) for name in ("x", "y", "z", "t")}
    safe = {
        name: getattr(sp, name) for name in ("pi", "E", "sin", "cos", "exp", "sqrt", "log", "tanh", "Abs", "Rational")
    }
    safe |= {"Integer": sp.Integer, "Float": sp.Float, "Symbol": sp.Symbol}
    if not set(text) <= set("0123456789.+-*/() ,_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") or "__" in text:
        raise ArgumentError(
            "This value is no number or expression.", given=repr(text), expected="e.g. 0.1 or sin(pi*x)"
        )
    try:
        value = parse_expr(text, local_dict=names, global_dict=safe)
    except (SyntaxError, TypeError, ValueError, AttributeError, NameError) as error:
        raise ArgumentError(
            "This value is no number or expression.", given=repr(text), expected="e.g. 0.1 or sin(pi*x)"
        ) from error
    if value.is_Integer:
        return int(value)
    return float(value) if value.is_number and value.is_real else value
