"""What a run writes beside its result where it can: pictures, and remarks on what there is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def or_remark(what: Callable[[], T], remarks: list[str]) -> T | None:
    """What not every solution has (a picture in three dimensions, a residual on a mesh): None, and the reason noted."""
    from .._core import UnsupportedError

    try:
        return what()
    except UnsupportedError as error:
        remarks.append(error.headline)
        return None


def save_figure(figure, path: Path) -> Path:
    """Writes a matplotlib figure as PNG, whole or not at all, and returns where."""
    import io

    from .._core import write_bytes

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=140)
    write_bytes(path, buffer.getvalue())
    return path
