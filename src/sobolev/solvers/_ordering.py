"""Orders of elimination for saddle points, whose factors SuperLU's own orderings let fill up."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse
import scipy.sparse.csgraph as csgraph
import scipy.sparse.linalg as sparse_linalg

_FULL = 10.0  # times √size: rows with more entries (means, multipliers) are eliminated last
_STRONG = 0.5  # of the largest entry of its row: what a zero pivot is paired with


def empty_pivots(matrix: sparse.csc_array) -> np.ndarray:
    """Which diagonal entries are zero, full rows left aside."""
    entries = np.diff(matrix.indptr)
    return (matrix.diagonal() == 0) & (entries <= _FULL * len(entries) ** 0.5)


def paired_order(matrix: sparse.csc_array, empty: np.ndarray) -> np.ndarray:
    """An order in which every unknown with an `empty` pivot directly follows one that it is strongly coupled to.

    Pressures have no pivot until a velocity beside them is gone: an ordering that takes them earlier ends with pivots
    far from the diagonal, and fill that it did not foresee. Here each is paired with a neighbour (a matching of the
    bipartite graph of large entries), minimum degree orders the pairs, and the pivots of a pair stay on the diagonal:
    Duff & Pralet (SIAM J. Matrix Anal. Appl. 27, 2005).
    """
    size = len(matrix.indptr) - 1
    # Stored zeros count: the next matrix of this pattern has something there, and factors keep places for them.
    stored = sparse.csc_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
    pattern = sparse.csr_array(stored + stored.T)
    full = np.diff(pattern.indptr) > _FULL * size**0.5
    hosts, guests = np.flatnonzero(~empty & ~full), np.flatnonzero(empty)
    pair = np.full(size, -1)
    pair[hosts] = np.arange(len(hosts))
    pair[guests] = _hosts(sparse.csr_array((abs(matrix) + abs(matrix.T))[guests][:, hosts]))
    inside = np.flatnonzero(pair >= 0)
    merge = sparse.csr_array((np.ones(len(inside)), (pair[inside], inside)), shape=(len(hosts), size))
    graph = sparse.csc_array(merge @ pattern @ merge.T)
    graph.data[:] = -1.0
    dominant = graph + sparse.diags_array(1.0 - graph.sum(0))  # so that all pivots are good: the order is all we want
    rank = sparse_linalg.splu(
        sparse.csc_matrix(dominant), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    ).perm_c
    place = np.full(size, len(hosts))
    place[inside] = rank[pair[inside]]
    return np.lexsort((empty, place))


def _hosts(couplings: sparse.csr_array) -> np.ndarray:
    """A column for each row, as far as possible another one for each, among its large entries; −1 for empty rows."""
    counts = np.diff(couplings.indptr)
    largest = couplings.max(axis=1).toarray().ravel()
    strong = sparse.csr_matrix(couplings)
    strong.data[strong.data < _STRONG * np.repeat(largest, counts)] = 0
    strong.eliminate_zeros()
    found = csgraph.maximum_bipartite_matching(strong, perm_type="column")
    some = np.full(len(counts), -1)
    some[np.diff(strong.indptr) > 0] = strong.indices[strong.indptr[:-1][np.diff(strong.indptr) > 0]]
    return np.where(found >= 0, found, some)
