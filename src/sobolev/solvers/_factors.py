"""Sparse factorisations on the host: banded (LAPACK) and general (SuperLU), as pure callbacks.

Both take the entries of a matrix whose pattern is static. The banded factors travel through JAX as arrays. SuperLU's
cannot; its solves take the matrix itself and look the factors up in a small memory of recent ones, by content: the
result depends on nothing but the arguments.
"""

from __future__ import annotations

import collections
import functools
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg.lapack as lapack
import scipy.sparse as sparse
import scipy.sparse.csgraph as csgraph
import scipy.sparse.linalg as sparse_linalg
from jaxtyping import Array, Float

from ._conjugate import conjugate_gradients, is_positive
from ._host import on_host
from ._ordering import empty_pivots, paired_order

_REMEMBERED = 6
_WEAK = 0.1  # of the largest entry of its column: a pivot that threshold pivoting may not keep


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
    """SuperLU in an order that suits the matrix; partial pivoting where threshold pivoting loses accuracy.

    Minimum degree, of pairs in saddle points (`paired_order`, found once). `fills`: factors are dense in large parts,
    as in three dimensions. Conjugate gradients then have the first try.
    """

    def __init__(self, size: int, rows: np.ndarray, columns: np.ndarray, fills: bool = False):
        self.size, self.fills = size, fills
        pattern = sparse.csc_array((np.arange(1, len(rows) + 1), (rows, columns)), shape=(size, size))
        pattern.sort_indices()
        self._slots = pattern.data - 1
        self._indices, self._indptr = pattern.indices, pattern.indptr
        self._memory: collections.OrderedDict[int, tuple[np.ndarray, Factors | None]] = collections.OrderedDict()
        self._order: tuple[np.ndarray, np.ndarray] | None = None  # of unknowns, and the empty pivots it was made for
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
        found, factors = self._remembered(entries)
        if found:
            return (np.full(self.size, np.nan) if factors is None else factors.solve(right, transpose),)
        matrix = self._matrix(entries)
        if self.fills and is_positive(matrix):
            solution = conjugate_gradients(matrix, right)
            if solution is not None:
                return (solution,)
        factors = self._factors(entries, matrix)
        return (np.full(self.size, np.nan) if factors is None else factors.solve(right, transpose),)

    def _remembered(self, entries: np.ndarray) -> tuple[bool, Factors | None]:
        with self._lock:
            for key, (known, factors) in reversed(self._memory.items()):
                if np.array_equal(known, entries):
                    self._memory.move_to_end(key)
                    return True, factors
        return False, None

    def _factors(self, entries: np.ndarray, matrix: sparse.csc_array) -> Factors | None:
        factors = Factors.of(matrix, self._ordering(matrix))
        if self._order is None and factors is not None and factors.found is not None:
            self._order = factors.found, empty_pivots(matrix)
        with self._lock:
            self._memory[max(self._memory, default=0) + 1] = (entries.copy(), factors)
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
        return factors

    def _ordering(self, matrix: sparse.csc_array) -> np.ndarray | None:
        empty = empty_pivots(matrix)
        known = self._order
        if known is None or not np.array_equal(known[1], empty):
            if not empty.any():
                return None  # SuperLU finds one, which is kept
            known = self._order = (paired_order(matrix, empty), empty)
        return known[0]


@dataclass(frozen=True, eq=False)
class Factors:
    """L and U of a matrix whose unknowns have been put in an order, and whose rows have been scaled.

    `found` is the order that SuperLU chose by itself.
    """

    matrix: sparse.csc_array
    order: np.ndarray
    scales: np.ndarray  # of the rows
    factors: Any
    found: np.ndarray | None = None

    @staticmethod
    def of(matrix: sparse.csc_array, order: np.ndarray | None) -> Factors | None:
        """None when a pivot vanishes. Threshold pivoting is checked on one vector, then replaced."""
        size = len(matrix.indptr) - 1
        straight = np.arange(size)
        right, scales = matrix @ np.ones(size), _row_scales(matrix)
        scaled = matrix
        if (scales != 1).any():
            entries = matrix.data * scales[matrix.indices]
            scaled = sparse.csc_array((entries, matrix.indices, matrix.indptr), matrix.shape)
        threshold = {"diag_pivot_thresh": 0.01, "options": {"SymmetricMode": True}}
        first = "MMD_AT_PLUS_A" if order is None else "NATURAL"
        tries = [(straight if order is None else order, {"permc_spec": first, **threshold})]
        for places, options in (*tries, (straight, {"permc_spec": "COLAMD"})):
            shown = scaled if places is straight else sparse.csc_array(scaled[places][:, places])
            try:
                made = sparse_linalg.splu(sparse.csc_matrix(shown), **options)
            except RuntimeError:  # SuperLU's word for an exact zero pivot
                continue
            chosen = np.argsort(made.perm_c) if options["permc_spec"] == "MMD_AT_PLUS_A" else None
            found = Factors(matrix, places, scales, made, chosen)
            gap = np.abs(matrix @ found._once(right, "N") - right).max()
            if gap <= 1e-8 * np.abs(right).max() + 1e-300:
                return found
        return None

    def solve(self, right: np.ndarray, transpose: bool) -> np.ndarray:
        """A⁻¹ b or A⁻ᵀ b, with one step of iterative refinement."""
        shown, mode = (self.matrix.T, "T") if transpose else (self.matrix, "N")
        found = self._once(right, mode)
        return found + self._once(right - shown @ found, mode)

    def _once(self, right: np.ndarray, mode: str) -> np.ndarray:
        found = np.empty_like(right)
        if mode == "N":
            found[self.order] = self.factors.solve((self.scales * right)[self.order])
            return found
        found[self.order] = self.factors.solve(right[self.order], trans=mode)
        return self.scales * found


def _row_scales(matrix: sparse.csc_array) -> np.ndarray:
    """Powers of two that bring rows to a largest entry of about one, where that lets more pivots stay on the diagonal.

    Waves as first-order systems have rows K u + c M v = … and c M u − M v = …: with short steps and fine meshes the
    pivots c M of u are small beside K, other rows are taken instead, and factors fill up. Saddle points keep theirs.
    """
    diagonal = abs(matrix.diagonal())
    columns, rows = (np.asarray(abs(matrix).max(axis=a).todense()).ravel() for a in (0, 1))
    if (diagonal == 0).any() or (diagonal >= _WEAK * columns).all():
        return np.ones(len(diagonal))
    return 2.0 ** -np.round(np.log2(rows))
