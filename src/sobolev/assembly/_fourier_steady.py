"""Steady statements in Fourier spaces, multiplied by the inverse of their constant-coefficient part.

Unknowns are the nodal values of all fields on the grid of `space.odd`. The equations F(u) = 0 are formed mode by mode,
products on a finer grid, and multiplied by P(k) ≈ F′(k)⁻¹: the inverse of the linear terms with constant coefficients,
to which the others are added with coefficients averaged over the box. P F is solved for. Where everything has constant
coefficients, P F′ is the identity; elsewhere it is the identity plus something that does not grow with the number of
modes, so that Krylov methods need few iterations without any further preconditioner (Concus & Golub, SIAM J. Numer.
Anal. 10 (1973); Canuto et al., Spectral Methods, 2006, sec. 4.4).

A field u known up to a constant is completed by its mean m: the zeroth mode of its unknown is a multiplier λ instead,
added to the mean of its equation, which is zero where the data are compatible.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Bool, Float, Inexact

from ..equations import Mean, Problem, Values, evaluate_expression
from ..spaces import Fourier
from ._forms import LinearSystem, Residual
from ._fourier_grid import GridTerms
from ._fourier_symbols import multipliers, sources
from ._fourier_terms import Terms, sorted_terms
from ._order_of_equations import matched

_VANISHES = 1e-13  # of the sum of the magnitudes of its terms: a multiplier that is zero up to rounding
_CANCELS = 0.05  # the same, where coefficients are averages: the multiplier is then replaced by that sum
_INCOMPATIBLE = 1e-3  # |λ| relative to the sources: beyond errors of quadrature


class Arguments(eqx.Module):
    """Traced values of an assembled steady statement."""

    values: Values  # parameters only
    inputs: dict[str, Array]
    matrix: Inexact[Array, "*modes equations fields"]
    source: Array | None
    means: list[Array]
    inverse: Inexact[Array, "*modes fields equations"]
    is_regular: Bool[Array, ""]  # no mode is left open by the linear terms with constant coefficients


@functools.lru_cache(maxsize=16)
def fourier_steady(problem: Problem, space: Fourier) -> FourierSteady:
    """Everything about a steady statement in a Fourier space that does not depend on values."""
    ordered = matched(problem.residuals, problem.unknowns)  # equation i decides unknown i
    terms = tuple(sorted_terms(e, problem.unknowns, problem.coordinates, None) for e in ordered)
    columns = {(name, 0): i for i, name in enumerate(problem.unknown_names)}
    inner = space.odd
    fine = Fourier(space.box, inner.points_for_degree(max(2, *(t.degree for t in terms))), space.real)
    grid = GridTerms.of(problem, inner, fine, terms, columns)
    means = {columns[c.unknown.func.__name__, 0]: c for c in problem.conditions if isinstance(c, Mean)}
    return FourierSteady(problem, space, inner, fine, terms, columns, grid, means)


@dataclass(frozen=True, eq=False)
class FourierSteady:
    """A steady statement in a Fourier space. `form(values)` gives the form for values, which may be traced."""

    problem: Problem
    space: Fourier
    inner: Fourier
    fine: Fourier
    terms: tuple[Terms, ...]
    columns: dict[tuple[str, int], int]
    grid: GridTerms | None
    means: dict[int, Mean]

    @property
    def is_diagonal(self) -> bool:
        """All terms have constant coefficients, so that one division by mode solves the statement."""
        return self.grid is None

    def form(self, values: Values) -> LinearSystem | Residual:
        args = self._arguments(values)
        zero = jnp.zeros(self._size)
        if not self.problem.is_linear:
            args, guess = self._aimed(args)
            return Residual(self._residual, self._coefficients, guess, args)
        tags = lx.diagonal_tag if self.is_diagonal else ()
        return LinearSystem(
            matrix=lambda args: lx.JacobianLinearOperator(self._residual, zero, args, tags=tags),
            right=lambda args: -self._residual(zero, args),
            extend=self._coefficients,
            args=args,
        )

    def is_well_posed(self, coefficients: Inexact[Array, "*modes channels"], args: Arguments) -> Bool[Array, ""]:
        """Whether a solution is one: no mode was left open, and no mean of the data contradicts the equations."""
        result = args.is_regular if self.is_diagonal else jnp.asarray(True)
        if self.means and args.source is not None:
            left = self._equations(self.space.resampled(coefficients, self.inner), args)[self._zeroth]
            sizes = jnp.linalg.norm(args.source.reshape(-1, len(self.terms)), axis=0)
            for i in self.means:
                result = result & (jnp.abs(left[i]) <= _INCOMPATIBLE * sizes[i])
        return result

    # --- functions of unknowns ------------------------------------------------------------------------

    def _residual(self, y: Float[Array, " unknowns"], args: Arguments) -> Float[Array, " unknowns"]:
        hats = self._hats(y)
        residual = self._equations(self._completed(hats, args), args)
        for i in self.means:
            residual = residual.at[(*self._zeroth, i)].add(hats[(*self._zeroth, i)])
        return self._vector(jnp.einsum("...ij,...j->...i", args.inverse, residual))

    def _coefficients(self, y: Float[Array, " unknowns"], args: Arguments) -> Array:
        return self.inner.resampled(self._completed(self._hats(y), args), self.space)

    def _completed(self, hats: Array, args: Arguments) -> Array:
        """With means in the place of multipliers."""
        for i, mean in zip(self.means, args.means, strict=True):
            hats = hats.at[(*self._zeroth, i)].set(mean.astype(hats.dtype))
        return hats

    def _equations(self, hats: Inexact[Array, "*modes fields"], args: Arguments) -> Array:
        result = jnp.einsum("...ij,...j->...i", args.matrix.astype(hats.dtype), hats)
        if args.source is not None:
            result = result + args.source
        if self.grid is not None:
            fields = [hats[..., i] for i in range(len(self.terms))]
            for i, piece in enumerate(self.grid(jnp.zeros(()), fields, args.inputs, args.values)):
                result = result if piece is None else result.at[..., i].add(piece)
        return result

    @property
    def _zeroth(self) -> tuple[int, ...]:
        return (0,) * self.inner.box.ndim

    @property
    def _size(self) -> int:
        return len(self.terms) * math.prod(self.inner.modes) * (1 if self.inner.real else 2)

    def _hats(self, y: Float[Array, " unknowns"]) -> Array:
        shape = (*self.inner.modes, len(self.terms))
        if self.inner.real:
            return self.inner.from_grid(y.reshape(shape))
        real, imaginary = y.reshape(2, *shape)
        return self.inner.from_grid(real + 1j * imaginary)

    def _vector(self, hats: Array) -> Float[Array, " unknowns"]:
        nodal = self.inner.to_grid(hats)
        return nodal.ravel() if self.inner.real else jnp.stack([nodal.real, nodal.imag]).ravel()

    # --- values -----------------------------------------------------------------------------------------

    def _arguments(self, values: Values) -> Arguments:
        matrix = multipliers(self.problem, self.terms, self.columns, self.inner, values)
        bound = multipliers(self.problem, self.terms, self.columns, self.inner, values, jnp.abs)
        known = Arguments(
            values=Values(values.parameters, {}),
            inputs={} if self.grid is None else self.grid.static_inputs(values),
            matrix=matrix,
            source=sources(self.problem, self.terms, self.inner, self.fine, values),
            means=[evaluate_expression(self.problem, m.value, {}, values) for m in self.means.values()],
            inverse=jnp.zeros(()),
            is_regular=jnp.asarray(True),
        )
        return self._preconditioned(known, bound, jnp.zeros(self._size))

    def _aimed(self, args: Arguments) -> tuple[Arguments, Array]:
        """Start of Newton's method: zero, or the first correction from there where that brings F closer to zero."""
        zero = jnp.zeros(self._size)
        here = self._residual(zero, args)
        there = jnp.linalg.norm(self._residual(-here, args)) < jnp.linalg.norm(here)
        guess = jax.lax.stop_gradient(jnp.where(there, -here, zero))
        return self._preconditioned(args, jnp.abs(args.matrix), guess), guess

    def _preconditioned(self, args: Arguments, bound: Array, y: Array) -> Arguments:
        """With P for coefficients averaged at the state y. It steers iterations only: derivatives pass it by."""
        frozen = jax.lax.stop_gradient(args)
        matrix, bound = frozen.matrix, jax.lax.stop_gradient(bound)
        share = _VANISHES
        if self.grid is not None:
            share = _CANCELS
            hats = self._completed(self._hats(y), frozen)
            fields = [hats[..., i] for i in range(len(self.terms))]
            slopes, bounds = self.grid.slopes(fields, frozen.inputs, frozen.values)
            matrix = matrix.astype(hats.dtype)
            for (row, column), slope in slopes.items():
                matrix = matrix.at[..., row, column].add(slope)
                bound = bound.at[..., row, column].add(bounds[row, column])
        for i in self.means:
            matrix = matrix.at[(*self._zeroth, i, i)].add(1)
            bound = bound.at[(*self._zeroth, i, i)].add(1)
        inverse, is_regular = _regular_inverse(matrix, jnp.max(bound, axis=(-2, -1)), share)
        return eqx.tree_at(lambda a: (a.inverse, a.is_regular), args, (inverse, is_regular))


def _regular_inverse(
    matrix: Inexact[Array, "*modes n n"], bound: Float[Array, " *modes"], share: float
) -> tuple[Array, Bool[Array, ""]]:
    """Inverse mode by mode, in which singular values below `share` of `bound` count as `bound` (as 1 where that is 0);
    and whether there were none."""
    stand_in = jnp.where(bound > 0, bound, 1.0)
    if matrix.shape[-1] == 1:
        value = matrix[..., 0, 0]
        vanishes = jnp.abs(value) <= share * bound
        return (1 / jnp.where(vanishes, stand_in, value))[..., None, None], ~jnp.any(vanishes)
    left, sizes, right = jnp.linalg.svd(matrix, full_matrices=False)
    vanishes = sizes <= share * bound[..., None]
    scaled = jnp.conj(jnp.swapaxes(right, -1, -2)) / jnp.where(vanishes, stand_in[..., None], sizes)[..., None, :]
    return scaled @ jnp.conj(jnp.swapaxes(left, -1, -2)), ~jnp.any(vanishes)
