"""Images: of a field over a box, of several beside each other, of space and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import ArgumentError
from ._style import ERROR, colour_bar, colour_scale, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def space_time(
    x: Any, t: Any, values: Any, *, title: str = "", xlabel: str = "x", tlabel: str = "t", label: str = ""
) -> Figure:
    """An image of u(t, x), `values` of shape (time, x): time runs to the right."""
    figure = new_figure(5.6, 3.2)
    axes = figure.add_subplot()
    image = draw_image(axes, t, x, np.asarray(values).T)
    tidy(axes, title, tlabel, xlabel, box=True)
    colour_bar(figure, image, axes, label)
    return figure


def images(
    panels: Mapping[str, Any],
    x: Any = None,
    y: Any = None,
    *,
    shared: bool = True,
    error: str | None = None,
    xlabel: str = "x",
    ylabel: str = "y",
    title: str = "",
) -> Figure:
    """Images in a row, values of shape (x, y), by title.

    With `shared` they have one colour scale and one colour bar; the panel called `error` has its own (magma, from
    zero). `x`, `y` are the coordinates of the points (default: 0 … 1).
    """
    if not panels:
        raise ArgumentError("There is nothing to draw.", given="no panels")
    arrays = {name: np.asarray(values) for name, values in panels.items()}
    for name, array in arrays.items():
        if array.ndim != 2:
            raise ArgumentError(f"The panel {name!r} is no image.", given=array.shape, expected="(x, y)")
    first = next(iter(arrays.values()))
    x = np.linspace(0, 1, first.shape[0]) if x is None else np.asarray(x)
    y = np.linspace(0, 1, first.shape[1]) if y is None else np.asarray(y)
    aspect = np.clip(np.ptp(y) / max(np.ptp(x), 1e-300), 0.3, 2.5) if y.size > 1 and x.size > 1 else 1.0
    width = 2.7 if aspect <= 1 else 2.7 / aspect + 0.5
    figure = new_figure(width * len(arrays) + (0.6 if shared else 0.8 * len(arrays)), width * aspect + 0.8)
    row = figure.subplots(1, len(arrays), squeeze=False, sharex=True, sharey=True)[0]
    together = [a for n, a in arrays.items() if n != error]
    scale = colour_scale(np.concatenate([a.ravel() for a in together])) if shared and together else None
    joint: list[tuple[Axes, Any]] = []
    for axes, (name, array) in zip(row, arrays.items(), strict=True):
        own = error_scale(array) if name == error else scale or colour_scale(array)
        image = draw_image(axes, x, y, array.T, own)
        tidy(axes, name, xlabel, ylabel if axes is row[0] else "", box=True)
        axes.set_aspect("equal" if 0.3 < aspect < 2.5 else "auto")
        if name == error or not shared:
            colour_bar(figure, image, axes)
        else:
            joint.append((axes, image))
    if joint:
        colour_bar(figure, joint[-1][1], [axes for axes, _ in joint])
    if title:
        figure.suptitle(title, fontsize=11)
    return figure


def draw_image(axes: Axes, x: Any, y: Any, values: np.ndarray, scale: tuple[str, float, float] | None = None) -> Any:
    """Draws `values` of shape (y, x) at points x (to the right) and y (upwards), which may be unequally spaced."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    if values.shape != (y.size, x.size):
        raise ArgumentError("The image does not fit its points.", given=values.shape, expected=(y.size, x.size))
    colours, low, high = scale or colour_scale(values)
    return axes.pcolormesh(
        cell_edges(x), cell_edges(y), values, cmap=colours, vmin=low, vmax=high, rasterized=True, shading="flat"
    )


def error_scale(values: np.ndarray) -> tuple[str, float, float]:
    """From zero to the largest error."""
    finite = np.asarray(values)[np.isfinite(values)]
    return ERROR, 0.0, float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def cell_edges(points: Sequence[float] | np.ndarray) -> np.ndarray:
    """Edges half way between points, and as far beyond the first and the last."""
    points = np.asarray(points, float)
    if points.size == 1:
        return np.array([points[0] - 0.5, points[0] + 0.5])
    middle = 0.5 * (points[1:] + points[:-1])
    return np.concatenate([[2 * points[0] - middle[0]], middle, [2 * points[-1] - middle[-1]]])
