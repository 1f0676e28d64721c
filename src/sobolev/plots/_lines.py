"""Curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._core import ArgumentError
from ._style import LINES, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEGEND_ROWS = 9


def lines(
    x: Any,
    curves: Mapping[str, Any],
    *,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    log: Sequence[str] = (),
    gradual: bool = False,
) -> Figure:
    """Curves y(x) by label. `log` names logarithmic axes ("x", "y"); `gradual` colours them as a sequence."""
    figure = new_figure(5.6, 3.4)
    draw_lines(figure.add_subplot(), x, curves, gradual=gradual)
    axes = figure.axes[0]
    tidy(axes, title, xlabel, ylabel)
    set_log(axes, log)
    return figure


def spectra(energies: Mapping[str, Any], *, title: str = "Spectrum", ylabel: str = "energy") -> Figure:
    """Energies per wave number 0, 1, 2, … by label, on logarithmic axes (wave number 0 left out)."""
    figure = new_figure(5.6, 3.4)
    axes = figure.add_subplot()
    for (label, energy), colour in zip(energies.items(), _colours(len(energies), False), strict=True):
        energy = np.asarray(energy, float)
        energy = np.where(energy > 0, energy, np.nan)
        axes.plot(np.arange(1, len(energy)), energy[1:], label=label, color=colour, linewidth=1.5)
    tidy(axes, title, "wave number", ylabel)
    set_log(axes, ("x", "y"))
    _legend(axes, len(energies))
    return figure


def draw_lines(axes: Axes, x: Any, curves: Mapping[str, Any], *, gradual: bool = False) -> None:
    """Draws curves into existing axes, with a legend when there are several."""
    x = np.asarray(x)
    for (label, y), colour in zip(curves.items(), _colours(len(curves), gradual), strict=True):
        y = np.asarray(y)
        if y.shape != x.shape:
            raise ArgumentError(f"The curve {label!r} does not fit its points.", given=y.shape, expected=x.shape)
        axes.plot(x, y, label=label, color=colour, linewidth=1.6)
    if x.size > 1 and np.ptp(x) > 0:
        axes.set_xlim(float(x.min()), float(x.max()))
    _legend(axes, len(curves))


def set_log(axes: Axes, which: Sequence[str]) -> None:
    """Makes the named axes logarithmic."""
    if unknown := set(which) - {"x", "y"}:
        raise ArgumentError("Unknown axis.", given=", ".join(sorted(unknown)), expected="x, y")
    if "x" in which:
        axes.set_xscale("log")
    if "y" in which:
        axes.set_yscale("log")


def _legend(axes: Axes, count: int) -> None:
    if count > 1:
        columns = 1 + (count - 1) // _LEGEND_ROWS
        axes.legend(fontsize=8, frameon=False, ncols=columns, loc="best", handlelength=1.6, labelspacing=0.35)


def _colours(count: int, gradual: bool) -> list:
    if gradual and count > 1:
        import matplotlib

        return list(matplotlib.colormaps["viridis"](np.linspace(0.0, 0.88, count)))
    return [LINES[i % len(LINES)] for i in range(count)]
