"""How `learn --data` is told what a file does not say itself: axes, times, box and kind of grid, as text."""

from __future__ import annotations

from typing import Any

_KINDS = ("periodic", "nodes", "cells", "chebyshev")


def reading_options(
    dims: tuple[str, ...], coordinates: tuple[str, ...], times: str | None, box: tuple[str, ...], kind: tuple[str, ...]
) -> dict[str, Any]:
    """The arguments of `read_task` that the options stand for; those that were not given are left out.

    `dims`: "sample time x" for all arrays or "u=sample time x"; `coordinates`: "x=xgrid"; `times`: an array's name,
    "start:stop:count", or numbers; `box`: "x=0:1"; `kind`: "periodic" for all axes or "x=periodic".
    """
    found: dict[str, Any] = {
        "dims": _by_name(dims, "--dims", "u=sample time x"),
        "coordinates": _by_name(coordinates, "--coordinates", "x=xgrid"),
        "kind": _by_name(kind, "--kind", "x=periodic"),
        "times": None if times is None else _times(times),
    }
    if isinstance(found["coordinates"], str):
        raise _wrong("--coordinates", found["coordinates"], "x=xgrid")
    for word in [found["kind"]] if isinstance(found["kind"], str) else (found["kind"] or {}).values():
        if word not in _KINDS:
            raise _wrong("--kind", word, ", ".join(_KINDS))
    sides = _by_name(box, "--box", "x=0:1")
    if isinstance(sides, str):
        raise _wrong("--box", sides, "x=0:1")
    found["box"] = {name: _numbers(text, "--box", "x=0:1", 2) for name, text in (sides or {}).items()} or None
    return {name: value for name, value in found.items() if value is not None}


def _by_name(texts: tuple[str, ...], option: str, example: str) -> Any:
    """ "name=text" pairs as a dictionary; one text without a name as it is; nothing as None."""
    if len(texts) == 1 and "=" not in texts[0]:
        return texts[0]
    pairs = [text.partition("=") for text in texts]
    for text, (name, sign, value) in zip(texts, pairs, strict=True):
        if not (sign and name.strip() and value.strip()):
            raise _wrong(option, text, example)
    return {name.strip(): value.strip() for name, _, value in pairs} or None


def _times(text: str) -> Any:
    import numpy as np

    if ":" in text:
        start, stop, count = _numbers(text, "--times", "0:1:101", 3)
        if count < 2 or count != int(count):
            raise _wrong("--times", text, "0:1:101")
        return np.linspace(start, stop, int(count))
    parts = text.replace(",", " ").split()
    try:
        return np.array([float(part) for part in parts])
    except ValueError:
        return text  # the name of an array


def _numbers(text: str, option: str, example: str, count: int) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(":"))
    except ValueError as error:
        raise _wrong(option, text, example) from error
    if len(found) != count:
        raise _wrong(option, text, example)
    return found


def _wrong(option: str, given: str, example: str) -> Exception:
    from .._core import ArgumentError

    return ArgumentError(f"{option} is not understood.", given=repr(given), expected=f"e.g. {option} {example!r}")
