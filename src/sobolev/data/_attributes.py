"""Attributes of data sets that every file format takes: numbers and text, with everything else as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def flat(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Dictionaries and lists as JSON text, truth values as 0 or 1, nothing for None: NetCDF knows none of these."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        if isinstance(value, bool):
            found[str(name)] = int(value)
        elif isinstance(value, dict | list | tuple):
            found[str(name)] = json.dumps(value)
        elif value is not None:
            found[str(name)] = value
    return found


def nested(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """What `flat` was given: text that is JSON of a dictionary or list as such."""
    return {str(name): _parsed(value) for name, value in attributes.items()}


def _parsed(value: Any) -> Any:
    if not (isinstance(value, str) and value[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # text that only begins like JSON, of another maker
