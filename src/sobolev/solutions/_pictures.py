"""What `solution.plot()` and `solution.animate()` show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import plots
from .._core import ArgumentError, UnsupportedError
from ..fields import Grid
from ..spaces import FiniteElement
from ._sampling import demand_box, on_grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._solution import Solution

_POINTS = {1: 400, 2: 129}


def plot_solution(solution: Solution, t: Any = None) -> Figure:
    """Lines at a few times beside a space–time image (1-D), images (2-D), curves over time and phase plane (ODE)."""
    field = solution.field
    if field.box is None:
        return _plot_curves(solution)
    if field.box.ndim == 3:
        raise UnsupportedError(
            "A solution in three space dimensions has no single picture.",
            given=str(field.box),
            fix="use solution.to_xarray(resolution=...) and choose a slice",
        )
    chosen = None if field.times is None else _chosen_times(solution, t, 5 if field.box.ndim == 1 else 4)
    if isinstance(field.space, FiniteElement):
        return _plot_cells(solution, field.space, chosen)
    return _plot_1d(solution, chosen) if field.box.ndim == 1 else _plot_2d(solution, chosen)


def plot_mesh(solution: Solution) -> Figure:
    """The mesh, with the estimated error of each cell where there is one."""
    space = solution.space
    if not isinstance(space, FiniteElement):
        raise UnsupportedError(
            "This solution has no mesh.",
            given=f"a solution by {type(solution.method).__name__}",
            fix="sv.solve(problem, sv.methods.FiniteElement())",
        )
    if solution.cell_errors is None or space.mesh.ndim == 3:
        return space.mesh.plot()
    names = [solution.summary.label(name) for name in space.mesh.names]
    return plots.cell_image(
        np.asarray(solution.cell_errors),
        space.mesh.vertices,
        space.mesh.cells,
        xlabel=names[0],
        ylabel=names[1],
        title=f"{solution.summary.name}: estimated relative error of the gradient, {len(space.mesh.cells)} cells",
    )


def animate_solution(solution: Solution, path: str | Path, frames: int, seconds: float) -> Path:
    """Curves (1-D) or images of the first unknown (2-D), equally spaced in time."""
    field = solution.field
    demand_box(field, "animate")
    if field.times is None or field.box is None or field.box.ndim == 3:
        raise UnsupportedError("There is nothing to animate.", expected="an evolution in one or two space dimensions")
    times = np.linspace(field.times[0], field.times[-1], frames)
    grid = Grid.over(field.box, _POINTS[field.box.ndim])
    parts = real_parts(solution.names, on_grid(field, grid, times), solution.summary.label)
    titles = [f"{solution.summary.name}, {field.time_name} = {time:.3g}" for time in times]
    labels = [solution.summary.label(name) for name in grid.names]
    if grid.ndim == 1:
        stacked = np.stack(list(parts.values()), axis=-1)
        x = grid.axes[0].coordinates
        return plots.animate_lines(path, x, stacked, titles, xlabel=labels[0], ylabel=", ".join(parts), seconds=seconds)
    name, first = next(iter(parts.items()))
    return plots.animate_images(
        path,
        *(axis.coordinates for axis in grid.axes),
        first,
        titles,
        xlabel=labels[0],
        ylabel=labels[1],
        label=name,
        seconds=seconds,
    )


def real_parts(names: tuple[str, ...], values: np.ndarray, label: Any) -> dict[str, np.ndarray]:
    """Channels by label; a complex one gives its modulus, real and imaginary part."""
    parts = {}
    for i, name in enumerate(names):
        channel, text = values[..., i], label(name)
        if np.iscomplexobj(channel) and np.abs(channel.imag).max() > 0:
            bare = text.strip("$")
            parts[rf"$|{bare}|$"] = np.abs(channel)
            parts[rf"$\mathrm{{Re}}\,{bare}$"] = channel.real
            parts[rf"$\mathrm{{Im}}\,{bare}$"] = channel.imag
        else:
            parts[text] = channel.real
    return parts


def _chosen_times(solution: Solution, t: Any, count: int) -> np.ndarray:
    first, last = solution.field.saved[[0, -1]]
    return np.linspace(first, last, count) if t is None else np.atleast_1d(np.asarray(t, float))


def _plot_1d(solution: Solution, times: np.ndarray | None) -> Figure:
    field, summary = solution.field, solution.summary
    grid = Grid.over(field.box, _POINTS[1], "nodes")
    x = _closed(grid)
    xlabel = summary.label(grid.names[0])
    if times is None:
        parts = real_parts(solution.names, _sample(field, x, None), summary.label)
        return plots.lines(x, parts, title=summary.name, xlabel=xlabel, ylabel=", ".join(parts))
    all_times = np.linspace(*field.saved[[0, -1]], 201) if len(field.saved) > 1 else times
    movie = real_parts(solution.names, _sample(field, x, all_times), summary.label)
    stills = real_parts(solution.names, _sample(field, x, times), summary.label)
    shown = [name for name in movie if len(movie) < 6 or name.startswith("$|")]
    figure = plots.new_figure(9.0, 2.9 * len(shown) + 0.2)
    rows = figure.subplots(len(shown), 2, squeeze=False)
    tlabel = summary.label(field.time_name)
    for row, name in zip(rows, shown, strict=True):
        curves = {f"{tlabel} = {time:.3g}": u for time, u in zip(times, stills[name], strict=True)}
        plots.draw_lines(row[0], x, curves, gradual=True)
        plots.tidy(row[0], "", xlabel, name)
        image = plots.draw_image(row[1], all_times, x, movie[name].T)
        plots.tidy(row[1], "", tlabel, xlabel, box=True)
        plots.colour_bar(figure, image, row[1], name)
    figure.suptitle(summary.name, fontsize=11)
    return figure


def _plot_2d(solution: Solution, times: np.ndarray | None) -> Figure:
    field, summary = solution.field, solution.summary
    grid = Grid.over(field.box, _POINTS[2], "nodes")
    values = on_grid(field, grid, times)
    xlabel, ylabel = (summary.label(name) for name in grid.names)
    parts = real_parts(solution.names, values, summary.label)
    x, y = (axis.coordinates for axis in grid.axes)
    if times is None or len(times) == 1:
        panels = parts if times is None else {name: v[0] for name, v in parts.items()}
        return plots.images(panels, x, y, shared=len(panels) == 1, xlabel=xlabel, ylabel=ylabel, title=summary.name)
    tlabel = summary.label(field.time_name)
    shown: Mapping[str, np.ndarray] = {
        n: v for n, v in parts.items() if len(parts) < 3 or not n.startswith(r"$\mathrm")
    }
    figure = plots.new_figure(2.6 * len(times) + 0.8, 2.6 * len(shown) + 0.5)
    rows = figure.subplots(len(shown), len(times), squeeze=False, sharex=True, sharey=True)
    for i, (row, (name, frames)) in enumerate(zip(rows, shown.items(), strict=True)):
        scale = plots.colour_scale(frames)
        for axes, time, frame in zip(row, times, frames, strict=True):
            image = plots.draw_image(axes, x, y, frame.T, scale)
            title = f"{tlabel} = {time:.3g}" if i == 0 else ""
            plots.tidy(axes, title, xlabel if i == len(rows) - 1 else "", ylabel if axes is row[0] else "", box=True)
            axes.set_aspect("equal")
        plots.colour_bar(figure, image, list(row), name)
    figure.suptitle(summary.name, fontsize=11)
    return figure


def _plot_cells(solution: Solution, space: FiniteElement, times: np.ndarray | None) -> Figure:
    field, summary = solution.field, solution.summary
    points: dict[str, Any] = dict(zip(space.mesh.names, space.mesh.vertices.T, strict=True))
    panels: dict[str, np.ndarray] = {}
    for time in (None,) if times is None else times:
        if time is not None:
            points[field.time_name or ""] = time
        for name, values in real_parts(solution.names, field.jet(points, (0, 0)), summary.label).items():
            panels[name if time is None else f"{name}, {summary.label(field.time_name)} = {time:.3g}"] = values
    labels = [summary.label(name) for name in space.mesh.names]
    return plots.triangle_images(
        panels,
        space.mesh.vertices,
        space.mesh.cells,
        columns=len(panels) if times is None else len(times),
        xlabel=labels[0],
        ylabel=labels[1],
        title=summary.name,
    )


def _plot_curves(solution: Solution) -> Figure:
    field, summary = solution.field, solution.summary
    if field.times is None:
        raise ArgumentError("A single state of an ordinary differential equation has no picture.")
    times = np.linspace(field.times[0], field.times[-1], 2001)
    parts = real_parts(solution.names, on_grid(field, None, times), summary.label)
    tlabel = summary.label(field.time_name)
    if len(parts) == 1:
        (name,) = parts
        return plots.lines(times, parts, title=summary.name, xlabel=tlabel, ylabel=name)
    figure = plots.new_figure(9.0, 3.3)
    left, right = figure.subplots(1, 2, width_ratios=(1.6, 1.0))
    plots.draw_lines(left, times, parts)
    plots.tidy(left, "", tlabel, "")
    first, *_, last = parts
    right.plot(parts[first], parts[last], color="#1f5fa8", linewidth=0.8)
    plots.tidy(right, "", first, last)
    figure.suptitle(summary.name, fontsize=11)
    return figure


def _closed(grid: Grid) -> np.ndarray:
    axis = grid.axes[0]
    return np.linspace(axis.lower, axis.upper, axis.points)  # both ends, also of a periodic side


def _sample(field: Any, x: np.ndarray, times: np.ndarray | None) -> np.ndarray:
    points: dict[str, Any] = {field.box.names[0]: x}
    if times is not None:
        points[field.time_name] = times[:, None]
    return field.jet(points, (0,))
