"""Spaces as JSON: plain dataclasses and modules by name and fields, so that nothing is ever unpickled."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import numpy as np
import sympy as sp

from .. import domains, fields, spaces
from .._core import DataError
from ..equations import coordinates

_HOMES = (spaces, fields, domains)  # the only places from which a type may be named


def encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """`value` as JSON; arrays go into `arrays` and are referred to by name."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if np.isfinite(value) else {"float": repr(value)}
        case np.integer() | np.floating():
            return encode(value.item(), arrays)
        case sp.Symbol():
            return {"coordinate": value.name}
        case tuple():
            return {"tuple": [encode(v, arrays) for v in value]}
        case dict():
            return {"dict": [[encode(k, arrays), encode(v, arrays)] for k, v in value.items()]}
        case np.ndarray() | jax.Array():
            name = f"space_{len(arrays)}"
            arrays[name] = np.asarray(value)
            return {"array": name}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            f.name: encode(getattr(value, f.name), arrays)
            for f in dataclasses.fields(value)
            if not (isinstance(value, domains.Mesh) and f.name == "origin")
        }
        return {"type": type(value).__name__, "fields": parts}
    raise DataError(f"A space holds something that cannot be saved: {type(value).__name__}.", given=repr(value)[:80])


def decode(value: Any, arrays: Any) -> Any:
    """What `encode` wrote. Types are looked up in `sobolev.spaces`, `fields` and `domains` only."""
    match value:
        case {"float": text}:
            return float(text)
        case {"coordinate": name}:
            return coordinates(name)
        case {"tuple": parts}:
            return tuple(decode(part, arrays) for part in parts)
        case {"dict": pairs}:
            return {decode(k, arrays): decode(v, arrays) for k, v in pairs}
        case {"array": name}:
            return np.asarray(arrays[name])
        case {"type": name, "fields": parts}:
            kind = _type(name)
            made = object.__new__(kind)
            for field in dataclasses.fields(kind):
                object.__setattr__(made, field.name, decode(parts.get(field.name), arrays))
            return made
    return value


def _type(name: str) -> type:
    for home in _HOMES:
        kind = vars(home).get(name)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            return kind
    raise DataError(
        "The file names a space this version of Sobolev does not have.",
        given=name,
        expected="a space in sobolev.spaces",
        fix="load it with the version that saved it",
    )
