"""Optional parts: imported on use, named when missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from ._errors import MissingExtraError


def require(module: str, extra: str) -> ModuleType:
    """Imports `module`, or raises `MissingExtraError` naming the extra that brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"This needs {module}, which is not installed.", fix=f"pip install 'sobolev[{extra}]'"
        ) from error
