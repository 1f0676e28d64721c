"""What every example has: numbers measured, a table beside the claims, and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import jax
import numpy as np

from sobolev.data import Task
from sobolev.fields import GridField
from sobolev.operators import AbstractOperator

VERDICTS = {True: "reproduced", False: "**not reproduced**", None: "claimed; not verified here"}


@dataclass(frozen=True)
class Row:
    """One claim: what it is about, what was claimed (and where that is written), what was measured here."""

    what: str
    claimed: str
    measured: str
    holds: bool | None


@dataclass(frozen=True)
class Example:
    """A module of this folder. Its docstring is the text of the page: title, source, claim, and what differs here.

    `measure(quick)` gives plain data; `check(found)` asserts what must hold at any size; `rows(found)` sets measured
    beside claimed; `draw(found, figure)` draws the picture.
    """

    name: str
    module: ModuleType

    @property
    def title(self) -> str:
        return self._parts()[0]

    @property
    def text(self) -> str:
        return self._parts()[1]

    def rows(self, found: dict[str, Any]) -> list[Row]:
        return self.module.rows(found)

    def picture(self, found: dict[str, Any], path: Any) -> None:
        """Draws into an SVG that is the same whenever the numbers are."""
        import matplotlib

        from sobolev.plots import new_figure

        figure = new_figure(7.2, 2.9)
        self.module.draw(found, figure)
        for axes in figure.axes:
            axes.minorticks_off()  # each tick is an element of the file
        with matplotlib.rc_context({"svg.hashsalt": self.name, "svg.fonttype": "none", "font.family": "sans-serif"}):
            figure.savefig(path, format="svg", metadata={"Date": None})

    def _parts(self) -> tuple[str, str]:
        title, _, text = (self.module.__doc__ or "").strip().partition("\n")
        return title.rstrip("."), text.strip()


def predictions(operator: AbstractOperator, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and true outputs on the test part of `task`, a row per sample, scaled so that sums of squares are means
    over the box by the grid's quadrature."""
    x, y = task.arrays(task.splits.test)
    grid, names = task.input_spec.grid, task.input_spec.names
    predict = jax.jit(jax.vmap(lambda v: operator(GridField(v, grid, names)).values))
    weights = task.output_spec.grid.weights[..., None]
    scale = np.sqrt(weights / weights.sum())
    predicted = np.asarray(predict(x.astype(np.float32)), float)
    return (predicted * scale).reshape(len(y), -1), (y * scale).reshape(len(y), -1)


def relative_error(operator: AbstractOperator, task: Task) -> float:
    """Mean relative L2 error on the test part of `task`."""
    predicted, true = predictions(operator, task)
    return float(np.mean(np.linalg.norm(predicted - true, axis=1) / np.linalg.norm(true, axis=1)))


def mean_square(operator: AbstractOperator, task: Task) -> float:
    """Mean square error on the test part of `task`."""
    predicted, true = predictions(operator, task)
    return float(np.mean(np.sum((predicted - true) ** 2, axis=1)))


def parameters(operator: AbstractOperator) -> int:
    """Trainable numbers (complex weights are stored as pairs)."""
    import equinox as eqx

    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(operator, eqx.is_inexact_array)))
