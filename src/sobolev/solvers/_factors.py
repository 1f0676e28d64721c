"""Sparse factorisations on the host: banded (LAPACK) and general (SuperLU), as pure callbacks.

Both take the entries of a matrix whose pattern is static. The banded factors travel through JAX as arrays. SuperLU's
cannot; its solves take the matrix itself and look the factors up in a small memory of recent ones, by content: the
result depends on nothing but the arguments.
"""

from __future__ import annotations

import collections
import functools
import threading

import numpy as np
import scipy.linalg.lapack as lapack
import scipy.sparse as sparse
import scipy.sparse.csgraph as csgraph
import scipy.sparse.linalg as sparse_linalg
from jaxtyping import Array, Float

from ._conjugate import conjugate_gradients, is_positive
from ._host import on_host

_REMEMBERED = 6


class Banded:
    """LU with partial pivoting of a matrix of small bandwidth (after reordering by reverse Cuthill–McKee)."""

    def __init__(self, size: int, rows: np.ndarray, columns: np.ndarray):
        self.size = size
        pattern = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
        self.order = csgraph.reverse_cuthill_mckee(sparse.csr_matrix(pattern + pattern.T), symmetric_mode=True)
        place = np.empty(size, np.int64)
        place[self.order] = np.arange(size)
        self._rows, self._columns = place[rows], place[columns]
        self.lower = int(max((self._rows - self._columns).max(), 0))
        self.upper = int(max((self._columns - self._rows).max(), 0))
        self._height = 2 * self.lower + self.upper + 1

    @property
    def bandwidth(self) -> int:
        return max(self.lower, self.upper)

    def factor(self, entries: Float[Array, " entries"]) -> tuple[Array, Array]:
        kinds = (((self.size, self._height), np.float64), ((self.size,), np.int32))
        return on_host(self._factor, kinds, entries)

    def _factor(self, entries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        band = np.zeros((self._height, self.size), order="F")
        np.add.at(band, (self.lower + self.upper + self._rows - self._columns, self._columns), entries)
        if not np.isfinite(entries).all():
            return np.full((self.size, self._height), np.nan), np.zeros(self.size, np.int32)
        factors, pivots, info = lapack.dgbtrf(band, self.lower, self.upper, overwrite_ab=True)
        if info > 0:
            factors[:] = np.nan  # an exact zero pivot: what follows is reported as singular
        return factors.T, pivots.astype(np.int32)

    def solve(self, factors: tuple[Array, Array], right: Float[Array, " size"], transpose: bool) -> Array:
        kinds = (((self.size,), np.float64),)
        (solution,) = on_host(functools.partial(self._solve, transpose), kinds, *factors, right)
        return solution

    def _solve(self, transpose: bool, factors: np.ndarray, pivots: np.ndarray, right: np.ndarray) -> tuple[np.ndarray]:
        solution, _ = lapack.dgbtrs(factors.T, self.lower, self.upper, right[self.order], pivots, trans=int(transpose))
        result = np.empty(self.size)
        result[self.order] = solution
        return (result,)


class General:
    """SuperLU with minimum-degree ordering; partial pivoting where threshold pivoting loses accuracy.

    `fills`: factors are dense in large parts, as in three dimensions. Conjugate gradients then have the first try.
    """

    def __init__(self, size: int, rows: np.ndarray, columns: np.ndarray, fills: bool = False):
        self.size, self.fills = size, fills
        pattern = sparse.csc_array((np.arange(1, len(rows) + 1), (rows, columns)), shape=(size, size))
        pattern.sort_indices()
        self._slots = pattern.data - 1
        self._indices, self._indptr = pattern.indices, pattern.indptr
        self._memory: collections.OrderedDict[int, tuple[np.ndarray, object]] = collections.OrderedDict()
        self._lock = threading.Lock()

    def factor(self, entries: Float[Array, " entries"]) -> tuple[Array]:
        return (entries,)

    def solve(self, factors: tuple[Array], right: Float[Array, " size"], transpose: bool) -> Array:
        kinds = (((self.size,), np.float64),)
        (solution,) = on_host(functools.partial(self._solve, transpose), kinds, *factors, right)
        return solution

    def _matrix(self, entries: np.ndarray) -> sparse.csc_array:
        return sparse.csc_array((entries[self._slots], self._indices, self._indptr), shape=(self.size, self.size))

    def _solve(self, transpose: bool, entries: np.ndarray, right: np.ndarray) -> tuple[np.ndarray]:
        if not (np.isfinite(entries).all() and np.isfinite(right).all()):
            return (np.full(self.size, np.nan),)
        matrix = self._matrix(entries)
        shown = matrix.T if transpose else matrix
        if self.fills and is_positive(matrix):
            found = conjugate_gradients(matrix, right)
            if found is not None:
                return (found,)
        factors = self._factors(entries, matrix)
        if factors is None:
            return (np.full(self.size, np.nan),)
        mode = "T" if transpose else "N"
        solution = factors.solve(right, trans=mode)
        solution += factors.solve(right - shown @ solution, trans=mode)
        return (solution,)

    def _factors(self, entries: np.ndarray, matrix: sparse.csc_array):
        with self._lock:
            for key, (known, factors) in reversed(self._memory.items()):
                if np.array_equal(known, entries):
                    self._memory.move_to_end(key)
                    return factors
        factors = _superlu(matrix)
        with self._lock:
            self._memory[max(self._memory, default=0) + 1] = (entries.copy(), factors)
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
        return factors


def _superlu(matrix: sparse.csc_array):
    """Factors, or None when a pivot vanishes. Threshold pivoting is checked on one vector, then replaced."""
    right = matrix @ np.ones(len(matrix.indptr) - 1)
    for options in (
        {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.01, "options": {"SymmetricMode": True}},
        {"permc_spec": "COLAMD"},
    ):
        try:
            factors = sparse_linalg.splu(sparse.csc_matrix(matrix), **options)
        except RuntimeError:  # SuperLU's word for an exact zero pivot
            continue
        gap = np.abs(matrix @ factors.solve(right) - right).max()
        if gap <= 1e-8 * np.abs(right).max() + 1e-300:
            return factors
    return None
