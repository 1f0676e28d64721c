"""Expressions of a statement on periodic grids, and their Fourier coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

from .._core import UnsupportedError
from ..equations import JetIndex, PointwiseFunction, Problem, Values, pointwise, sample_input
from ..fields import Grid, GridField
from ..spaces import Fourier
from ._collocation_jets import unfolded
from ._fourier_terms import Terms


def input_jet(problem: Problem, jet: JetIndex, fine: Fourier, values: Values, t: Any = None) -> Array:
    """∂^orders of an input field at the nodes of `fine`, differentiated as a trigonometric polynomial.

    A `GridField` on a periodic grid over the same box is taken as its trigonometric interpolant (its own rule, linear
    interpolation, has kinks that no spectral method resolves).
    """
    if jet.time_order:
        raise UnsupportedError(
            f"'{problem.name}' contains a time derivative of the input field {jet.name}.",
            expected="space derivatives of inputs only",
            fix="name the derivative as an input field of its own",
        )
    value = values.inputs[jet.name]
    if isinstance(value, GridField) and _is_periodic_over(value.grid, fine):
        coarse = Fourier(fine.box, value.grid.shape, fine.real)
        nodal = fine.to_grid(coarse.resampled(coarse.from_grid(value.values.astype(_dtype(fine))), fine))[..., 0]
    else:
        time = {} if t is None or problem.time is None else {problem.time.name: t}
        nodal = sample_input(problem, jet.name, {**fine.grid.coordinates, **time}, values)
    nodal = jnp.broadcast_to(nodal, fine.modes)
    return fine.derivative(nodal[..., None], jet.orders)[..., 0] if jet.order else nodal


def expressions_on_grid(problem: Problem, expressions: Sequence[sp.Expr], fine: Fourier, values: Values) -> list[Array]:
    """Expressions of coordinates, parameters and inputs at the nodes of `fine`."""
    function = pointwise(expressions, problem.coordinates)
    jets = {jet: input_jet(problem, jet, fine, values) for jet in function.jets}
    found = function(jets, unfolded(fine.grid.coordinates), values.parameters)
    return [jnp.broadcast_to(f, fine.modes).astype(_dtype(fine, f)) for f in found]


def _is_periodic_over(grid: Grid, fine: Fourier) -> bool:
    return (
        grid.names == fine.box.names
        and all(axis.kind == "periodic" for axis in grid.axes)
        and all(
            np.isclose(axis.lower, side.lower) and np.isclose(axis.upper, side.upper)
            for axis, side in zip(grid.axes, fine.box.sides, strict=True)
        )
    )


def _dtype(space: Fourier, like: Array | None = None) -> Any:
    real = jnp.zeros(()).dtype
    if space.real:
        return real
    return jnp.result_type(real, jnp.complex64) if like is None or jnp.iscomplexobj(like) else real


@dataclass(frozen=True, eq=False)
class GridTerms:
    """Those terms of several equations that are evaluated on the product grid: fluxes and remainders.

    Jets of all fields go through one batched inverse transform, all results through one forward transform.
    """

    problem: Problem
    space: Fourier
    fine: Fourier
    rows: int
    targets: tuple[tuple[int, int | Literal["Δ"] | None], ...]  # (equation, side of the flux, Δ of it, or as it is)
    function: PointwiseFunction
    columns: Mapping[tuple[str, int], int]

    @staticmethod
    def of(
        problem: Problem,
        space: Fourier,
        fine: Fourier,
        equations: Sequence[Terms],
        columns: Mapping[tuple[str, int], int],
    ) -> GridTerms | None:
        """None if nothing is to be evaluated on a grid."""
        targets, expressions = [], []
        for row, terms in enumerate(equations):
            for axis, flux in (*enumerate(terms.fluxes), ("Δ", terms.potential), (None, terms.remainder)):
                if flux != 0:
                    targets.append((row, axis))
                    expressions.append(flux)
        if not targets:
            return None
        time = problem.time.coordinate if problem.time else None
        function = pointwise(expressions, problem.coordinates, time)
        return GridTerms(problem, space, fine, len(equations), tuple(targets), function, columns)

    @property
    def fields(self) -> tuple[JetIndex, ...]:
        """Jets of unknowns that are needed."""
        return tuple(j for j in self.function.jets if (j.name, j.time_order) in self.columns)

    @property
    def inputs(self) -> tuple[JetIndex, ...]:
        """Jets of input fields that are needed."""
        return tuple(j for j in self.function.jets if (j.name, j.time_order) not in self.columns)

    def uses(self, first: int) -> bool:
        """Whether fields from column `first` on are needed."""
        return any(self.columns[j.name, j.time_order] >= first for j in self.fields)

    def static_inputs(self, values: Values) -> dict[str, Array]:
        """Nodal values of the inputs that do not depend on time, by label."""
        return {
            _label(j): input_jet(self.problem, j, self.fine, values) for j in self.inputs if not self.depends_on_time(j)
        }

    def depends_on_time(self, jet: JetIndex) -> bool:
        """Whether an input field has time among its arguments."""
        (a,) = (a for a in self.problem.inputs if a.func.__name__ == jet.name)
        return self.problem.time is not None and self.problem.time.coordinate in a.args

    def __call__(
        self, t: Array, fields: Sequence[Array], inputs: Mapping[str, Array], values: Values
    ) -> list[Array | None]:
        """Fourier coefficients `(*modes,)` of each equation's terms (None: it has none).

        `fields[column]` are the coefficients of one field; `values` gives parameters and time-dependent inputs.
        """
        stacked = self._evaluated(self._jets(t, fields, inputs, values), t, values)
        hats = self.space.analysis(stacked)
        result: list[Array | None] = [None] * self.rows
        for (row, axis), hat in zip(self.targets, hats, strict=True):
            if axis == "Δ":
                hat = jnp.asarray(self._laplacian, hat.real.dtype) * hat
            elif axis is not None:
                hat = self._differentiated(hat, self._along(axis))
            so_far = result[row]
            result[row] = hat if so_far is None else so_far + hat
        return result

    def slopes(
        self, fields: Sequence[Array], inputs: Mapping[str, Array], values: Values
    ) -> tuple[dict[tuple[int, int], Array], dict[tuple[int, int], Array]]:
        """The terms of a steady statement linearised, with coefficients replaced by their means over the box.

        Multipliers by (equation, column), and what bounds them: the same with magnitudes of coefficients and symbols.
        """
        jets = self._jets(None, fields, inputs, values)
        means: dict[tuple[int, int], Array] = {}
        bounds: dict[tuple[int, int], Array] = {}
        for j in self.fields:
            column = self.columns[j.name, j.time_order]
            along = (jets[j],), (jnp.ones_like(jets[j]),)
            _, found = jax.jvp(lambda value, j=j: self._evaluated({**jets, j: value}, None, values), *along)
            for (row, axis), slope in zip(self.targets, found, strict=True):
                symbol = jnp.asarray(self.space.symbol(j.orders))
                if axis == "Δ":
                    symbol = symbol * jnp.asarray(self._laplacian)
                elif axis is not None:
                    symbol = symbol * jnp.asarray(self.space.symbol(self._along(axis)))
                means[row, column] = means.get((row, column), 0) + jnp.mean(slope) * symbol
                bounds[row, column] = bounds.get((row, column), 0) + jnp.mean(jnp.abs(slope)) * jnp.abs(symbol)
        return means, bounds

    def _jets(self, t: Any, fields: Sequence[Array], inputs: Mapping[str, Array], values: Values) -> dict:
        """Nodal values of everything that the expressions are functions of."""
        jets: dict = {}
        if self.fields:
            hats = [self._differentiated(fields[self.columns[j.name, j.time_order]], j.orders) for j in self.fields]
            nodal = self.space.synthesis(jnp.stack(hats), self.fine.modes)
            jets = dict(zip(self.fields, nodal, strict=True))
        for j in self.inputs:
            label = _label(j)
            jets[j] = inputs[label] if label in inputs else input_jet(self.problem, j, self.fine, values, t)
        return jets

    def _evaluated(self, jets: dict, t: Any, values: Values) -> Array:
        coordinates: dict[str, Any] = unfolded(self.fine.grid.coordinates)
        if self.problem.time is not None:
            coordinates[self.problem.time.name] = t
        found = self.function(jets, coordinates, values.parameters)
        return jnp.stack([jnp.broadcast_to(f, self.fine.modes) for f in found])

    @property
    def _laplacian(self) -> np.ndarray:
        """The symbol −|k|² of Δ."""
        twice = (tuple(2 * o for o in self._along(axis)) for axis in range(self.space.box.ndim))
        return sum((self.space.symbol(orders).real for orders in twice), start=np.zeros(()))

    def _along(self, axis: int) -> tuple[int, ...]:
        return tuple(int(a == axis) for a in range(self.space.box.ndim))

    def _differentiated(self, hat: Array, orders: tuple[int, ...]) -> Array:
        """`hat` times (ik)^orders, which is real or purely imaginary: half the work of a product of complex numbers."""
        if not any(orders):
            return hat
        symbol, real = self.space.symbol(orders), hat.real.dtype
        if sum(orders) % 2:
            factor = jnp.asarray(symbol.imag, real)
            return jax.lax.complex(-factor * hat.imag, factor * hat.real)
        factor = jnp.asarray(symbol.real, real)
        return jax.lax.complex(factor * hat.real, factor * hat.imag)


def _label(jet: JetIndex) -> str:
    return "_".join([jet.name, *map(str, jet.orders)])
