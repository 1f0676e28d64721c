"""Assembly in finite element spaces: weak form, boundary conditions, sparse pattern, and the form that solvers take."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, PyTree

from ..equations import Initial, Mean, Problem, Values, evaluate_expression, sample_input
from ..spaces import FiniteElement
from ._assemble import assemble_in
from ._clock import clock
from ._finite_element_boundary import Fixed, facet_integrals, fixed_values
from ._finite_element_cells import CellIntegrals
from ._finite_element_layout import ElementLayout
from ._forms import Evolution, LinearSystem, Residual
from ._sparse_operator import SparseOperator
from ._sparsity import Sparsity
from ._taylor_hood import field_spaces, raised
from ._weak_form import weak_form


@assemble_in.register
def _(space: FiniteElement, problem: Problem, values: Values) -> LinearSystem | Residual | Evolution:
    return finite_elements(problem, space).form(values)


@functools.lru_cache(maxsize=16)
def finite_elements(problem: Problem, space: FiniteElement) -> FiniteElements:
    """Everything about a statement in a finite element space that does not depend on values, remembered."""
    return FiniteElements(problem, space)


class FiniteElements:
    """A statement on a mesh. `form(values)` gives the form for parameters and inputs, which may be traced.

    Unknowns y are the coefficients that no Dirichlet condition gives, one field after the other, then a multiplier for
    every `Mean`. Where a system has unknowns of first order only (pressures), these are of one degree less.
    """

    def __init__(self, problem: Problem, space: FiniteElement):
        self.problem, self.space = problem, space
        weak = weak_form(problem)
        self.spaces = field_spaces(problem, space)
        order = 2 * space.degree
        self.cells = CellIntegrals.of(problem, weak, tuple(s.table.rule(order) for s in self.spaces))
        self.facets = facet_integrals(problem, weak, self.spaces, order)
        self.fixed: tuple[Fixed, ...] = fixed_values(problem, self.spaces)
        self.means = tuple(c for c in problem.conditions if isinstance(c, Mean))
        blocks = sorted({*self.cells.blocks(0), *self.cells.blocks(1)})
        self.layout = ElementLayout(self.spaces, self.fixed, blocks, self.facets, len(self.means))

    @property
    def dofs(self) -> tuple[np.ndarray, ...]:
        """Of each unknown, numbers of its coefficients by cell, (nb, m)."""
        return self.layout.dofs

    @property
    def sparsity(self) -> Sparsity:
        return self.layout.sparsity

    @functools.cached_property
    def mean_weights(self) -> np.ndarray:
        """∫ φᵢ, a row for every mean, over all coefficients."""
        found = np.zeros((len(self.means), self.layout.offsets[-1]))
        for row, mean in zip(found, self.means, strict=True):
            k = self.problem.unknowns.index(mean.unknown)
            rule = self.cells.rule[k]
            each = rule.basis[0] @ (rule.weights[:, None] * rule.size)
            np.add.at(row, self.layout.offsets[k] + self.dofs[k], each)
        return found

    @property
    def constraints(self) -> np.ndarray | None:
        """Which unknowns y have no rate in an evolution: those of diagnostics, and multipliers; None without any."""
        still = [
            np.full(s.size, u in self.problem.diagnostics)
            for u, s in zip(self.problem.unknowns, self.spaces, strict=True)
        ]
        found = np.concatenate([np.concatenate(still)[self.layout.free], np.ones(len(self.means), bool)])
        return found if found.any() else None

    # --- forms --------------------------------------------------------------------------------------

    def form(self, values: Values) -> LinearSystem | Residual | Evolution:
        args, statics = self._sampled(values)

        def extend(y: Array, args: PyTree) -> Array:
            return self._output(0.0, y, args, statics)

        if self.problem.is_evolution:
            mass = SparseOperator(self._entries(0.0, None, args, statics, 1), self.sparsity)

            def step_matrix(t: Any, y: Array, share: Any, args: PyTree) -> lx.AbstractLinearOperator:
                slope = self._entries(t, y, args, statics, 0)  # of the residual, which is minus the rate
                return SparseOperator(self._entries(0.0, None, args, statics, 1) + share * slope, self.sparsity)

            return Evolution(
                nonlinear=lambda t, y, args: -self._residual(t, y, args, statics),
                initial=lambda args: self._initial(args, statics),
                output=lambda t, y, args: self._output(t, y, args, statics),
                args=args,
                start=clock(self.problem).start,
                stop=clock(self.problem).stop,
                is_stiff=True,
                sparsity=self.sparsity,
                mass=mass,
                constraints=None if self.constraints is None else jnp.asarray(self.constraints),
                step_matrix=step_matrix,
            )
        zero = jnp.zeros(len(self.layout.free) + len(self.means))

        def matrix(y: Array | None, args: PyTree) -> lx.AbstractLinearOperator:
            return SparseOperator(self._entries(0.0, y, args, statics, 0), self.sparsity)

        if self.problem.is_linear:
            return LinearSystem(
                matrix=lambda args: matrix(None, args),
                right=lambda args: -self._residual(0.0, zero, args, statics),
                extend=extend,
                args=args,
                sparsity=self.sparsity,
            )
        return Residual(
            lambda y, args: self._residual(0.0, y, args, statics),
            extend,
            zero,
            {**args, "load": jnp.ones(())},
            jacobian=matrix,
            sparsity=self.sparsity,
            ramp=lambda args, share: {**args, "load": share},
        )

    def entries(self, values: Values) -> Array:
        """Entries of the residual's Jacobian at zero, in the order of `sparsity`: the matrix of a linear statement."""
        args, statics = self._sampled(values)
        return self._entries(0.0, None, args, statics, 0)

    def extended(self, y: Array, values: Values) -> Array:
        """(nodes, unknowns) of unknowns y, given values filled in."""
        args, statics = self._sampled(values)
        return self._output(0.0, y, args, statics)

    def _sampled(self, values: Values) -> tuple[PyTree, PyTree]:
        """Traced values with the inputs sampled at the cells' points; and what is no array."""
        arrays, statics = eqx.partition(values, eqx.is_array)
        places = dict(zip((c.name for c in self.problem.coordinates), self.cells.rule[0].points, strict=True))
        time = self.problem.time.coordinate if self.problem.time else None
        inputs = {
            a.func.__name__: sample_input(self.problem, a.func.__name__, places, values)
            for a in self.problem.inputs
            if time not in a.args
        }
        means = [evaluate_expression(self.problem, m.value, {}, values) for m in self.means]
        return {"values": arrays, "inputs": inputs, "means": means}, statics

    # --- functions of the unknowns ------------------------------------------------------------------

    def _full(self, t: Any, y: Array, values: Values, load: Any = None) -> Array:
        """All coefficients: those in y and those that are given (times `load`)."""
        given = [f.values(self.problem, t, values) for f in self.fixed]
        if load is not None:
            given = [load * g for g in given]
        return self.layout.full(y, given)

    def _inputs(self, t: Any, args: PyTree, values: Values) -> Mapping[str, Array]:
        """Inputs at the cells' points; those that move are sampled at this time."""
        missing = [a.func.__name__ for a in self.problem.inputs if a.func.__name__ not in args["inputs"]]
        places = dict(zip((c.name for c in self.problem.coordinates), self.cells.rule[0].points, strict=True))
        if self.problem.time is not None:
            places[self.problem.time.name] = t
        return {**args["inputs"], **{n: sample_input(self.problem, n, places, values) for n in missing}}

    def _residual(self, t: Any, y: Array, args: PyTree, statics: PyTree) -> Array:
        """The weak residual, with y' = 0 in an evolution (but given values move), then those of the means."""
        values = eqx.combine(args["values"], statics)
        load = args.get("load")
        full = self._full(t, y, values, load)
        fields, rates = self.layout.locals(full), None
        if self.problem.is_evolution:
            t = jnp.asarray(t, y.dtype)
            _, moving = jax.jvp(lambda t: self._full(t, jnp.zeros_like(y), values), (t,), (jnp.ones_like(t),))
            rates = self.layout.locals(moving)
        parts = self.cells.residual(fields, rates, self._inputs(t, args, values), t, values.parameters)
        for f in self.facets:
            parts += f.residual([u[:, f.cells] for u in fields], t, values, 1.0 if load is None else load)
        flat, n = jnp.concatenate([p.ravel() for p in parts]), len(self.layout.free)
        inner = jax.ops.segment_sum(flat, jnp.asarray(self.layout.ranks), n + 1)[:-1]
        if not self.means:
            return inner
        weights = self.mean_weights
        means = jnp.asarray(weights / weights.sum(1, keepdims=True)) @ full
        borders = y[n:] @ jnp.asarray(weights[:, self.layout.free])
        return jnp.concatenate([inner + borders, means - jnp.asarray(args["means"])])

    def _entries(self, t: Any, y: Array | None, args: PyTree, statics: PyTree, time_order: int) -> Array:
        """Entries of ∂(residual)/∂(unknowns), or ∂(their rates); at y = 0 for None."""
        values = eqx.combine(args["values"], statics)
        y = jnp.zeros(len(self.layout.free) + len(self.means)) if y is None else y
        load = args.get("load")
        fields = self.layout.locals(self._full(t, y, values, load))
        inputs = self._inputs(t, args, values)
        parts, slots = [], []
        for block in self.cells.blocks(time_order):
            parts.append(self.cells.matrix(block, time_order, fields, None, inputs, t, values.parameters).ravel())
            slots.append(self.layout.slots[block])
        for f, slot in zip(self.facets, self.layout.facet_slots, strict=True):
            if time_order == 0:
                local = [u[:, f.cells] for u in fields]
                parts.append(f.matrix(local, t, values, 1.0 if load is None else load).ravel())
                slots.append(slot)
        count = len(self.sparsity.rows)
        where = jnp.asarray(np.concatenate(slots))
        inner = jax.ops.segment_sum(jnp.concatenate(parts), where, count + 1)[:-1]
        if not self.means:
            return inner
        weights = self.mean_weights[:, self.layout.free] * (time_order == 0)
        wide = np.pad(weights, [(0, 0), (0, len(weights))])
        long = weights / self.mean_weights.sum(1, keepdims=True)
        return jnp.concatenate([inner, jnp.asarray(wide.ravel()), jnp.asarray(long.ravel())])

    def _output(self, t: Any, y: Array, args: PyTree, statics: PyTree) -> Array:
        """(nodes, unknowns); fields of lower degree by their values at the nodes of the space."""
        full = self._full(t, y, eqx.combine(args["values"], statics), args.get("load"))
        fields = zip(self.layout.fields(full), self.spaces, strict=True)
        return jnp.stack([raised(u, own, self.space) for u, own in fields], -1)

    def _initial(self, args: PyTree, statics: PyTree) -> Array:
        values = eqx.combine(args["values"], statics)
        blocks = []
        for u, own in zip(self.problem.unknowns, self.spaces, strict=True):
            places: dict[str, Any] = dict(zip((c.name for c in self.problem.coordinates), own.nodes.T, strict=True))
            places[clock(self.problem).name] = clock(self.problem).start
            block: Array = jnp.zeros(own.size)
            for condition in self.problem.conditions_of(u, Initial):
                block = evaluate_expression(self.problem, condition.value, places, values)
            blocks.append(jnp.broadcast_to(block, (own.size,)).astype(float))  # constants may be integers
        return jnp.concatenate([jnp.concatenate(blocks)[jnp.asarray(self.layout.free)], jnp.zeros(len(self.means))])
