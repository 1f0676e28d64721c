"""The lowest eigenpairs of large sparse pencils, on the host, and their derivatives."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import scipy.linalg
import scipy.sparse as sparse
import scipy.sparse.linalg as sparse_linalg
from jaxtyping import Array

from .._core import ConvergenceError
from ..assembly import SparseOperator, Sparsity
from ._host import on_host
from ._sparse import SparseLU

_DENSE = 300  # rows up to which LAPACK finds all eigenvalues
_SYMMETRIC = 1e-12  # of the largest entry: asymmetry that is rounding
_REAL = 1e-7  # imaginary parts below this share of an eigenvalue are rounding
_DOUBLINGS = 60


def sparse_eigenpairs(a: Array, b: Array, sparsity: Sparsity, count: int) -> tuple[Array, Array]:
    """(E, y): the `count` lowest eigenvalues of A y = E B y in increasing order, and yᵀBy = 1 as columns.

    By shift and invert around a number below all of them, which the signs of the pivots of A − σB prove where both
    are symmetric (Sylvester's law of inertia). Differentiable with respect to the entries where eigenvalues are simple:
    one Newton step from the pair found, on (A − E B) y = 0, yᵀBy = 1, has the value of the pair and the slope of the
    implicit function. For pencils that are not symmetric, E is differentiated with the left eigenvector.
    """
    n = sparsity.size

    def found(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
        return host_eigenpairs(a, b, sparsity, count)

    kinds = (((count,), np.float64), ((n, count), np.float64), ((n, count), np.float64))
    values, right, left = on_host(found, kinds, *map(jax.lax.stop_gradient, (a, b)))
    pairs = [_stepped(a, b, sparsity, values[k], right[:, k], left[:, k]) for k in range(count)]
    return jnp.stack([e for e, _ in pairs]), jnp.stack([y for _, y in pairs], 1)


def host_eigenpairs(
    a: np.ndarray, b: np.ndarray, sparsity: Sparsity, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues, right and left eigenvectors as columns, in NumPy. `ConvergenceError` where too few are real."""
    rows, columns, n = sparsity.full_rows, sparsity.full_columns, sparsity.size
    first, second = (sparse.csc_array((np.asarray(e), (rows, columns)), shape=(n, n)) for e in (a, b))
    return _lowest(first, second, count)


def _stepped(a: Array, b: Array, sparsity: Sparsity, e: Array, y: Array, w: Array) -> tuple[Array, Array]:
    """The pair, with the derivatives it has by the implicit function theorem."""
    ay, by = (SparseOperator(m, sparsity).mv(y) for m in (a, b))
    value = e + w @ (ay - e * by) / jax.lax.stop_gradient(w @ by)
    n = sparsity.size
    wide = Sparsity(n + 1, sparsity.full_rows, sparsity.full_columns, 1)
    fixed = jax.lax.stop_gradient
    edge = fixed(by)
    across = fixed(SparseOperator(b, sparsity).transpose().mv(y))
    entries = jnp.concatenate([fixed(a - e * b), edge, jnp.zeros(1), across])
    gap = jnp.concatenate([ay - value * by, (y @ by - 1)[None] / 2])
    solution = lx.linear_solve(SparseOperator(entries, wide), gap, SparseLU(wide), throw=False)
    step = jnp.where(solution.result == lx.RESULTS.successful, solution.value, jnp.nan)  # not simple: no derivative
    return value, y - step[:n]


def _lowest(a: Any, b: Any, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = a.shape[0]
    if b.diagonal().sum() < 0:
        a, b = -a, -b
    symmetric = all(abs(m - m.T).max() <= _SYMMETRIC * abs(m).max() for m in (a, b))
    if count >= n - 1:
        raise _few(count, n)
    if not symmetric:
        return _general(a, b, count)
    if n <= _DENSE:
        values, y = scipy.linalg.eigh(a.toarray(), b.toarray(), subset_by_index=[0, count - 1])
        return values, y, y
    start = np.random.default_rng(0).standard_normal(n)
    pair: Any = sparse_linalg.eigsh(a, count, b, sigma=_below(a, b), v0=start)
    values, y = pair
    order = np.argsort(values)
    y = y[:, order] / np.sqrt(np.einsum("ij,ij->j", y[:, order], b @ y[:, order]))
    return values[order], y, y


def _below(a: Any, b: Any) -> float:
    """A number below all eigenvalues, not by much: doubled until A − σB has no negative pivot."""
    ones = np.ones(a.shape[0])
    step = 1e-2 * max(abs(float(ones @ (a @ ones))) / float(ones @ (b @ ones)), 1e-6)
    shift = -step
    for _ in range(_DOUBLINGS):
        options = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
        factors: Any = sparse_linalg.splu(sparse.csc_matrix(a - shift * b), **options)
        if (factors.U.diagonal() > 0).all():
            return shift
        shift *= 2
    raise ConvergenceError("No number below all eigenvalues was found.", given=f"down to {shift:.3g}")


def _general(a: Any, b: Any, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = a.shape[0]
    if n <= _DENSE:
        found: Any = scipy.linalg.eig(a.toarray(), b.toarray(), left=True, right=True)
        values, left, right = found
    else:
        start = np.random.default_rng(0).standard_normal(n)
        ones = np.ones(n)
        shift = -1e-2 * max(abs(float(ones @ (a @ ones)) / float(ones @ (b @ ones))), 1e-6)
        wanted = min(2 * count + 4, n - 2)
        plain: Any = sparse_linalg.eigs(a, wanted, b, sigma=shift, v0=start)
        mirrored: Any = sparse_linalg.eigs(a.T.tocsc(), wanted, b.T.tocsc(), sigma=shift, v0=start)
        values, right = plain
        nearest = np.abs(mirrored[0][None] - values[:, None].conj()).argmin(1)
        left = mirrored[1][:, nearest]
    real = np.flatnonzero(np.isfinite(values) & (np.abs(values.imag) <= _REAL * (1 + np.abs(values))))
    chosen = real[np.argsort(values[real].real)][:count]
    if len(chosen) < count:
        raise _few(count, len(chosen))
    y, w = np.real(right[:, chosen]), np.real(left[:, chosen])
    y = y / np.sqrt(np.abs(np.einsum("ij,ij->j", y, b @ y)))
    return values[chosen].real, y, w


def _few(count: int, found: int) -> ConvergenceError:
    return ConvergenceError(
        "Fewer eigenvalues than asked for are real.",
        given=str(found),
        expected=str(count),
        fix="more points, or fewer pairs; complex ones say that the equation is not self-adjoint",
    )
