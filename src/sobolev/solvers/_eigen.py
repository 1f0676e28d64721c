"""The lowest eigenpairs of A y = E B y, and how they move with A and B."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.linalg
import scipy.sparse as sparse
import scipy.sparse.linalg as sparse_linalg
from jaxtyping import Array

from .._core import ConvergenceError
from ._host import on_host

_DENSE = 600  # rows up to which all eigenvalues are found
_REAL = 1e-7  # imaginary parts below this share of an eigenvalue are rounding


@dataclass(frozen=True)
class Eigenpairs:
    """Eigenvalues in increasing order, right and left eigenvectors as columns."""

    values: np.ndarray
    right: np.ndarray
    left: np.ndarray

    def slopes(self, moves: Mapping[str, tuple[np.ndarray, np.ndarray]], b: np.ndarray) -> dict[str, np.ndarray]:
        """∂E/∂p = wᴴ(∂A − E ∂B)y / wᴴBy (Hellmann & Feynman; w the left eigenvector), for simple eigenvalues."""
        w, y = self.left.conj().T, self.right
        size = np.einsum("ij,ji->i", w, b @ y)
        return {
            name: np.real((np.einsum("ij,ji->i", w, da @ y) - self.values * np.einsum("ij,ji->i", w, db @ y)) / size)
            for name, (da, db) in moves.items()
        }


def lowest_eigenpairs(a: np.ndarray, b: np.ndarray, count: int, shift: float | None = None) -> Eigenpairs:
    """The `count` lowest real eigenvalues: all of them by LAPACK for small matrices, by shift and invert for large.

    `shift`: a number below the lowest eigenvalue, for shift and invert (None: all eigenvalues are found).
    `ConvergenceError` where fewer than `count` are real and finite.
    """
    if len(a) <= _DENSE or shift is None:
        found: Any = scipy.linalg.eig(a, b, left=True, right=True)
        values, left, right = found
    else:
        operator, mass = sparse.csc_array(a), sparse.csc_array(b)
        plain: Any = sparse_linalg.eigs(operator, count, mass, sigma=shift)
        transposed: Any = sparse_linalg.eigs(operator.T, count, mass.T, sigma=shift)
        (values, right), (mirrored, left) = plain, transposed
        order = np.argsort(values.real), np.argsort(mirrored.real)
        values, right, left = values[order[0]], right[:, order[0]], left[:, order[1]].conj()
    finite = np.isfinite(values) & (np.abs(values.imag) <= _REAL * (1 + np.abs(values)))
    chosen = np.flatnonzero(finite)[np.argsort(values[finite].real)][:count]
    if len(chosen) < count:
        raise ConvergenceError(
            "Fewer eigenvalues than asked for are real.",
            given=f"{len(chosen)} of {len(a)}",
            expected=str(count),
            fix="more points, or fewer pairs; complex ones say that the equation is not self-adjoint",
        )
    return Eigenpairs(values[chosen].real, np.real(right[:, chosen]), np.real(left[:, chosen]))


def dense_eigenpairs(a: Array, b: Array, count: int) -> tuple[Array, Array]:
    """The lowest pairs (E, y as columns) of full matrices that JAX may be tracing, differentiable in both.

    The pair is found by LAPACK on the host; one step of Newton's method from it, on (A − E B) y = 0 with the size of y
    kept, has its derivatives by the implicit function theorem. Eigenvalues must be simple.
    """
    n = a.shape[0]

    def found(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
        pairs = lowest_eigenpairs(a, b, count)
        return pairs.values, pairs.right, pairs.left

    kinds = (((count,), np.float64), ((n, count), np.float64), ((n, count), np.float64))
    fixed = jax.lax.stop_gradient
    values, right, left = on_host(found, kinds, fixed(a), fixed(b))
    energies, functions = [], []
    for e, y, w in zip(values, right.T, left.T, strict=True):
        by = b @ y
        energies.append(e + w @ (a @ y - e * by) / fixed(w @ by))
        matrix = jnp.block([[fixed(a - e * b), fixed(by)[:, None]], [fixed(y)[None], jnp.zeros((1, 1))]])
        gap = jnp.concatenate([a @ y - e * by, jnp.zeros(1)])
        functions.append(y - jnp.linalg.solve(matrix, gap)[:n])
    return jnp.stack(energies), jnp.stack(functions, 1)
