"""The report's pictures: matplotlib figures as SVG that takes its colours from the page."""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._numbers import error_text
from ._rules import dominates

if TYPE_CHECKING:
    from ._comparison import Comparison
    from ._exhibits import Curve

# Stand-ins in matplotlib's output, replaced by the page's own colours, which follow light and dark mode.
INK, FAINT = "#0a0b0c", "#0d0e0f"
SERIES = ("#2f7fd1", "#e0732c", "#2a9d72", "#b25fc4", "#c9a227", "#d1495b", "#4fa8b8", "#8a8f98")


@contextlib.contextmanager
def figure(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> Iterator[tuple[Any, Any]]:
    """A matplotlib figure and its axes in the report's style, without touching pyplot's global state."""
    import matplotlib
    from matplotlib.figure import Figure

    style = {
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9,
        "axes.titlelocation": "left",
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": FAINT,
        "legend.frameon": False,
        "axes.linewidth": 0.8,
    }
    with matplotlib.rc_context(style):
        f = Figure(figsize=(width, height), layout="constrained")
        f.patch.set_alpha(0)
        axes = f.subplots(rows, columns, squeeze=False, **options)
        for a in axes.flat:
            a.patch.set_alpha(0)
        yield f, axes


def svg(f: Any, salt: str, title: str) -> str:
    """The figure as inline SVG: scales with the page, no fixed colours for text and lines, unique ids."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        f.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(
        r'<image ([^>]*?)id="[^"]*"', r"<image \1", text
    )  # equal pictures get equal ids, which none refers to
    text = re.sub(r'\bid="([^"]+)"', rf'id="{salt}-\1"', text)
    text = re.sub(r'(href="|url\()#([^")]+)', rf"\1#{salt}-\2", text)
    text = text.replace(INK, "currentColor").replace(FAINT, "var(--line)")
    text = re.sub(r"font: ([0-9.]+)px [^;\"]*", r"font: \1px var(--sans)", text)
    return text.replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def front_figure(comparison: Comparison) -> str:
    """Error against seconds per solve: the classical front as a line, the other rows as points."""
    points = [p for p in comparison.front if not p.failure and math.isfinite(p.error)]
    rows = [s for s in comparison.standings if s.entry.where == "test" and s.entry.runs and s.entry.kind != "classical"]
    rows = [s for s in rows if s.entry.cost.inference > 0 and math.isfinite(s.entry.median)]
    with figure(8.0, 4.0) as (f, axes):
        a = axes[0, 0]
        pareto = dominates(points)
        a.plot([p.seconds for p in points], [p.error for p in points], "o", color=SERIES[0], ms=5, alpha=0.45)
        a.plot([p.seconds for p in pareto], [p.error for p in pareto], "-o", color=SERIES[0], ms=6, label="classical")
        for p in pareto:
            a.annotate(p.resolution, (p.seconds, p.error), (6, 5), textcoords="offset points", fontsize=8)
        learned = 0
        for s in rows:
            e, trivial = s.entry, s.entry.kind == "trivial"
            learned += not trivial
            color = SERIES[-1] if trivial else SERIES[1 + (learned - 1) % 6]
            low, high = e.range
            spread = [[e.median - low], [min(high, 1e3) - e.median]]
            marker = "D" if trivial else "s"
            size = 5 if trivial else 8
            a.errorbar(e.cost.inference, e.median, spread, fmt=marker, color=color, ms=size, capsize=3)
            a.annotate(
                e.name,
                (e.cost.inference, e.median),
                (8, 5 if trivial else -3),
                textcoords="offset points",
                fontsize=8 if trivial else 10,
                color=color,
                weight="normal" if trivial else "bold",
            )
        if comparison.reference.bar:
            a.axhspan(0, 3 * comparison.reference.bar, color=SERIES[-1], alpha=0.12, lw=0)
            a.axhline(3 * comparison.reference.bar, color=SERIES[-1], lw=0.8, ls="--")
            a.annotate(
                f"reference floor {error_text(3 * comparison.reference.bar)}",
                (0.995, 3 * comparison.reference.bar),
                (0, 3),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                ha="right",
                fontsize=8,
                color=SERIES[-1],
            )
        a.set(xscale="log", yscale="log", xlabel="seconds for one solve", ylabel="relative L2 error")
        a.margins(x=0.12, y=0.12)
        a.grid(True, lw=0.6)
        if points:
            a.legend(loc="lower left")
        return svg(f, "front", "error against cost")


def curves_figure(curves: Sequence[Curve]) -> str:
    """Training and validation loss against optimiser steps, one colour per run."""
    with figure(8.0, 3.2) as (f, axes):
        a = axes[0, 0]
        for curve, color in zip(curves, SERIES * (1 + len(curves) // len(SERIES)), strict=False):
            dots = "o" if len(curve.steps) < 20 else ""  # a line of one point cannot be seen
            a.plot(curve.steps, curve.training, marker=dots, ms=3, color=color, lw=1, alpha=0.45)
            line = curve.validation_steps if len(curve.validation) else curve.steps
            values = curve.validation if len(curve.validation) else curve.training
            a.plot(line, values, marker=dots, ms=3, color=color, lw=1.6, label=curve.name)
        a.set(yscale="log", xlabel="optimiser steps", ylabel="loss (pale: training)")
        a.grid(True, lw=0.6)
        a.legend(loc="upper right", fontsize=8)
        return svg(f, "curves", "training curves")


def growth_figure(growth: dict[str, np.ndarray], times: np.ndarray) -> str:
    """Relative L2 error against time, one line per row."""
    with figure(8.0, 3.2) as (f, axes):
        a = axes[0, 0]
        for (label, errors), color in zip(growth.items(), SERIES * (1 + len(growth) // len(SERIES)), strict=False):
            a.plot(times, errors, "-o", ms=3, color=color, lw=1.5, label=label)
        a.set(yscale="log", xlabel="t", ylabel="relative L2 error")
        a.grid(True, lw=0.6)
        a.legend(loc="lower right", fontsize=8)
        return svg(f, "growth", "error against time")


def spectra_figure(spectra: dict[str, tuple[np.ndarray, np.ndarray]]) -> str:
    """Energy by frequency of the truth, the prediction and the error."""
    from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

    with figure(8.0, 3.2) as (f, axes):
        a = axes[0, 0]
        styles = {"truth": ("-", INK), "prediction": ("--", SERIES[1]), "error": ("-", SERIES[5])}
        for label, (k, energy) in spectra.items():
            line, color = styles.get(label, ("-", SERIES[2]))
            shown = (energy > 0) & (k > 0)
            a.plot(k[shown], energy[shown], line, color=color, lw=1.5, label=label)
        a.set(xscale="log", yscale="log", xlabel="waves across the box", ylabel="energy")
        a.xaxis.set_major_locator(LogLocator(base=2.0))
        a.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        a.xaxis.set_minor_locator(NullLocator())
        a.grid(True, lw=0.6)
        a.legend(loc="lower left")
        return svg(f, "spectra", "energy spectra")
