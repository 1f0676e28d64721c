"""The cases, by number."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from ._case import Case


def cases() -> list[Case]:
    """Every case of this folder: modules without an underscore define one each."""
    names = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if not m.name.startswith("_")]
    found = [importlib.import_module(f"{__package__}.{name}").CASE for name in names]
    return sorted(found, key=lambda case: case.number)
