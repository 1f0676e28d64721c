"""Pictures of test samples: what was given, the truth, the prediction, and their difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..fields import FieldSpec, Grid
from ._exhibits import Exhibits, Sample
from ._figures import INK, SERIES, figure, svg

_COLUMNS = 4
_ROUNDING = 1e-12


@dataclass(frozen=True)
class _Picture:
    """A line (one axis) or an image (two axes, the first one upwards) of one channel; `note`: which part it shows."""

    values: np.ndarray
    axes: tuple[tuple[str, np.ndarray], ...]
    note: str = ""


def sample_figure(sample: Sample, exhibits: Exhibits) -> str:
    """One row per output channel: input, truth, prediction, error; then what else was given.

    Images in two dimensions and of one-dimensional space-time, lines in one dimension; of a trajectory in two
    dimensions the last time, of three dimensions the middle slice; of complex fields the modulus.
    """
    inputs, outputs, times = exhibits.inputs, exhibits.outputs, exhibits.times
    beside, others = _arranged(inputs.names, outputs.names)
    shown = [c for c in others if not _is_constant(sample.given[..., c])]
    rows = outputs.channels + math.ceil(len(shown) / _COLUMNS)
    moment = "" if exhibits.moment is None else f" at t = {exhibits.moment:.4g}"
    height = 3.1 if outputs.grid.ndim > 1 else 2.3 if times is None else 3.0  # images have a colour bar below
    with figure(10.0, height * rows, rows, _COLUMNS) as (f, axes):
        for row, (name, channel) in enumerate(zip(outputs.names, beside, strict=True)):
            truth, prediction = (_picture(v[..., row], outputs.grid, times) for v in (sample.truth, sample.prediction))
            error = _Picture(prediction.values - truth.values, truth.axes)
            both = np.concatenate([truth.values.ravel(), prediction.values.ravel()])
            both = both[np.isfinite(both)]
            limits = (float(both.min()), float(both.max())) if len(both) else (0.0, 1.0)
            size = float(np.nanmax(np.abs(error.values), initial=0.0)) or 1e-300
            if channel is None:
                axes[row, 0].axis("off")
            else:
                _draw_given(f, axes[row, 0], sample, inputs, channel)
            _draw(f, axes[row, 1], truth, f"truth: {name}{moment}{truth.note}", "viridis", limits, INK)
            _draw(f, axes[row, 2], prediction, "prediction", "viridis", limits, SERIES[1])
            _draw(f, axes[row, 3], error, "error", "RdBu_r", (-size, size), SERIES[5])
        rest = axes[outputs.channels :].ravel()
        for a, channel in zip(rest, shown, strict=False):
            _draw_given(f, a, sample, inputs, channel)
        for a in rest[len(shown) :]:
            a.axis("off")
        return svg(f, f"sample-{sample.label}", f"{sample.label} test sample")


def given_numbers(sample: Sample, exhibits: Exhibits) -> str:
    """Inputs that are one number for the whole field and stand beside no output: "nu = 0.01, g = 1"."""
    _, others = _arranged(exhibits.inputs.names, exhibits.outputs.names)
    found = {exhibits.inputs.names[c]: sample.given[..., c] for c in others if _is_constant(sample.given[..., c])}
    return ", ".join(f"{name} = {values.ravel()[0]:.4g}" for name, values in found.items())


def _arranged(inputs: tuple[str, ...], outputs: tuple[str, ...]) -> tuple[list[int | None], list[int]]:
    """Per output the input channel that stands beside it (its own start, else the next that is left), and the rest."""
    own = [inputs.index(name) if name in inputs else None for name in outputs]
    left = [c for c in range(len(inputs)) if c not in own]
    beside = [c if c is not None else left.pop(0) if left else None for c in own]
    return beside, left


def _is_constant(values: np.ndarray) -> bool:
    return values.size > 1 and bool(np.all(values == values.ravel()[0]))


def _draw_given(f: Any, a: Any, sample: Sample, inputs: FieldSpec, channel: int) -> None:
    values = sample.given[..., channel]
    if np.abs(values).max() < _ROUNDING * np.abs(sample.given).max():
        values = np.zeros_like(values)  # the imaginary part of a real field, say: not a picture of its rounding errors
    picture = _picture(values, inputs.grid, None)
    _draw(f, a, picture, f"given: {inputs.names[channel]}{picture.note}", "cividis", None, INK)


def _picture(values: np.ndarray, grid: Grid, times: np.ndarray | None) -> _Picture:
    v = np.abs(values) if np.iscomplexobj(values) else np.asarray(values, dtype=float)
    axes = [(a.name, a.coordinates) for a in grid.axes]
    notes = []
    if times is not None and grid.ndim >= 2:
        v = v[-1]
        notes.append(f"t = {float(times[-1]):.4g}")
    elif times is not None:
        axes = [("t", np.asarray(times, dtype=float)), *axes]
    while v.ndim > 2:
        name, points = axes.pop()
        middle = v.shape[-1] // 2
        v = v[..., middle]
        notes.append(f"{name} = {points[middle]:.4g}")
    return _Picture(v, tuple(axes), f" ({', '.join(notes)})" if notes else "")


def _draw(f: Any, a: Any, picture: _Picture, title: str, cmap: str, limits: Any, color: str) -> None:
    from matplotlib.ticker import MaxNLocator

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
        a.set_xticks([x[0], x[-1]], [f"{end:.3g}" for end in (x[0], x[-1])])
        a.set_yticks([y[0], y[-1]], [f"{end:.3g}" for end in (y[0], y[-1])])
        a.set_xlabel(first, labelpad=-8)
        a.set_ylabel(second, labelpad=-8)
        a.spines[:].set_visible(False)
        bar = f.colorbar(image, ax=a, orientation="horizontal", shrink=0.9, aspect=22, pad=0.03)
        bar.outline.set_visible(False)
        bar.locator = MaxNLocator(3)
        bar.formatter.set_powerlimits((-2, 3))
        bar.update_ticks()
