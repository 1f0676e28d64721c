"""Assembly by collocation: equations hold at the inner nodes, conditions give the outer ones.

Works for every space whose members are their values on a grid and which can differentiate them. The conditions
are eliminated (`_collocation_boundary`), so that linear systems, residuals and evolutions have the inner nodal
values as their only unknowns, and an evolution is an ordinary differential equation.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array, PyTree

from .._core import UnsupportedError
from ..equations import Initial, Mean, Problem, Values, evaluate_expression, first_order_system, sample_input
from ..fields import Grid
from ..spaces import AbstractNodalSpace, Chebyshev
from ._assemble import assemble_in
from ._clock import clock
from ._collocation_acceleration import acceleration
from ._collocation_boundary import Extension, axis_extensions
from ._collocation_diagonal import Preconditioner, fast_diagonalisation
from ._collocation_jets import NodalExpressions, nodal_expressions, unfolded
from ._collocation_layout import Layout, channel_of
from ._collocation_tensor import tensor_inverse
from ._forms import Evolution, LinearSystem, Residual
from ._order_of_equations import is_stiff, matched
from ._sparsity import Sparsity


@assemble_in.register
def _(space: AbstractNodalSpace, problem: Problem, values: Values) -> LinearSystem | Residual | Evolution:
    return collocation(problem, space).form(values)


@functools.lru_cache(maxsize=16)
def collocation(problem: Problem, space: AbstractNodalSpace) -> Collocation:
    """Everything about a statement on a grid that does not depend on values (remembered for the next call)."""
    _check(problem)
    if problem.is_steady:
        channels = [channel_of(problem, u, 0, space.grid) for u in problem.unknowns]
        expressions = matched(problem.residuals, problem.unknowns)
        means = tuple(c for c in problem.conditions if isinstance(c, Mean))
        evolves = {c.key: False for c in channels}
    else:
        system = first_order_system(problem)
        states = [channel_of(problem, s.unknown, s.time_order, space.grid) for s in system.states]
        diagnostics = [channel_of(problem, u, 0, space.grid) for u in system.diagnostics]
        channels = [*states, *diagnostics]
        expressions = [*system.rates, *matched(system.constraints, system.diagnostics)]
        means = tuple(c for c in problem.conditions if isinstance(c, Mean) and c.unknown in system.diagnostics)
        evolves = {c.key: c in states for c in channels}
    layout = Layout(tuple(channels), space.grid, means)
    nodal = nodal_expressions(problem, space, expressions, problem.unknown_names)
    extensions = tuple(
        Extension(problem, space.grid, tuple(axis_extensions(c, space.grid, space.end_derivative))) for c in channels
    )
    return Collocation(problem, space, layout, nodal, extensions, evolves)


def _check(problem: Problem) -> None:
    for c in problem.conditions:
        if isinstance(c, Mean) and c.unknown.is_real is not True:
            raise UnsupportedError(f"The mean of a complex unknown cannot be prescribed on a grid: {c}.")


@dataclass(frozen=True, eq=False)
class Collocation:
    """A statement on a grid. `form(values)` gives the form for parameters and inputs, which may be traced."""

    problem: Problem
    space: AbstractNodalSpace
    layout: Layout
    nodal: NodalExpressions
    extensions: tuple[Extension, ...]
    evolves: dict[tuple[str, int], bool]

    @property
    def grid(self) -> Grid:
        return self.space.grid

    def form(self, values: Values) -> LinearSystem | Residual | Evolution:
        args, statics = self._sampled(values)
        function = functools.partial(self._residual, statics)
        sparsity = None if isinstance(self.space, Chebyshev) else self.sparsity
        if self.problem.is_evolution:
            mass = None
            if not all(self.evolves.values()) or self.layout.means:
                mass = jnp.asarray(self.layout.mass(self.evolves))
            return Evolution(
                nonlinear=function,
                initial=functools.partial(self._initial, statics),
                output=functools.partial(self._coefficients, statics),
                args=args,
                start=clock(self.problem).start,
                stop=clock(self.problem).stop,
                is_stiff=is_stiff(self.problem),
                sparsity=sparsity,
                mass=mass,
                acceleration=acceleration(function, self.layout, self.nodal, all(self.evolves.values())),
            )

        def steady(y: Array, args: PyTree) -> Array:
            return function(0.0, y, args)

        def extend(y: Array, args: PyTree) -> Array:
            return self._coefficients(statics, 0.0, y, args)

        zero = jnp.zeros(self.layout.size)
        if not self.problem.is_linear:
            return Residual(steady, extend, zero, args, sparsity=sparsity)
        preconditioner, tags = self.near_inverse
        close = None if preconditioner is None else functools.partial(_close, preconditioner, statics)
        return LinearSystem(
            matrix=lambda args: lx.JacobianLinearOperator(steady, zero, args, tags=tags),
            right=lambda args: -steady(zero, args),
            extend=extend,
            args=args,
            preconditioner=close,
            sparsity=sparsity,
        )

    @functools.cached_property
    def near_inverse(self) -> tuple[Preconditioner | None, Any]:
        """What a linear equation is solved by without forming its matrix, or None; and the matrix's tags."""
        preconditioner = fast_diagonalisation(self.nodal, self.layout)
        if preconditioner is not None:
            return preconditioner, lx.symmetric_tag
        if len(self.extensions) == 1:
            preconditioner = tensor_inverse(self.nodal, self.layout, self.extensions[0].axes)
        return preconditioner, ()

    # --- functions of unknowns ------------------------------------------------------------------------

    def _sampled(self, values: Values) -> tuple[PyTree, PyTree]:
        """Traced values with everything sampled once that does not depend on time; and what is no array."""
        arrays, statics = eqx.partition(values, eqx.is_array)
        time = self.problem.time.coordinate if self.problem.time else None
        coordinates = unfolded(self.grid.coordinates)
        inputs = {
            a.func.__name__: jnp.broadcast_to(
                sample_input(self.problem, a.func.__name__, coordinates, values), self.grid.shape
            )
            for a in self.problem.inputs
            if time not in a.args
        }
        data = [e.data(values) for e in self.extensions]
        means = [evaluate_expression(self.problem, m.value, {}, values) for m in self.layout.means]
        return {"values": arrays, "inputs": inputs, "data": data, "means": means}, statics

    def _fields(self, statics: PyTree, t: Any, y: Array, args: PyTree) -> tuple[dict[tuple[str, int], Array], Array]:
        values = eqx.combine(args["values"], statics)
        blocks, multipliers = self.layout.unpack(y)
        fields = {
            c.key: extend(block, t, data, values)
            for c, extend, block, data in zip(self.layout.channels, self.extensions, blocks, args["data"], strict=True)
        }
        return fields, multipliers

    def _residual(self, statics: PyTree, t: Any, y: Array, args: PyTree) -> Array:
        """Rates of the channels that evolve, residuals of the others, then those of the means."""
        layout = self.layout
        fields, multipliers = self._fields(statics, t, y, args)
        results = self.nodal(fields, args["inputs"], t, eqx.combine(args["values"], statics))
        blocks = []
        for c, result in zip(layout.channels, results, strict=True):
            block = result[layout.inner(c)]
            for k, mean in enumerate(layout.means):
                if mean.unknown == c.unknown:
                    block = block + multipliers[k]
            blocks.append(block)
        weights = jnp.asarray(self.grid.weights / self.grid.weights.sum())
        gaps = [
            jnp.sum(weights * fields[mean.unknown.func.__name__, 0]) - value
            for mean, value in zip(layout.means, args["means"], strict=True)
        ]
        return layout.pack(blocks, jnp.stack(gaps) if gaps else None)

    def _coefficients(self, statics: PyTree, t: Any, y: Array, args: PyTree) -> Array:
        fields, _ = self._fields(statics, t, y, args)
        return jnp.stack([fields[name, 0] for name in self.problem.unknown_names], -1)

    def _initial(self, statics: PyTree, args: PyTree) -> Array:
        values = eqx.combine(args["values"], statics)
        start = clock(self.problem).start
        coordinates = {**unfolded(self.grid.coordinates), clock(self.problem).name: start}
        blocks = []
        for c in self.layout.channels:
            block: Array = jnp.zeros(self.grid.shape)
            for condition in self.problem.conditions_of(c.unknown, Initial) if self.evolves[c.key] else ():
                if condition.time_order == c.time_order:
                    block = evaluate_expression(self.problem, condition.value, coordinates, values)
            blocks.append(jnp.broadcast_to(block, self.grid.shape)[self.layout.inner(c)])
        return self.layout.pack(blocks, jnp.zeros(len(self.layout.means)))

    # --- structure --------------------------------------------------------------------------------------

    @functools.cached_property
    def sparsity(self) -> Sparsity:
        """Where the Jacobian of `_residual` can be non-zero."""
        layout = self.layout
        grids = np.arange(self.grid.size).reshape(self.grid.shape)
        fills = [self._fill_pattern(e) for e in self.extensions]
        rows = []
        for i, _ in layout.parts:
            inner = np.ravel(grids[layout.inner(layout.channels[i])])
            row = []
            for j, _ in layout.parts:
                pattern = self.nodal.pattern(i, layout.channels[j].key)
                shape = (inner.size, math.prod(layout.inner_shape(layout.channels[j])))
                row.append(sparse.csr_array(shape, dtype=np.int32) if pattern is None else pattern[inner] @ fills[j])
            rows.append(row)
        return Sparsity.of(sparse.csr_array(sparse.block_array(rows)), len(layout.means))

    def _fill_pattern(self, extension: Extension) -> sparse.csr_array:
        result = sparse.csr_array(np.ones((1, 1), np.int32))
        for a in extension.axes:
            line = a.matrix(pattern=True)
            result = sparse.csr_array(sparse.kron(result, line.astype(np.int32)))
        return result


def _close(preconditioner: Preconditioner, statics: PyTree, args: PyTree) -> lx.AbstractLinearOperator:
    """The preconditioner for given values; it steers the iteration only, so that derivatives pass it by."""
    args = jax.lax.stop_gradient(args)
    return preconditioner(args["inputs"], eqx.combine(args["values"], statics))
