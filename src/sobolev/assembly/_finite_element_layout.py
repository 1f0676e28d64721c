"""Where the coefficients of a statement's unknowns stand in finite element spaces, and where local integrals add up."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array

from ..spaces import FiniteElement
from ._finite_element_boundary import Fixed
from ._finite_element_cells import Block
from ._finite_element_facets import FacetIntegrals
from ._sparsity import Sparsity


class ElementLayout:
    """Coefficients of one field after the other: those in `free` are unknowns y, the others are given.

    - `dofs`: of each field, numbers of its coefficients by cell, (nb, m);
    - `offsets`: where each field's coefficients begin among all;
    - `sparsity`: the pattern of the matrix of the unknowns, bordered by `borders` multipliers;
    - `ranks`: which residual each local integral adds to (cells first, then facets), len(free) for none;
    - `slots`, `facet_slots`: the same of local matrices' entries among those of the matrix.
    """

    def __init__(
        self,
        spaces: Sequence[FiniteElement],
        fixed: Sequence[Fixed],
        blocks: Sequence[Block],
        facets: Sequence[FacetIntegrals],
        borders: int,
    ):
        self.dofs = tuple(s.dofs for s in spaces)
        self.offsets = np.concatenate([[0], np.cumsum([s.size for s in spaces])])
        given = [self.offsets[f.unknown] + f.numbers for f in fixed]
        taken = np.concatenate([*given, np.zeros(0, int)]).astype(int)
        self.free = np.setdiff1d(np.arange(self.offsets[-1]), taken)
        self._place = np.zeros(self.offsets[-1], np.int32)  # of every coefficient in (y, given values)
        self._place[self.free] = np.arange(len(self.free))
        self._place[taken] = len(self.free) + np.arange(len(taken))
        self._rank = np.where(self._place < len(self.free), self._place, len(self.free))
        ranks = [self._ranks(k, d).ravel() for k, d in enumerate(self.dofs)]
        ranks += [self._ranks(k, d[:, f.cells]).ravel() for f in facets for k, d in enumerate(self.dofs)]
        self.ranks = np.concatenate(ranks)
        pairs = [(self._ranks(k, self.dofs[k]), self._ranks(n, self.dofs[n])) for k, n in blocks]
        pairs += [self._facet_ranks(f) for f in facets]
        self.sparsity, slots = _pattern(pairs, len(self.free), borders)
        self.slots: dict[Block, np.ndarray] = dict(zip(blocks, slots, strict=False))
        self.facet_slots = slots[len(blocks) :]

    def _ranks(self, k: int, dofs: np.ndarray, absent: bool = False) -> np.ndarray:
        """Positions of an unknown's coefficients in y; the length of y for those that are given."""
        return np.full(dofs.shape, len(self.free)) if absent else self._rank[self.offsets[k] + dofs]

    def _facet_ranks(self, f: FacetIntegrals) -> tuple[np.ndarray, np.ndarray]:
        """Of test and trial functions of all fields; fields without flux through these facets are not tested."""
        local = [d[:, f.cells] for d in self.dofs]
        test = [self._ranks(k, d, f.fluxes[k] is None) for k, d in enumerate(local)]
        return np.concatenate(test), np.concatenate([self._ranks(k, d) for k, d in enumerate(local)])

    def full(self, y: Array, given: Sequence[Array]) -> Array:
        """All coefficients, from unknowns y (multipliers after them are left out) and given values."""
        known = jax.lax.optimization_barrier(jnp.concatenate([y[: len(self.free)], *given]))
        return known[jnp.asarray(self._place)]

    def fields(self, full: Array) -> list[Array]:
        """The coefficients of each field."""
        return [full[a:b] for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    def locals(self, full: Array) -> list[Array]:
        """The coefficients of each field by cell, (nb, m)."""
        return [u[jnp.asarray(d)] for u, d in zip(self.fields(full), self.dofs, strict=True)]


def _pattern(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], n: int, borders: int
) -> tuple[Sparsity, Sequence[np.ndarray]]:
    """The pattern of n unknowns, and where each local entry goes in it; what belongs to given values goes nowhere."""
    rows, columns = [], []
    for test, trial in pairs:
        shape = (len(test), len(trial), test.shape[1])
        rows.append(np.broadcast_to(test[:, None], shape).ravel())
        columns.append(np.broadcast_to(trial[None], shape).ravel())
    row, column = np.concatenate(rows), np.concatenate(columns)
    inner = (row < n) & (column < n)
    pattern = sparse.coo_array((np.ones(inner.sum(), np.int32), (row[inner], column[inner])), shape=(n, n))
    sparsity = Sparsity.of(sparse.csc_array(pattern), borders)
    keys = sparsity.columns.astype(np.int64) * n + sparsity.rows
    slots = np.searchsorted(keys, column.astype(np.int64) * n + row)
    slots = np.where(inner, slots, len(keys)).astype(np.int32)
    return sparsity, np.split(slots, np.cumsum([len(r) for r in rows])[:-1])
