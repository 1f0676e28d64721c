"""Regions: an inside, boundary parts by colour, a mesh. On plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._style import LINES, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INSIDE = "#e8eef6"
_MESH = "#9fb0c3"
_LEGEND = 14  # parts; more are counted only


def plane_region(
    parts: Mapping[str, Sequence[np.ndarray]],
    *,
    inside: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
    triangles: tuple[np.ndarray, np.ndarray] | None = None,
    labels: tuple[str, str] = ("x", "y"),
    title: str = "",
) -> Figure:
    """A plane region.

    `parts`: lines (k, 2) by part name; `inside`: x, y and a level on them (y, x), negative inside; `triangles`:
    vertices (n, 2) and indices (m, 3) of a mesh.
    """
    lines = [line for part in parts.values() for line in part]
    corners = np.concatenate(lines)
    width, height = np.ptp(corners, axis=0)
    aspect = float(np.clip(height / max(width, 1e-300), 0.3, 1.6))
    figure = new_figure(6.4, 4.4 * aspect + 0.8)
    axes = figure.add_subplot()
    if inside is not None:
        x, y, level = inside
        axes.contourf(x, y, level, levels=[-np.inf, 0.0], colors=[_INSIDE])
    if triangles is not None:
        vertices, cells = triangles
        axes.triplot(vertices[:, 0], vertices[:, 1], cells, color=_MESH, linewidth=0.5)
    for name, colour in _coloured(parts):
        for i, line in enumerate(parts[name]):
            axes.plot(
                *line.T,
                color=colour,
                linewidth=2.2,
                label=name if i == 0 else None,
                solid_capstyle="round",
                clip_on=False,
            )
    tidy(axes, title, *labels, box=True)
    axes.set_aspect("equal")
    _legend(figure, axes, parts)
    return figure


def solid_region(
    parts: Mapping[str, np.ndarray],
    *,
    edges: bool = False,
    labels: tuple[str, str, str] = ("x", "y", "z"),
    title: str = "",
) -> Figure:
    """A solid by its surface: flat faces (k, corners, 3) by part name, half transparent; `edges` draws their
    outlines."""
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    figure = new_figure(6.4, 5.0)
    axes = figure.add_subplot(projection="3d")
    for name, colour in _coloured(parts):
        faces = Poly3DCollection(
            parts[name],
            facecolor=colour,
            alpha=0.55,
            edgecolor="#44546a" if edges else "none",
            linewidth=0.3 if edges else 0,
            label=name,
        )
        axes.add_collection3d(faces)
    corners = np.concatenate([faces.reshape(-1, 3) for faces in parts.values()])
    low, high = corners.min(0), corners.max(0)
    for setter, a, b in zip((axes.set_xlim, axes.set_ylim, axes.set_zlim), low, high, strict=True):
        setter(a, b)
    axes.set_box_aspect(high - low)
    axes.set_title(title, fontsize=10)
    for setter, label in zip((axes.set_xlabel, axes.set_ylabel, axes.set_zlabel), labels, strict=True):
        setter(label, fontsize=10)
    axes.tick_params(labelsize=8)
    _legend(figure, axes, parts)
    return figure


def _coloured(parts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    from matplotlib import colormaps

    many = colormaps["turbo"](np.linspace(0.05, 0.95, len(parts)))
    return [(name, LINES[i] if len(parts) <= len(LINES) else many[i]) for i, name in enumerate(parts)]


def _legend(figure: Figure, axes: Axes, parts: Mapping[str, Any]) -> None:
    handles, labels = axes.get_legend_handles_labels()
    more = [f"and {len(labels) - _LEGEND} more"] if len(labels) > _LEGEND else []
    title = "boundary part" if len(parts) == 1 else "boundary parts"
    legend = axes.legend(
        handles[:_LEGEND],
        labels[:_LEGEND],
        title="\n".join([title, *more]),
        fontsize=8,
        title_fontsize=8,
        frameon=False,
        loc="center left",
        bbox_to_anchor=(1.02 if axes.name != "3d" else 1.04, 0.5),
    )
    for handle in filter(None, legend.legend_handles):
        handle.set_alpha(1.0)
