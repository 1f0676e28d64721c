"""Solutions in one file: an .npz of arrays with a JSON header. Written whole or not at all; never pickled."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from .._core import DataError, Result, StatementError, atomic_path, precision_context
from ..equations import Problem, values_of
from ._encoding import decode, encode
from ._field import SpaceTimeField
from ._solution import Solution
from ._statistics import ErrorBar, Level, Statistics
from ._summary import Summary, summarise

_FORMAT = "sobolev solution 1"


def save_solution(solution: Solution, path: str | Path) -> Path:
    """Writes `solution` to `path` (one .npz file). Returns the path.

    Kept are the space, coefficients, rates, times, result, error bar, statistics and the statement's text; not
    the statement itself, whose values may be any Python function.
    """
    field = solution.field
    arrays: dict[str, np.ndarray] = {"coefficients": np.asarray(field.coefficients)}
    if field.rates is not None:
        arrays["rates"] = np.asarray(field.rates)
    statistics = dataclasses.replace(solution.statistics, method=str(solution.statistics.method), levels=())
    header = {
        "format": _FORMAT,
        "space": encode(field.space, arrays),
        "times": field.times,
        "time_name": field.time_name,
        "result": solution.result.name,
        "steps": {name: int(n) for name, n in solution.steps.items()},
        "summary": dataclasses.asdict(solution.summary),
        "statistics": dataclasses.asdict(statistics),
        "levels": [dataclasses.asdict(level) for level in solution.statistics.levels],
        "error_bar": None if solution.error_bar is None else dataclasses.asdict(solution.error_bar),
    }
    arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    target = Path(path)
    with atomic_path(target) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    return target


def load_solution(path: str | Path, problem: Problem | None = None) -> Solution:
    """Reads what `solution.save` wrote; it evaluates like the original.

    Give the statement as `problem` to have residuals and conditions evaluated as well: its text must be that of
    the solved statement (`StatementError`). `DataError` when the file is missing, torn or of another kind.
    """
    header, arrays = _read(Path(path))
    summary = Summary(**{name: _tuples(value) for name, value in header["summary"].items()})
    if problem is not None and summarise(problem).fingerprint != summary.fingerprint:
        raise StatementError(
            f"{path} holds the solution of another statement.",
            given=f"'{problem.name}':\n{summarise(problem).text}",
            expected=f"'{summary.name}':\n{summary.text}",
        )
    with precision_context("double"):
        rates = jnp.asarray(arrays["rates"]) if "rates" in arrays else None
        field = SpaceTimeField(
            decode(header["space"], arrays),
            jnp.asarray(arrays["coefficients"]),
            rates,
            _tuples(header["times"]),
            header["time_name"],
        )
        values = None if problem is None else values_of(problem)
    levels = tuple(Level(**{name: _tuples(value) for name, value in level.items()}) for level in header["levels"])
    error_bar = header["error_bar"]
    return Solution(
        field=field,
        code=np.asarray(tuple(Result).index(Result[header["result"]])),
        steps={name: np.asarray(n) for name, n in header["steps"].items()},
        values=values,
        summary=summary,
        problem=problem,
        statistics=Statistics(**{**header["statistics"], "levels": levels}),
        error_bar=None if error_bar is None else ErrorBar(**error_bar),
    )


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(arrays.pop("header").tobytes())
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path}.", expected="a file written by solution.save") from error
    except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} is torn or holds no solution.", given=str(error)[:120], expected="a file written by solution.save"
        ) from error
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise DataError(f"{path} holds no solution.", given=str(header)[:80], expected=_FORMAT)
    return header, arrays


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
