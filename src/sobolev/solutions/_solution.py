"""What a solve returns: a function that knows where it came from and how far to trust it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import equinox as eqx
import numpy as np
from jaxtyping import Array

from .._core import ArgumentError, Precision, Result, StatementError
from .._core._precise import is_traced
from ..equations import Problem, Values
from ..spaces import AbstractSpace
from ._component import Component
from ._field import SpaceTimeField
from ._statistics import ErrorBar, Statistics
from ._summary import Summary

if TYPE_CHECKING:
    import xarray

    from ._error_table import ErrorTable


class Solution(eqx.Module):
    """The solution of a statement by a method, as a function of its coordinates.

    `solution(x=xs, t=0.7)` broadcasts as NumPy does and returns the first unknown; with several unknowns,
    `solution["psi"](x=xs, y=0.5, t=0.7)`. Saved times are exact, in between a cubic Hermite interpolant in time
    is used; space is evaluated by the space itself (spectrally where it is spectral). Results are NumPy arrays in
    the solution's own precision; under `jax.grad`, `jit` or `vmap` they are JAX arrays.

    A PyTree: `field`, `code`, `steps` and `values` are its arrays, the rest is static.

    - `field`: coefficients in a space at the saved times;
    - `code`: index into `tuple(sobolev.Result)`; see `result`;
    - `values`: what the statement's names stood for;
    - `problem`: the statement, or None for a solution loaded from a file without it;
    - `cell_errors`: estimated error of the gradient in each cell of an adapted mesh, or None: the root of the sum of
      their squares is `error_bar.gradient`;
    - `statistics`: method, reason, resolution, seconds; `error_bar`: the estimated error, if two resolutions
      were compared.
    """

    field: SpaceTimeField
    code: Array
    steps: dict[str, Array]
    values: Values | None
    summary: Summary = eqx.field(static=True)
    problem: Problem | None = eqx.field(static=True)
    statistics: Statistics = eqx.field(static=True)
    error_bar: ErrorBar | None = eqx.field(static=True, default=None)
    cell_errors: Any = None

    # --- what it is -----------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the unknowns, in the order of the channels."""
        return self.summary.unknowns

    @property
    def space(self) -> AbstractSpace | None:
        return self.field.space

    @property
    def coefficients(self) -> Array:
        """`(time, *modes, channels)`, or `(*modes, channels)` when steady."""
        return self.field.coefficients

    @property
    def times(self) -> np.ndarray | None:
        """Saved times, or None when steady."""
        return None if self.field.times is None else np.asarray(self.field.times)

    @property
    def precision(self) -> Precision:
        return self.field.precision

    @property
    def method(self) -> Any:
        """The recipe that made it."""
        return self.statistics.method

    @property
    def reason(self) -> str:
        """Why this method was chosen."""
        return self.statistics.reason

    @property
    def resolution(self) -> tuple[int, ...]:
        """Points per side."""
        return self.statistics.resolution

    @property
    def result(self) -> Result:
        """How the solve ended."""
        if is_traced(self.code):
            raise ArgumentError("The result of a traced solve is not known yet.", fix="use solution.code")
        return tuple(Result)[int(np.asarray(self.code).max())]

    # --- as a function --------------------------------------------------------------------------------

    def __call__(self, **points: Any) -> Any:
        """The first unknown (the only one, usually) at points."""
        if len(self.names) > 1:
            raise ArgumentError(
                "This solution has several unknowns.",
                given="solution(...)",
                expected=", ".join(f'solution["{name}"](...)' for name in self.names),
            )
        return self.derivative("".join(self.names), **points)

    def __getitem__(self, name: str) -> Component:
        """One unknown, as a function."""
        return Component(self, self._known(name))

    def derivative(self, name: str, along: dict[str, int] | None = None, **points: Any) -> Any:
        """A partial derivative of one unknown: `solution.derivative("u", {"x": 2, "t": 1}, x=xs, t=0.5)`."""
        counts = dict(along or {})
        given, expected = set(points), set(self.field.names)
        if given != expected or not set(counts) <= expected:
            raise ArgumentError(
                f"{name} is called with the wrong coordinates.",
                given=", ".join(sorted(given | set(counts))) or "none",
                expected=", ".join(self.field.names) or "none",
                fix=f"solution({', '.join(f'{c}=...' for c in self.field.names)})",
            )
        time_order = counts.pop(self.field.time_name, 0) if self.field.time_name else 0
        space = () if self.field.box is None else self.field.box.names
        value = self.field.jet(points, tuple(counts.get(c, 0) for c in space), time_order)
        return value[..., self.names.index(self._known(name))]

    def at(self, t: Any) -> Solution:
        """The solution at one time, as a function of space alone."""
        return self._with(self.field.at(t))

    def restrict(self, start: float, stop: float) -> Solution:
        """The solution on [start, stop] only, both ends saved."""
        from ._restriction import restricted

        return self._with(restricted(self.field, float(start), float(stop)))

    # --- as data --------------------------------------------------------------------------------------

    def to_xarray(self, resolution: int | tuple[int, ...] | None = None, times: Any = None) -> xarray.Dataset:
        """Labelled arrays with dimensions (time, x, y, …): on the space's own nodes and the saved times, or as told."""
        from ._export import to_dataset

        attributes = {"problem": self.summary.name, "statement": self.summary.text, "method": str(self.method)}
        if self.error_bar is not None:
            attributes["relative_l2_error"] = self.error_bar.relative_l2
        return to_dataset(self.field, self.summary, resolution, times, attributes)

    def save(self, path: str | Path) -> Path:
        """Writes one file, whole or not at all; `sv.load_solution(path)` reads it."""
        from ._store import save_solution

        return save_solution(self, path)

    # --- as evidence ----------------------------------------------------------------------------------

    def residual(self) -> dict[str, float]:
        """Relative L2 residual of every equation of the statement, on a grid finer than the solve's own."""
        from ._residuals import residual_errors

        return residual_errors(self.field, self._statement("residual"), self.values)

    def boundary_error(self) -> dict[str, float]:
        """Largest error of every boundary condition, relative to the largest value of its field."""
        from ._conditions import boundary_errors

        return boundary_errors(self.field, self._statement("boundary_error"), self.values)

    def initial_error(self) -> dict[str, float]:
        """Relative L2 error of every initial condition."""
        from ._conditions import initial_errors

        return initial_errors(self.field, self._statement("initial_error"), self.values)

    def conservation(self) -> dict[str, float]:
        """Relative drift of every integral that the statement conserves on its periodic box; empty if there is none."""
        from ._conservation import conservation_errors

        return conservation_errors(self.field, self._statement("conservation"), self.values)

    def compare(self, reference: Solution | None = None) -> ErrorTable:
        """Errors per field against another solution, or against the exact one where none is given."""
        from ._comparison import compare_exact, compare_solutions

        if reference is None:
            return compare_exact(self, self._statement("compare"))
        return compare_solutions(self, reference)

    # --- as pictures ----------------------------------------------------------------------------------

    def plot(self, t: Any = None) -> Any:
        """A matplotlib figure: lines and a space–time image in 1-D, images in 2-D, curves for an ODE.

        `t`: times to show (default: a few).
        """
        from ._pictures import plot_solution

        return plot_solution(self, t)

    def plot_mesh(self) -> Any:
        """A matplotlib figure of the mesh of a finite element solution.

        Where it was adapted, cells are coloured by their estimated error of the gradient (`cell_errors`).
        """
        from ._pictures import plot_mesh

        return plot_mesh(self)

    def animate(self, path: str | Path, frames: int = 60, seconds: float = 4.0) -> Path:
        """Writes a moving picture (.gif, or .mp4 where ffmpeg is installed)."""
        from ._pictures import animate_solution

        return animate_solution(self, path, frames, seconds)

    def __repr__(self) -> str:
        from ._text import describe

        return describe(self)

    def with_error_bar(self, error_bar: ErrorBar) -> Solution:
        """The same solution with another error bar."""
        return dataclasses.replace(self, error_bar=error_bar)

    # --- inside ---------------------------------------------------------------------------------------

    def _known(self, name: str) -> str:
        if name not in self.names:
            raise ArgumentError("The solution has no such unknown.", given=repr(name), expected=", ".join(self.names))
        return name

    def _statement(self, verb: str) -> Problem:
        if self.problem is None:
            raise StatementError(
                f"solution.{verb}() needs the statement.",
                given="a solution loaded from a file without it",
                fix="sv.load_solution(path, problem)",
            )
        return self.problem

    def _with(self, field: SpaceTimeField) -> Solution:
        return dataclasses.replace(self, field=field, cell_errors=None)
