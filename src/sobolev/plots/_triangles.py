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


def cell_image(
    values: np.ndarray,
    vertices: np.ndarray,
    cells: np.ndarray,
    *,
    xlabel: str = "x",
    ylabel: str = "y",
    title: str = "",
) -> Figure:
    """One colour per cell on a logarithmic scale over four decades, with the edges of the cells."""
    from matplotlib.colors import LogNorm

    figure = new_figure(4.6, 4.0)
    place = figure.subplots()
    highest = float(values.max()) or 1.0
    scale = LogNorm(1e-4 * highest, highest)
    x, y = vertices.T
    image = place.tripcolor(
        x, y, cells, np.maximum(values, 1e-4 * highest), norm=scale, cmap="magma_r", edgecolors="#8888", linewidth=0.2
    )
    tidy(place, "", xlabel, ylabel, box=True)
    place.set_aspect("equal")
    figure.colorbar(image, ax=place, shrink=0.85)
    figure.suptitle(title, fontsize=9)
    return figure
