"""`sobolev list` and `sobolev show`."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._runs import write_result
from ._statements import find_statement, nearest, problem_names

if TYPE_CHECKING:
    from ..equations import Problem


def list_catalogue(json: Path | None) -> None:
    """Prints the problems, methods and operators with one line each."""
    from rich.console import Console
    from rich.table import Table

    from .. import problems

    found = {
        "problems": {name: _first_line(getattr(problems, name)) for name in problem_names()},
        "methods": {name: _first_line(item) for name, item in method_types().items()},
        "operators": {name: _first_line(item) for name, item in operator_types().items()},
    }
    console = Console()
    for heading, entries in found.items():
        table = Table(title=heading, title_justify="left", show_header=False, box=None, pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, line in entries.items():
            table.add_row(name, line)
        console.print(table)
        console.print()
    write_result(json, {"verb": "list", **found})


def show_statement(name: str, settings: Sequence[str], form: str, json: Path | None) -> None:
    """Prints a statement and what the library knows about it."""
    from rich.console import Console

    from .._core import ArgumentError
    from ..methods import applicable

    problem = find_statement(name, settings)
    if form not in ("text", "latex", "mathml"):
        raise ArgumentError("There is no such format.", given=repr(form), expected="text, latex or mathml")
    verdicts = applicable(problem)
    facts = {
        word: bool(getattr(problem, f"is_{word}")) for word in ("linear", "steady", "periodic", "random", "system")
    }
    rendered = _rendered(problem, form)
    console = Console(highlight=False, soft_wrap=True)
    console.print(rendered, markup=False)
    if form == "text":
        words = [word if value else f"not {word}" for word, value in facts.items()]
        console.print(f"\n[dim]{', '.join(words)}; order {problem.order} in space, {problem.time_order} in time[/]")
        for method, verdict in verdicts.items():
            mark = "[green]✓[/]" if verdict else "[red]✗[/]"
            console.print(f"  {mark} {method}{'' if verdict else f' {verdict.reason}'}")
        if problem.source:
            console.print(f"[dim]{problem.source}[/]")
    methods = {method: verdict.reason or True for method, verdict in verdicts.items()}
    write_result(
        json,
        {"verb": "show", "name": problem.name, "statement": rendered, **facts, "methods": methods},
    )


def _rendered(problem: Problem, form: str) -> str:
    return str(problem) if form == "text" else problem.latex() if form == "latex" else problem.mathml()


def method_types() -> dict[str, type]:
    """Concrete methods by name."""
    from .. import methods

    return _concrete(methods, methods.AbstractMethod)


def operator_types() -> dict[str, type]:
    """Architectures and estimators by name."""
    from .. import operators

    return _concrete(operators, (operators.AbstractArchitecture, operators.AbstractEstimator))


def find_method(name: str | None) -> Any:
    """The method called `name`, with its defaults; None for none."""
    from .._core import ArgumentError

    if name is None:
        return None
    known = method_types()
    by_lower = {key.lower(): cls for key, cls in known.items()}
    lower = name.lower().replace("-", "").replace("_", "")  # finite-element is FiniteElement
    if lower not in by_lower:
        raise ArgumentError(
            f"There is no method called '{name}'.",
            given=repr(name),
            expected=", ".join(known),
            fix=nearest(name, known),
        )
    return by_lower[lower]()


def _concrete(module: Any, base: Any) -> dict[str, type]:
    classes = {n: c for n, c in vars(module).items() if inspect.isclass(c) and issubclass(c, base)}
    return {n: c for n, c in sorted(classes.items()) if not inspect.isabstract(c) and not n.startswith("Abstract")}


def _first_line(item: Any) -> str:
    return (inspect.getdoc(item) or "").partition("\n")[0]
