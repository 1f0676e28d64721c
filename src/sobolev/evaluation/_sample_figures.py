"""Pictures of test samples: what was given, the truth, the prediction, and their difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fields import Grid
from ._exhibits import Exhibits, Sample
from ._figures import INK, SERIES, figure, svg


@dataclass(frozen=True)
class _Picture:
    """A line (one axis) or an image (two axes, the first one upwards) of one channel."""

    values: np.ndarray
    axes: tuple[tuple[str, np.ndarray], ...]


def sample_figure(sample: Sample, exhibits: Exhibits) -> str:
    """One row per output channel: input, truth, prediction, error.

    Images in two dimensions and of one-dimensional space-time, lines in one dimension; of a trajectory in two
    dimensions the last time, of three dimensions the middle slice; of complex fields the modulus.
    """
    inputs, outputs, times = exhibits.inputs, exhibits.outputs, exhibits.times
    with figure(10.0, 2.3 * outputs.channels, outputs.channels, 4) as (f, axes):
        for row, name in enumerate(outputs.names):
            channel = min(row, inputs.channels - 1)
            given = _picture(sample.given[..., channel], inputs.grid, None)
            truth, prediction = (_picture(v[..., row], outputs.grid, times) for v in (sample.truth, sample.prediction))
            error = _Picture(prediction.values - truth.values, truth.axes)
            both = np.concatenate([truth.values.ravel(), prediction.values.ravel()])
            both = both[np.isfinite(both)]
            limits = (float(both.min()), float(both.max())) if len(both) else (0.0, 1.0)
            size = float(np.nanmax(np.abs(error.values), initial=0.0)) or 1e-300
            _draw(f, axes[row, 0], given, f"given: {inputs.names[channel]}", "cividis", None, INK)
            _draw(f, axes[row, 1], truth, f"truth: {name}", "viridis", limits, INK)
            _draw(f, axes[row, 2], prediction, "prediction", "viridis", limits, SERIES[1])
            _draw(f, axes[row, 3], error, "error", "RdBu_r", (-size, size), SERIES[5])
        return svg(f, f"sample-{sample.label}", f"{sample.label} test sample")


def _picture(values: np.ndarray, grid: Grid, times: np.ndarray | None) -> _Picture:
    v = np.abs(values) if np.iscomplexobj(values) else np.asarray(values, dtype=float)
    axes = [(a.name, a.coordinates) for a in grid.axes]
    if times is not None and grid.ndim >= 2:
        v = v[-1]
    elif times is not None:
        axes = [("t", np.asarray(times, dtype=float)), *axes]
    while v.ndim > 2:
        v, axes = v[..., v.shape[-1] // 2], axes[:-1]
    return _Picture(v, tuple(axes))


def _draw(f: Any, a: Any, picture: _Picture, title: str, cmap: str, limits: Any, color: str) -> None:
    a.set_title(title)
    if picture.values.ndim == 0:
        a.text(0.5, 0.5, f"{float(picture.values):.4g}", ha="center", va="center", fontsize=14)
        a.axis("off")
    elif picture.values.ndim == 1:
        name, x = picture.axes[0]
        a.plot(x, picture.values, color=color, lw=1.2)
        a.set_xlabel(name)
        a.grid(True, lw=0.5)
        if limits is not None and limits[1] > limits[0]:
            pad = 0.05 * (limits[1] - limits[0])
            a.set_ylim(limits[0] - pad, limits[1] + pad)
    else:
        (first, x), (second, y) = picture.axes
        low, high = limits if limits is not None else (None, None)
        extent = (x[0], x[-1], y[0], y[-1])
        square = "equal" if first != "t" else "auto"
        image = a.imshow(
            picture.values.T, origin="lower", extent=extent, cmap=cmap, vmin=low, vmax=high, aspect=square,
            interpolation="nearest",
        )  # fmt: skip
        a.set(xlabel=first, ylabel=second, xticks=[x[0], x[-1]], yticks=[y[0], y[-1]])
        a.spines[:].set_visible(False)
        f.colorbar(image, ax=a, shrink=0.85, aspect=14).outline.set_visible(False)
