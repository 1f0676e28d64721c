"""The same statement with other values."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any

from .._core import StatementError
from ._checks import check_values
from ._problem import Problem

_PARTS = frozenset(f.name for f in dataclasses.fields(Problem))


def replaced(problem: Problem, values: Mapping[str, Any]) -> Problem:
    """What `Problem.replace` promises."""
    parts = {k: v for k, v in values.items() if k in _PARTS}
    bound = {k: v for k, v in values.items() if k not in _PARTS}
    known = [p.name for p in problem.parameters] + [a.func.__name__ for a in problem.inputs]
    if strange := sorted(set(bound) - set(known)):
        close = difflib.get_close_matches(strange[0], known, n=1)
        raise StatementError(
            f"'{problem.name}' has nothing called {', '.join(strange)}.",
            given=", ".join(strange),
            expected=", ".join(known) or "(it has no parameters or inputs)",
            fix=f"did you mean {close[0]}?" if close else None,
        )
    inputs = {a.func.__name__ for a in problem.inputs}
    if "equations" in parts:
        parts.setdefault("weak", None)
    if "exact" not in parts and (inputs & set(bound) or {"domain", "equations", "conditions", "weak"} & set(parts)):
        parts["exact"] = None
    if set(parts) - {"exact"} or parts.get("exact") is not None:
        return dataclasses.replace(problem, **{"values": {**problem.values, **bound}, **parts})
    # Only values change: what has been checked and derived of the statement stays true and is kept.
    same = object.__new__(type(problem))
    kept = {k: v for k, v in problem.__dict__.items() if k not in ("parameters", "priors", "is_random")}
    same.__dict__.update(kept, values={**problem.values, **bound}, **parts)
    check_values(same, bound)
    return same
