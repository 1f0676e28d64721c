"""Integrals over all cells: residuals and matrices of weak equations, as products of small matrices with long ones.

With reference functions φ̂ and reference derivatives ∂̂₀ = id, ∂̂ₐ, the residual of a cell is Σ_aq ∂̂ₐφ̂ᵢ(q) P_a(q) and its
matrix Σ_abq ∂̂ₐφ̂ᵢ(q) G_ab(q) ∂̂_bφ̂ₗ(q): the tables of φ̂ are the same for all cells, so that each is one matrix product
with the cells as columns. G holds ∂(integrand)/∂(jet), which SymPy gives exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array

from ..equations import DivergenceIndex, JetIndex, PointwiseFunction, Problem, pointwise
from ..spaces import Rule
from ._weak_form import WeakEquation

Block = tuple[int, int]  # (test, trial): positions among the unknowns


@dataclass(frozen=True, eq=False)
class CellIntegrals:
    """The weak equations of a statement over cells. Local coefficients are `(functions, cells)`, one per unknown."""

    problem: Problem
    equations: tuple[PointwiseFunction, ...]
    rule: tuple[Rule, ...]
    slopes: Mapping[tuple[int, JetIndex], PointwiseFunction]

    @staticmethod
    def of(problem: Problem, weak: tuple[WeakEquation, ...], rules: tuple[Rule, ...]) -> CellIntegrals:
        time = problem.time.coordinate if problem.time else None
        equations = tuple(pointwise([w.source, *(-f for f in w.flux)], problem.coordinates, time) for w in weak)
        slopes = {
            (k, j): f.derivative(j)
            for k, f in enumerate(equations)
            for j in f.jets
            if isinstance(j, JetIndex) and j.name in problem.unknown_names
        }
        return CellIntegrals(problem, equations, rules, slopes)

    def blocks(self, time_order: int) -> tuple[Block, ...]:
        """The pairs of unknowns that meet, in derivatives of this order in time."""
        names = self.problem.unknown_names
        return tuple(sorted({(k, names.index(j.name)) for k, j in self.slopes if j.time_order == time_order}))

    def residual(
        self, fields: list[Array], rates: list[Array] | None, inputs: Mapping[str, Array], t: Any, parameters: Any
    ) -> list[Array]:
        """∫ source φᵢ − ∫ flux · ∇φᵢ over each cell, (functions, cells) per unknown."""
        jets, places = self._jets(fields, rates, inputs), self._places(t)
        found = []
        for f, rule in zip(self.equations, self.rule, strict=True):
            source, *flux = f({j: jets[j] for j in f.jets}, places, parameters)
            shape = (len(rule.weights), rule.size.shape[1])
            scale = variable(rule.weights[:, None] * rule.size)
            inverse = variable(rule.inverse)
            pulled = [jnp.broadcast_to(source * scale, shape)]
            for a in range(len(flux)):
                total = sum(inverse[a, j] * g for j, g in enumerate(flux))
                pulled.append(jnp.broadcast_to(total * scale, shape))
            basis = np.swapaxes(rule.basis, 0, 1).reshape(rule.basis.shape[1], -1)
            found.append(jnp.asarray(basis) @ jnp.concatenate(pulled))
        return found

    def matrix(
        self,
        block: Block,
        time_order: int,
        fields: list[Array],
        rates: list[Array] | None,
        inputs: Mapping[str, Array],
        t: Any,
        parameters: Any,
    ) -> Array:
        """∂(residual of the test)/∂(coefficients of the trial): (functions, functions, cells)."""
        k, l = block
        name = self.problem.unknown_names[l]
        test, trial = self.rule[k], self.rule[l]
        jets, places = self._jets(fields, rates, inputs), self._places(t)
        shape = (len(test.weights), test.size.shape[1])
        pulled: dict[tuple[int, int], Any] = {}
        for (equation, jet), slope in self.slopes.items():
            if equation != k or jet.name != name or jet.time_order != time_order:
                continue
            b = _direction(jet)
            values = slope({j: jets[j] for j in slope.jets}, places, parameters)
            for a, (expression, value) in enumerate(zip(slope.expressions, values, strict=True)):
                if expression == sp.S.Zero:
                    continue
                for (i, left), (n, right) in ((x, y) for x in _pull(test, a) for y in _pull(trial, b)):
                    weight = _product(left, right)
                    term = value if weight is None else value * weight
                    pulled[i, n] = pulled[i, n] + term if (i, n) in pulled else term
        total: Any = 0.0
        size = variable(test.size)
        # Where jets and cells are the same at all points of a cell, tables need no axis for points.
        flat = {key: g for key, g in pulled.items() if len(size) == 1 and (g.ndim < 2 or len(g) == 1)}
        full = {key: g for key, g in pulled.items() if key not in flat}
        functions = (test.basis.shape[1], trial.basis.shape[1])
        if flat:
            table = np.stack(
                [np.einsum("iq,lq,q->il", test.basis[a], trial.basis[b], test.weights) for a, b in flat], -1
            )
            stacked = jnp.concatenate([jnp.broadcast_to(g * size, (1, shape[1])) for g in flat.values()])
            total = total + jnp.asarray(table.reshape(-1, len(flat))) @ stacked
        if full:
            table = np.stack(
                [np.einsum("iq,lq,q->ilq", test.basis[a], trial.basis[b], test.weights) for a, b in full], 2
            )
            stacked = jnp.stack([jnp.broadcast_to(g * size, shape) for g in full.values()])
            total = total + jnp.asarray(table.reshape(functions[0] * functions[1], -1)) @ stacked.reshape(-1, shape[1])
        return total.reshape(*functions, shape[1])

    def _places(self, t: Any) -> dict[str, Any]:
        places: dict[str, Any] = dict(
            zip((c.name for c in self.problem.coordinates), variable(self.rule[0].points), strict=True)
        )
        if self.problem.time is not None:
            places[self.problem.time.name] = t
        return places

    def _jets(
        self, fields: list[Array], rates: list[Array] | None, inputs: Mapping[str, Array]
    ) -> dict[JetIndex | DivergenceIndex, Array]:
        """Every jet that the equations ask for, at all points: (points, cells)."""
        names = self.problem.unknown_names
        found: dict[JetIndex | DivergenceIndex, Array] = {}
        reference: dict[tuple[str, int], Array] = {}
        for j in {j for f in self.equations for j in f.jets}:
            assert isinstance(j, JetIndex)  # divergences have been integrated by parts
            if j.name in inputs:
                found[j] = inputs[j.name]
                continue
            number = names.index(j.name)
            rule = self.rule[number]
            local = fields[number] if j.time_order == 0 else (rates or fields)[number]
            key = (j.name, j.time_order)
            if key not in reference:
                d, nb, q = rule.basis.shape
                table = np.swapaxes(rule.basis, 1, 2).reshape(d * q, nb)
                reference[key] = (jnp.asarray(table) @ local).reshape(d, q, -1)
            hat, axis = reference[key], _direction(j)
            if axis == 0:
                found[j] = hat[0]
            else:
                found[j] = jnp.sum(variable(rule.inverse[:, axis - 1]) * hat[1:], 0)
        return found


def variable(values: np.ndarray) -> Array:
    """An array that XLA does not take for a constant: folding products of long ones takes it seconds."""
    return jax.lax.optimization_barrier(jnp.asarray(values))


def _direction(jet: JetIndex) -> int:
    """0 for the value, 1 + axis for a first derivative."""
    return 0 if jet.order == 0 else 1 + jet.orders.index(1)


def _pull(rule: Rule, direction: int) -> list[tuple[int, Array | None]]:
    """A derivative in reference ones: (which, factor per point and cell)."""
    if direction == 0:
        return [(0, None)]
    return [(1 + a, variable(rule.inverse[a, direction - 1])) for a in range(len(rule.inverse))]


def _product(left: Array | None, right: Array | None) -> Array | None:
    if left is None or right is None:
        return left if right is None else right
    return left * right
