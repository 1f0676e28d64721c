"""The operators of a run: kept in its folder, and taken up again by `sobolev compare --run`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._runs import Run

if TYPE_CHECKING:
    from ..evaluation import Comparison
    from ._learn import LearnOptions

_LIST = "operators.json"
_DATA = ("statement", "settings", "samples", "resolution", "seed", "data", "inputs", "outputs")
_DATA += ("dims", "coordinates", "times", "box", "kind")


def keep_operators(run: Run, comparison: Comparison) -> None:
    """Writes every learned operator to `operators/`, and what each cost to `operators.json`."""
    from ..evaluation import slug
    from ..operators import save_operator

    listed: dict[str, Any] = {}
    for name, operators in comparison.operators.items():
        entry = comparison[name].entry
        if not entry.runs:
            continue
        files = [f"operators/{slug(name)}-seed{seed}.npz" for seed in range(len(operators))]
        for file, operator in zip(files, operators, strict=True):
            save_operator(run.folder / file, operator)
        costs = [r.cost for r in entry.runs]
        listed[name] = {
            "files": files,
            "training": [c.training for c in costs],
            "compilation": [c.compilation for c in costs],
            "data": entry.cost.data,
        }
    run.write_json(_LIST, listed)


def with_earlier(options: LearnOptions) -> LearnOptions:
    """The options with everything left open taken from the first of the earlier runs: statement, data, prediction."""
    if not options.runs or options.statement is not None or options.data is not None:
        return options
    first = Run.reopen(options.runs[0]).configuration
    taken = {
        k: tuple(v) if isinstance(v, list) else v for k, v in first.items() if k in (*_DATA, "predict", "test_data")
    }
    return dataclasses.replace(options, **taken)


def earlier_operators(options: LearnOptions) -> dict[str, Any]:
    """Name → what was learned in the earlier runs, as contenders. Names that occur twice carry their run's."""
    from .._core import ArgumentError, DataError
    from ..evaluation import Learned
    from ..operators import load_operator

    found: dict[str, Any] = {}
    for folder in map(Path, options.runs):
        configuration = Run.reopen(folder).configuration
        if configuration.get("predict", "final") != options.predict:
            raise ArgumentError(
                "The runs learned different maps.",
                given=f"{folder}: --predict {configuration.get('predict')}",
                expected=f"--predict {options.predict}",
            )
        try:
            listed = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(
                "This run holds no operators.",
                given=str(folder),
                expected="a finished run of learn or compare",
                fix=f"sobolev resume {folder}",
            ) from error
        wanted = json.loads(json.dumps({k: getattr(options, k) for k in _DATA}))
        same = all((configuration.get(k) or None) == (v or None) for k, v in wanted.items())
        origin = f"from {folder.name}" if same else f"from {folder.name}, which learned from other data"
        for name, kept in listed.items():
            operators = tuple(load_operator(folder / file) for file in kept["files"])
            learned = Learned(operators, tuple(kept["training"]), tuple(kept["compilation"]), kept["data"], origin)
            found[name if name not in found else f"{name} ({folder.name})"] = learned
    return found
