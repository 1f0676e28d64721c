"""What data must be before anything learns from it: finite, of the right shape, in order."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._core import DataError


def check_finite(values: np.ndarray, what: str, samples: Sequence[int] | np.ndarray, names: tuple[str, ...]) -> None:
    """Refuses NaN and infinite values, saying in which sample, channel and grid point the first one is.

    `values` is `(sample, ..., channels)`; `samples` are the numbers of the samples in it.
    """
    if values.dtype.kind not in "fc":
        return
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(np.sum(values)):  # proves that everything is finite, at a fraction of the cost
            return
    bad = ~np.isfinite(values)
    if not bad.any():
        return
    where = np.argwhere(bad)[0]
    first = values[tuple(where)]
    rows = np.asarray(samples)[np.flatnonzero(bad.reshape(len(values), -1).any(axis=1))]
    raise DataError(
        f"{what} are not finite.",
        given=f"{first} in channel {names[where[-1]]!r} of sample {int(np.asarray(samples)[where[0]])} at index "
        f"{tuple(int(i) for i in where[1:-1])}; {int(bad.sum())} such values in {len(rows)} samples",
        expected="finite numbers",
        fix=f"leave these samples out: task.subset(...) without {_few(rows)}",
    )


def checked_times(times: Any, where: str) -> np.ndarray:
    """Times as a float array, refused unless they are finite and strictly increasing."""
    try:
        array = np.asarray(times, float)
    except (TypeError, ValueError) as error:
        raise DataError(f"The times of {where} are not numbers.", given=repr(times)) from error
    array = array.reshape(-1) if array.size == max(array.shape, default=1) else array
    if array.ndim != 1 or not len(array):
        raise DataError(f"The times of {where} are no list of times.", given=f"shape {array.shape}", expected="(time,)")
    if not np.isfinite(array).all():
        k = int(np.flatnonzero(~np.isfinite(array))[0])
        raise DataError(f"The times of {where} are not finite.", given=f"{array[k]} at index {k}")
    if (steps := np.diff(array) <= 0).any():
        k = int(np.flatnonzero(steps)[0])
        raise DataError(
            f"The times of {where} do not increase.",
            given=f"{array[k]:g}, then {array[k + 1]:g} at index {k + 1}",
            expected="strictly increasing times",
        )
    return array


def missing(name: str, present: Iterable[str], where: str, kind: str = "array") -> DataError:
    """The error for an array that is not there: lists those present, and suggests the closest name."""
    names = sorted(present)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5) or [n for n in names if n.lower() == name.lower()]
    return DataError(
        f"{where} has no {kind} called {name!r}.",
        given=repr(name),
        expected=", ".join(names) or "(the file holds none)",
        fix=f"did you mean {close[0]!r}?" if close else None,
    )


def _few(rows: np.ndarray) -> str:
    shown = ", ".join(str(int(r)) for r in rows[:8])
    return shown + (", …" if len(rows) > 8 else "")
