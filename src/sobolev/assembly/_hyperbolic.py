"""Pointwise facts of a conservation law: fluxes, sources, wave speeds; and whether it is that of an ideal gas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from jaxtyping import Array, Bool

from ..equations import (
    ConservationLaw,
    JetIndex,
    PointwiseFunction,
    Problem,
    Values,
    conservation_law,
    pointwise,
    sample_input,
)

_IMAGINARY = 1e-6  # imaginary parts of wave speeds above this share of the speeds are no rounding


@dataclass(frozen=True)
class Gas:
    """Euler's equations of an ideal gas: places of density, momenta and energy among the unknowns, and γ − 1."""

    density: int
    momenta: tuple[int, ...]
    energy: int
    factor: sp.Expr


class Hyperbolic:
    """A conservation law as functions of arrays of states `(*points, unknowns)` at coordinates (by name, with time)."""

    def __init__(self, problem: Problem):
        self.problem = problem
        self.law = conservation_law(problem)
        time = problem.time.coordinate if problem.time else None
        self._fluxes = [pointwise(f, problem.coordinates, time) for f in self.law.fluxes]
        self._sources = pointwise(self.law.sources, problem.coordinates, time)
        self.gas = ideal_gas(problem, self.law)
        self._factor = pointwise([self.gas.factor if self.gas else sp.S.Zero], problem.coordinates, time)
        self.has_sources = any(s != 0 for s in self.law.sources)

    @property
    def is_cheap(self) -> bool:
        """Whether wave speeds have a closed form."""
        return self.gas is not None or len(self.problem.unknowns) <= 2

    def flux(self, d: int, u: Array, at: Mapping[str, Any], values: Values) -> Array:
        """F_d(u)."""
        return self._evaluate(self._fluxes[d], u, at, values)

    def source(self, u: Array, at: Mapping[str, Any], values: Values) -> Array:
        return self._evaluate(self._sources, u, at, values)

    def pressure(self, u: Array, values: Values) -> Array:
        """(γ − 1)(E − |m|²/2ρ), of a gas."""
        assert self.gas is not None
        kinetic = sum(u[..., m] ** 2 for m in self.gas.momenta) / (2 * u[..., self.gas.density])
        return self.gas_factor(values) * (u[..., self.gas.energy] - kinetic)

    def gas_factor(self, values: Values) -> Array:
        """γ − 1."""
        (factor,) = self._factor({}, {}, values.parameters)
        return factor

    def speeds(self, d: int, u: Array, at: Mapping[str, Any], values: Values) -> tuple[Array, Array, Bool[Array, ...]]:
        """Lowest and highest eigenvalue of ∂F_d/∂u, and whether the state is admissible: they are real and finite.

        The Jacobian comes from the statement's own flux by forward differentiation. Closed forms serve one and two
        unknowns and ideal gases (v ± √(γp/ρ), with ρ, p > 0); otherwise LAPACK finds the eigenvalues.
        """
        if self.gas is not None:
            rho, p = u[..., self.gas.density], self.pressure(u, values)
            fine = (rho > 0) & (p > 0)
            safe = jnp.where(fine, rho, 1.0)
            v = u[..., self.gas.momenta[d]] / safe
            c = jnp.sqrt((1 + self.gas_factor(values)) * jnp.where(fine, p, 1.0) / safe)
            return v - c, v + c, fine & jnp.isfinite(v + c)
        matrix = self._jacobian(d, u, at, values)
        if matrix.shape[-1] == 1:
            low = high = matrix[..., 0, 0]
            return low, high, jnp.isfinite(low)
        if matrix.shape[-1] == 2:
            middle = (matrix[..., 0, 0] + matrix[..., 1, 1]) / 2
            half = (matrix[..., 0, 0] - matrix[..., 1, 1]) / 2
            under = half**2 + matrix[..., 0, 1] * matrix[..., 1, 0]
            fine = (under >= -(_IMAGINARY**2) * (middle**2 + half**2)) & jnp.isfinite(under + middle)
            root = jnp.sqrt(jnp.where(fine & (under > 0), under, 1.0)) * (under > 0)
            return middle - root, middle + root, fine
        finite = jnp.all(jnp.isfinite(matrix), axis=(-2, -1))
        found = jnp.linalg.eigvals(jnp.where(finite[..., None, None], matrix, 0.0))
        size = jnp.max(jnp.abs(found), axis=-1)
        fine = finite & (jnp.max(jnp.abs(found.imag), axis=-1) <= _IMAGINARY * size)
        return jnp.min(found.real, axis=-1), jnp.max(found.real, axis=-1), fine

    def _jacobian(self, d: int, u: Array, at: Mapping[str, Any], values: Values) -> Array:
        def column(j: int) -> Array:
            unit = jnp.zeros_like(u).at[..., j].set(1.0)
            return jax.jvp(lambda u: self.flux(d, u, at, values), (u,), (unit,))[1]

        return jnp.stack([column(j) for j in range(u.shape[-1])], axis=-1)

    def _evaluate(self, function: PointwiseFunction, u: Array, at: Mapping[str, Any], values: Values) -> Array:
        names = self.problem.unknown_names
        jets = {
            j: u[..., names.index(j.name)] if j.name in names else self._input(j, at, values)
            for j in function.jets
            if isinstance(j, JetIndex)
        }
        found = function(jets, at, values.parameters)
        return jnp.stack([jnp.broadcast_to(f, u.shape[:-1]).astype(u.dtype) for f in found], axis=-1)

    def _input(self, index: JetIndex, at: Mapping[str, Any], values: Values) -> Array:
        """An input field or its derivatives, by forward differentiation."""
        (field,) = (a for a in self.problem.inputs if a.func.__name__ == index.name)
        names = {a.name for a in field.args}

        def sample(at: Mapping[str, Any]) -> Array:
            return jnp.asarray(sample_input(self.problem, index.name, at, values), float)

        along = [c.name for c, order in zip(self.problem.coordinates, index.orders, strict=True) for _ in range(order)]
        value: Callable[[Mapping[str, Any]], Array] = sample
        for name in along:
            value = _slope(value, name)
        return value({name: jnp.asarray(at[name], float) for name in names})


def _slope(function: Callable[[Mapping[str, Any]], Array], name: str) -> Callable[[Mapping[str, Any]], Array]:
    def slope(at: Mapping[str, Any]) -> Array:
        return jax.jvp(lambda c: function({**at, name: c}), (at[name],), (jnp.ones_like(at[name]),))[1]

    return slope


def ideal_gas(problem: Problem, law: ConservationLaw) -> Gas | None:
    """The gas whose Euler equations these are: F(ρ) = m, F(m) = m⊗m/ρ + p, F(E) = (E + p) m/ρ; None if they are not."""
    unknowns, directions = list(problem.unknowns), range(problem.ndim)
    if len(unknowns) != problem.ndim + 2:
        return None
    for i, rho in enumerate(unknowns):
        row = [law.fluxes[d][i] for d in directions]
        if not all(m in unknowns and m != rho for m in row) or len(set(row)) != len(row):
            continue
        momenta = tuple(unknowns.index(m) for m in row)
        (energy,) = set(range(len(unknowns))) - {i, *momenta}
        E = unknowns[energy]
        factor = sp.diff(law.fluxes[0][momenta[0]].expand(), E)
        if factor == 0 or factor.atoms(sp.Function) or factor.free_symbols & set(problem.domain.coordinates):
            return None
        p = factor * (E - sp.Add(*(m**2 for m in row)) / (2 * rho))
        wrong = [law.fluxes[d][energy] - (E + p) * row[d] / rho for d in directions]
        for d in directions:
            for k, place in enumerate(momenta):
                wrong.append(law.fluxes[d][place] - row[k] * row[d] / rho - (p if k == d else 0))
        table = {u: sp.Dummy(u.func.__name__) for u in unknowns}
        if all(sp.cancel(w.xreplace(table)) == 0 for w in wrong):
            return Gas(i, momenta, energy, factor)
    return None
