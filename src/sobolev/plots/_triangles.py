"""Fields on triangles. On plain arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ._style import colour_bar, colour_scale, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def triangle_images(
    panels: Mapping[str, np.ndarray],
    vertices: np.ndarray,
    cells: np.ndarray,
    *,
    columns: int = 1,
    xlabel: str = "x",
    ylabel: str = "y",
    title: str = "",
) -> Figure:
    """One image per panel: values at vertices (n, 2), interpolated linearly on the cells (m, 3)."""
    rows = math.ceil(len(panels) / columns)
    figure = new_figure(3.0 * columns + 0.6, 2.8 * rows + 0.3)
    axes = figure.subplots(rows, columns, squeeze=False)
    for place, (name, values) in zip(axes.ravel(), panels.items(), strict=False):
        colours, low, high = colour_scale(values)
        x, y = vertices.T
        image = place.tripcolor(
            x, y, cells, values, shading="gouraud", cmap=colours, vmin=low, vmax=high, rasterized=True
        )
        tidy(place, name, xlabel, ylabel, box=True)
        place.set_aspect("equal")
        colour_bar(figure, image, place, "")
    for place in axes.ravel()[len(panels) :]:
        place.set_axis_off()
    figure.suptitle(title, fontsize=11)
    return figure
