"""Direct solves of linear systems whose pattern is known."""

from __future__ import annotations

import functools
from typing import Any

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import jax.scipy as jsp
import lineax as lx
from jaxtyping import Array, PyTree

from ..assembly import SparseOperator, Sparsity
from ._factors import Banded, General

_DENSE = 96  # unknowns up to which a dense factorisation inside JAX is as fast as a callback
_BAND = 80  # bandwidth up to which LAPACK's banded factorisation beats SuperLU
_WIDE = (800, 5.0)  # bandwidth, absolute and over √size, beyond which factors fill up: in three dimensions


class SparseLU(lx.AbstractLinearSolver):
    """A lineax solver for square, non-singular operators with a known pattern.

    The entries are read off by one product per colour of the pattern (a `SparseOperator` knows them), then factorised:
    dense inside JAX (small systems, or no pattern), banded by LAPACK, or by SuperLU. Where factors would fill up and
    the matrix is positive, conjugate gradients to rounding stand in for them. Transposed systems reuse the
    factors, so that solves can be differentiated in both modes. Systems that are singular to working precision, i.e.
    whose solution is so large that rounding errors in A alone explain the right-hand side, give `RESULTS.singular`.
    """

    sparsity: Sparsity | None = eqx.field(static=True, default=None)

    def init(self, operator: lx.AbstractLinearOperator, options: dict[str, Any]) -> PyTree:
        operator = lx.linearise(operator)
        size = operator.in_size()
        if self.sparsity is None or size <= _DENSE:
            matrix = _dense(operator)
            scale = jnp.max(jnp.abs(matrix), initial=0.0)
            return jsp.linalg.lu_factor(matrix), scale, eqxi.Static(False)
        if isinstance(operator, SparseOperator) and not operator.transposed:
            entries = operator.entries
        else:
            entries = self.sparsity.entries(operator)
        return self._engine.factor(entries), jnp.max(jnp.abs(entries)), eqxi.Static(False)

    @property
    def _engine(self) -> Banded | General:
        return _engine(self.sparsity)

    def compute(self, state: PyTree, vector: Array, options: dict[str, Any]) -> tuple[Array, lx.RESULTS, dict]:
        factors, scale, transpose = state
        if self.sparsity is None or vector.shape[0] <= _DENSE:
            solution = jsp.linalg.lu_solve(factors, vector, trans=int(transpose.value))
        else:
            solution = self._engine.solve(factors, vector, transpose.value)
        largest = jnp.max(jnp.abs(solution), initial=0.0)
        noise = scale * largest * jnp.finfo(vector.dtype).eps
        bad = ~jnp.isfinite(largest) | (noise > 1e-2 * jnp.max(jnp.abs(vector), initial=0.0)) & (largest > 0)
        result = lx.RESULTS.where(bad, lx.RESULTS.singular, lx.RESULTS.successful)
        return solution, result, {}

    def transpose(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        factors, scale, transpose = state
        return (factors, scale, eqxi.Static(not transpose.value)), {}

    def conj(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, {}  # operators on grids are real

    def assume_full_rank(self) -> bool:
        return True


@functools.lru_cache(maxsize=32)
def _engine(sparsity: Sparsity) -> Banded | General:
    """The factorisation that suits a pattern, prepared once."""
    banded = Banded(sparsity.size, sparsity.full_rows, sparsity.full_columns)
    if banded.bandwidth <= _BAND:
        return banded
    fills = banded.bandwidth > max(_WIDE[0], _WIDE[1] * sparsity.size**0.5)
    return General(sparsity.size, sparsity.full_rows, sparsity.full_columns, fills)


def _dense(operator: lx.AbstractLinearOperator) -> Array:
    # The barrier keeps XLA from folding products of constants, which takes it seconds for large systems.
    identity = jax.lax.optimization_barrier(jnp.eye(operator.in_size()))
    return jax.vmap(operator.mv, out_axes=1)(identity)
