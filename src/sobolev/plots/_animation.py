"""Moving pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import ArgumentError, atomic_path
from ._images import draw_image
from ._style import LINES, colour_bar, colour_scale, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WRITERS = {".gif": "pillow", ".mp4": "ffmpeg"}


def animate_lines(
    path: str | Path,
    x: Any,
    frames: Any,
    titles: list[str],
    *,
    xlabel: str = "x",
    ylabel: str = "",
    seconds: float = 4.0,
) -> Path:
    """Curves u(x) one after another, `frames` of shape (frame, x), or (frame, x, curve)."""
    frames = np.asarray(frames)
    frames = frames[..., None] if frames.ndim == 2 else frames
    figure = new_figure(5.0, 3.2)
    axes = figure.add_subplot()
    drawn = [
        axes.plot(x, frames[0, :, i], color=LINES[i % len(LINES)], linewidth=1.8)[0] for i in range(frames.shape[2])
    ]
    low, high = float(np.nanmin(frames)), float(np.nanmax(frames))
    margin = 0.05 * (high - low or 1.0)
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(float(np.min(x)), float(np.max(x)))
    tidy(axes, titles[0], xlabel, ylabel)

    def update(k: int) -> None:
        for i, line in enumerate(drawn):
            line.set_ydata(frames[k, :, i])
        axes.set_title(titles[k], fontsize=10)

    return _write(path, figure, update, len(frames), seconds)


def animate_images(
    path: str | Path,
    x: Any,
    y: Any,
    frames: Any,
    titles: list[str],
    *,
    xlabel: str = "x",
    ylabel: str = "y",
    label: str = "",
    seconds: float = 4.0,
) -> Path:
    """Images u(x, y) one after another on one colour scale, `frames` of shape (frame, x, y)."""
    frames = np.asarray(frames)
    figure = new_figure(4.4, 3.6)
    axes = figure.add_subplot()
    image = draw_image(axes, x, y, frames[0].T, colour_scale(frames))
    axes.set_aspect("equal")
    tidy(axes, titles[0], xlabel, ylabel, box=True)
    colour_bar(figure, image, axes, label)

    def update(k: int) -> None:
        image.set_array(frames[k].T)
        axes.set_title(titles[k], fontsize=10)

    return _write(path, figure, update, len(frames), seconds)


def _write(path: str | Path, figure: Figure, update: Callable[[int], None], count: int, seconds: float) -> Path:
    from matplotlib import animation

    target = Path(path)
    kind = _WRITERS.get(target.suffix)
    if kind is None or not animation.writers.is_available(kind):
        raise ArgumentError(
            "This kind of moving picture cannot be written here.",
            given=target.name,
            expected=" or ".join(s for s, w in _WRITERS.items() if animation.writers.is_available(w)),
        )
    writer = animation.writers[kind](fps=max(1.0, count / seconds))
    with atomic_path(target) as temporary:
        part = temporary.with_suffix(target.suffix)
        try:
            with writer.saving(figure, str(part), dpi=100):
                for k in range(count):
                    update(k)
                    writer.grab_frame()
            part.replace(temporary)
        finally:
            part.unlink(missing_ok=True)
    return target
