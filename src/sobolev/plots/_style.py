"""One look for every picture: figures without global state, quiet axes, perceptually uniform colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SEQUENTIAL = "viridis"  # one sign
DIVERGING = "RdBu_r"  # both signs, white at zero
ERROR = "magma"
LINES = ("#1f5fa8", "#d1495b", "#2a9d76", "#e0932f", "#7a5ba6", "#4fb0c6", "#8c6d46", "#5c6670")
_INK = "#333333"


def new_figure(width: float, height: float) -> Figure:
    """A figure of its own (no pyplot, no global list), laid out automatically; works without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: Axes, title: str = "", xlabel: str = "", ylabel: str = "", box: bool = False) -> None:
    """Labels, small ticks, and only the spines that carry a scale (all four around an image)."""
    axes.set_title(title, fontsize=10, color=_INK)
    axes.set_xlabel(xlabel, fontsize=10, color=_INK)
    axes.set_ylabel(ylabel, fontsize=10, color=_INK)
    axes.tick_params(labelsize=8, colors=_INK, length=3, width=0.6)
    for side, spine in axes.spines.items():
        spine.set_visible(box or side in ("left", "bottom"))
        spine.set_linewidth(0.6)
        spine.set_color("#888888")
    if not box:
        axes.grid(True, linewidth=0.4, color="#dddddd")
        axes.set_axisbelow(True)


def colour_scale(values: Any) -> tuple[str, float, float]:
    """Colour map and limits for finite `values`: symmetric about zero when both signs matter."""
    array = np.asarray(values, float)
    array = array[np.isfinite(array)]
    if not array.size:
        return SEQUENTIAL, 0.0, 1.0
    low, high = float(array.min()), float(array.max())
    size = max(-low, high)
    if low < -0.1 * size and high > 0.1 * size:
        return DIVERGING, -size, size
    if high - low <= 1e-12 * max(size, 1e-300):  # constant: a scale around it
        return SEQUENTIAL, low - 0.5 * (size or 1.0), high + 0.5 * (size or 1.0)
    return SEQUENTIAL, low, high


def colour_bar(figure: Figure, image: Any, axes: Any, label: str = "") -> None:
    """A thin colour bar."""
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.05, aspect=24)
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(labelsize=8, length=2, width=0.5)
    bar.formatter.set_powerlimits((-3, 4))
    bar.ax.yaxis.get_offset_text().set_fontsize(8)
    if label:
        bar.ax.set_title(label, fontsize=10, color=_INK, pad=6)
