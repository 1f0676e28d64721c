"""A sparse matrix as a lineax operator that knows its entries."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Float

from ._sparsity import Sparsity


class SparseOperator(lx.AbstractLinearOperator):
    """Σ entries[k] at (`sparsity.full_rows[k]`, `sparsity.full_columns[k]`): nothing need be read off by products."""

    entries: Float[Array, " entries"]
    sparsity: Sparsity = eqx.field(static=True)
    transposed: bool = eqx.field(static=True, default=False)

    def mv(self, vector: Array) -> Array:
        rows, columns = self.sparsity.full_rows, self.sparsity.full_columns
        if self.transposed:
            rows, columns = columns, rows
        products = self.entries * vector[jnp.asarray(columns)]
        return jax.ops.segment_sum(products, jnp.asarray(rows), self.sparsity.size)

    def as_matrix(self) -> Array:
        dense = jnp.zeros((self.sparsity.size,) * 2, self.entries.dtype)
        dense = dense.at[self.sparsity.full_rows, self.sparsity.full_columns].add(self.entries)
        return dense.T if self.transposed else dense

    def transpose(self) -> SparseOperator:
        return SparseOperator(self.entries, self.sparsity, not self.transposed)

    def in_structure(self) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct((self.sparsity.size,), self.entries.dtype)

    def out_structure(self) -> jax.ShapeDtypeStruct:
        return self.in_structure()


@lx.linearise.register(SparseOperator)
@lx.conj.register(SparseOperator)
def _(operator: Any) -> Any:
    return operator  # linear and real already


@lx.materialise.register(SparseOperator)
def _(operator: Any) -> Any:
    return lx.MatrixLinearOperator(operator.as_matrix())


@lx.diagonal.register(SparseOperator)
def _(operator: Any) -> Any:
    return jnp.diag(operator.as_matrix())


@lx.is_symmetric.register(SparseOperator)
@lx.is_diagonal.register(SparseOperator)
@lx.is_tridiagonal.register(SparseOperator)
@lx.has_unit_diagonal.register(SparseOperator)
@lx.is_lower_triangular.register(SparseOperator)
@lx.is_upper_triangular.register(SparseOperator)
@lx.is_positive_semidefinite.register(SparseOperator)
@lx.is_negative_semidefinite.register(SparseOperator)
def _(operator: Any) -> bool:
    return False  # not known, and direct factorisations need none of it
