"""Narrow bands, factorised inside XLA: block elimination along the band, compiled, batched and differentiated.

A matrix of small bandwidth is block tridiagonal in blocks as large as the band is wide. Elimination (Thomas) visits the
blocks one after the other; on a CPU XLA makes of such a loop one compiled function without any call to the host, so
that a family of time steps runs batch by batch on as many threads as there are.
"""

from __future__ import annotations

import functools
from typing import Any

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import scipy.sparse as sparse
import scipy.sparse.csgraph as csgraph
from jaxtyping import Array, Float, PyTree

from ..assembly import Sparsity

_WIDEST = 8  # rows of a block: work grows with their square, and LAPACK's banded factorisation is waiting
_FEWEST = 4  # blocks below which a dense factorisation does as well


class BlockPattern:
    """A pattern as blocks of `width` rows: `order[i]` is the unknown at place i, and places are padded with ones."""

    def __init__(self, size: int, rows: np.ndarray, columns: np.ndarray):
        graph = sparse.csr_matrix(sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size)))
        natural = np.arange(size)
        found = min(
            (
                (_width(order, rows, columns), i, order)
                for i, order in enumerate((natural, csgraph.reverse_cuthill_mckee(sparse.csr_matrix(graph + graph.T))))
            ),
            key=lambda candidate: candidate[:2],
        )
        self.width, _, self.order = found
        self.blocks = -(-size // self.width)
        self.size = size
        self.place = np.empty(size, np.int64)
        self.place[self.order] = natural
        places, others = self.place[rows], self.place[columns]
        if not self.is_narrow:
            return
        # Which entry stands where in the blocks left of, on and right of the diagonal: gathered, since scattering into
        # an array is slow on a CPU. After the last entry come a zero, and a one for the diagonal of the padding.
        block, row = np.divmod(places, self.width)
        other, column = np.divmod(others, self.width)
        self.source = np.full((self.blocks, 3, self.width, self.width), len(rows))
        self.source[block, other - block + 1, row, column] = np.arange(len(rows))
        last, inside = np.divmod(np.arange(size, self.blocks * self.width), self.width)
        self.source[last, 1, inside, inside] = len(rows) + 1

    @property
    def is_narrow(self) -> bool:
        return self.width <= _WIDEST and self.blocks >= _FEWEST


def _width(order: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> int:
    """The smallest blocks in which a pattern is block tridiagonal (one more than `_WIDEST` when they are larger)."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    p, q = place[rows], place[columns]
    return next((w for w in range(1, _WIDEST + 1) if np.abs(p // w - q // w).max(initial=0) <= 1), _WIDEST + 1)


class BlockTridiagonalLU(lx.AbstractLinearSolver):
    """A lineax solver for operators with a narrow band, without pivoting between blocks or inside them.

    Meant for 1 − γhJ of an implicit step, whose elimination is stable when h is small enough: a step whose factors are
    inaccurate shows a large error, and is repeated with half the length. Other systems want `SparseLU`, which pivots.
    With D_i the blocks of the diagonal, L_i and U_i their neighbours: D'_i = D_i − M_i U_{i−1}, M_i = L_i D'_{i−1}⁻¹
    (Golub & Van Loan, Matrix Computations, 4th ed., §4.5.1). Not finite results give `RESULTS.singular`.
    """

    sparsity: Sparsity = eqx.field(static=True)

    @staticmethod
    def takes(sparsity: Sparsity | None) -> bool:
        """Whether a pattern is narrow enough."""
        return sparsity is not None and sparsity.border == 0 and pattern_of(sparsity).is_narrow

    def init(self, operator: lx.AbstractLinearOperator, options: dict[str, Any]) -> PyTree:
        entries = self.sparsity.entries(lx.linearise(operator))
        pattern = pattern_of(self.sparsity)
        parts = jnp.concatenate([entries, jnp.arange(2.0, dtype=entries.dtype)])[pattern.source]

        def eliminate(carry: tuple[Array, Array], part: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
            inverse, upper = carry
            factor = _product(part[0], inverse)
            inverse = _inverse(part[1] - _product(factor, upper))
            return (inverse, part[2]), (factor, inverse)

        nothing = jnp.zeros_like(parts[0, 0])
        _, (factors, inverses) = jax.lax.scan(eliminate, (nothing, nothing), parts)
        return (factors, inverses, parts[:, 2]), eqxi.Static(False)

    def compute(self, state: PyTree, vector: Array, options: dict[str, Any]) -> tuple[Array, lx.RESULTS, dict]:
        (factors, inverses, uppers), transpose = state
        pattern = pattern_of(self.sparsity)
        padding = jnp.zeros(pattern.blocks * pattern.width - pattern.size, vector.dtype)
        right = jnp.concatenate([vector[pattern.order], padding])
        right = right.reshape(pattern.blocks, pattern.width)
        sweep = _transposed if transpose.value else _plain
        found = sweep(factors, inverses, uppers, right).ravel()[pattern.place]
        fine = jnp.all(jnp.isfinite(found))
        return found, lx.RESULTS.where(fine, lx.RESULTS.successful, lx.RESULTS.singular), {}

    def transpose(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        factors, transpose = state
        return (factors, eqxi.Static(not transpose.value)), {}

    def conj(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, {}  # real

    def assume_full_rank(self) -> bool:
        return True


@functools.lru_cache(maxsize=32)
def pattern_of(sparsity: Sparsity) -> BlockPattern:
    """The blocks of a pattern, found once."""
    return BlockPattern(sparsity.size, sparsity.full_rows, sparsity.full_columns)


def _plain(factors: Array, inverses: Array, uppers: Array, right: Float[Array, "blocks width"]) -> Array:
    def down(above: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        factor, r = row
        here = r - _applied(factor, above)
        return here, here

    def up(below: Array, row: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        inverse, upper, r = row
        here = _applied(inverse, r - _applied(upper, below))
        return here, here

    nothing = jnp.zeros_like(right[0])
    _, middle = jax.lax.scan(down, nothing, (factors, right))
    return jax.lax.scan(up, nothing, (inverses, uppers, middle), reverse=True)[1]


def _transposed(factors: Array, inverses: Array, uppers: Array, right: Float[Array, "blocks width"]) -> Array:
    """Both sweeps of `_plain` transposed, in reverse order."""

    def down(carry: Array, row: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        inverse, upper, r = row
        here = _applied(inverse.T, r - carry)
        return _applied(upper.T, here), here

    def up(carry: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        factor, r = row
        here = r - carry
        return _applied(factor.T, here), here

    nothing = jnp.zeros_like(right[0])
    _, middle = jax.lax.scan(down, nothing, (inverses, uppers, right))
    return jax.lax.scan(up, nothing, (factors, middle), reverse=True)[1]


# Sums of products rather than calls of a library for matrices of so few rows: XLA fuses them into the loop.


def _product(a: Array, b: Array) -> Array:
    return jnp.sum(a[:, :, None] * b[None], axis=1)


def _applied(a: Array, x: Array) -> Array:
    return jnp.sum(a * x[None], axis=1)


def _inverse(matrix: Array) -> Array:
    """Gauss and Jordan's elimination, without pivoting."""
    identity = np.eye(matrix.shape[0])
    inverse = jnp.asarray(identity, matrix.dtype)
    for k in range(len(identity)):
        # Row k divided by its pivot, and taken off the others: one rank-one change of the whole.
        pivot, column = matrix[k, k], matrix[:, k] - identity[:, k]
        row, other = matrix[k] / pivot, inverse[k] / pivot
        matrix, inverse = matrix - column[:, None] * row[None], inverse - column[:, None] * other[None]
    return inverse
