"""Where a Jacobian can be non-zero, and how few products with it reveal all of its entries."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array, Float


@dataclass(frozen=True, eq=False)
class Sparsity:
    """Pattern of a square matrix: `rows[k], columns[k]` of its inner entries, in column order.

    The last `border` rows and columns are full (means and their multipliers); the pattern is that of the rest.
    """

    size: int
    rows: np.ndarray
    columns: np.ndarray
    border: int = 0

    @property
    def inner(self) -> int:
        """Size without the border."""
        return self.size - self.border

    @staticmethod
    def of(pattern: sparse.sparray, border: int = 0) -> Sparsity:
        """From any sparse matrix that stores an entry where the inner Jacobian may have one; the diagonal is added."""
        n = pattern.shape[0]
        stored = sparse.csc_array(pattern)
        ones = sparse.csc_array((np.ones(stored.nnz, np.int32), stored.indices, stored.indptr), shape=(n, n))
        full = sparse.csc_array(ones + sparse.eye_array(n, dtype=np.int32))
        full.sum_duplicates()
        full.sort_indices()
        columns = np.repeat(np.arange(n), np.diff(full.indptr))
        return Sparsity(n + border, full.indices.astype(np.int32), columns.astype(np.int32), border)

    @functools.cached_property
    def colours(self) -> np.ndarray:
        """A colour for each inner column; columns of one colour share no row (Curtis, Powell & Reid, 1974)."""
        return _colouring(self.rows, self.columns, self.inner)

    @functools.cached_property
    def full_rows(self) -> np.ndarray:
        """Rows of all entries, border included, in the order of `entries`."""
        n, m = self.inner, self.border
        wide = [np.arange(self.size)] * m
        long = [np.full(n, n + k) for k in range(m)]
        return np.concatenate([self.rows, *wide, *long]).astype(np.int32)

    @functools.cached_property
    def full_columns(self) -> np.ndarray:
        """Columns of all entries, border included, in the order of `entries`."""
        n, m = self.inner, self.border
        wide = [np.full(self.size, n + k) for k in range(m)]
        long = [np.arange(n)] * m
        return np.concatenate([self.columns, *wide, *long]).astype(np.int32)

    def entries(self, operator: lx.AbstractLinearOperator) -> Float[Array, " entries"]:
        """Values of an operator with this pattern at (`full_rows`, `full_columns`): one product per colour."""
        n, m = self.inner, self.border
        count = int(self.colours.max()) + 1
        # The barrier keeps XLA from folding products of constants, which takes it seconds on large grids.
        labels = np.concatenate([self.colours, count + np.arange(m)])
        labels = jax.lax.optimization_barrier(jnp.asarray(labels))
        seeds = (labels == jnp.arange(count + m)[:, None]).astype(float)
        products = jax.vmap(operator.mv)(seeds)
        values = [products[labels[self.columns], self.rows], products[count:].ravel()]
        if m:
            ends = seeds[count:]
            values.append(jax.vmap(operator.transpose().mv)(ends)[:, :n].ravel())
        return jnp.concatenate(values)


def _colouring(rows: np.ndarray, columns: np.ndarray, n: int) -> np.ndarray:
    """Greedy colouring of the columns, in rounds of independent sets (Jones & Plassmann, 1993)."""
    pattern = sparse.csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=(n, n))
    graph = sparse.csr_array(pattern.T @ pattern)
    graph.setdiag(0)
    graph.eliminate_zeros()
    source = np.repeat(np.arange(n), np.diff(graph.indptr))
    target = graph.indices
    order = np.random.default_rng(0).permutation(n)
    colours = np.full(n, -1)
    used = np.zeros((n, 8), bool)
    while (colours < 0).any():
        waiting = colours < 0
        active = waiting[source] & waiting[target]
        source, target = source[active], target[active]
        beaten = np.zeros(n, bool)
        beaten[source[order[source] < order[target]]] = True
        chosen = np.flatnonzero(waiting & ~beaten)
        if used[chosen].all(1).any():
            used = np.concatenate([used, np.zeros_like(used)], 1)
        colours[chosen] = np.argmin(used[chosen], 1)
        touched = np.zeros(n, bool)
        touched[chosen] = True
        edge = touched[source]
        used[target[edge], colours[source[edge]]] = True
    return colours
