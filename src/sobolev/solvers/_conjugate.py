"""Conjugate gradients on the host, for matrices whose factors would fill up."""

from __future__ import annotations

from typing import Any

import numpy as np

_TOLERANCE = 1e-12  # of ‖b‖: what a factorisation would leave, for all that follows
_ROUNDING = 1e-15  # of max|A| ‖y‖: smaller residuals are rounding errors
_SYMMETRIC = 1e-12  # of entries: asymmetry, and sums of rows, that are rounding
_MOST_STEPS = 2_000


def is_positive(matrix: Any) -> bool:
    """Whether a sparse matrix may be symmetric and positive definite, as far as entries and diagonal tell.

    One that annihilates constants is not: conjugate gradients would solve such a system where it is consistent, and
    hide that its solution is not the only one.
    """
    if not (matrix.diagonal() > 0).all():
        return False
    ones = np.ones(matrix.shape[1])
    if (np.abs(matrix @ ones) <= _SYMMETRIC * (abs(matrix) @ ones)).all():
        return False
    # A v = Aᵀ v for one vector at random: of all unsymmetric matrices, none in practice.
    v = np.random.default_rng(0).uniform(0.5, 1.5, len(ones))
    return bool((np.abs(matrix @ v - matrix.T @ v) <= _SYMMETRIC * (abs(matrix) @ v)).all())


def conjugate_gradients(matrix: Any, right: np.ndarray) -> np.ndarray | None:
    """y with A y = b to ‖b − A y‖ ≤ 1e-12 ‖b‖, preconditioned by the diagonal; None where that is not reached.

    A symmetric (Hestenes & Stiefel, 1952). A direction in which A is not positive ends it, with None: so do too many
    steps, of which there are about 14 √κ for the condition κ of the matrix scaled to a diagonal of ones.
    """
    inverse = 1 / matrix.diagonal()
    largest = float(abs(matrix).max())
    y, r = np.zeros_like(right), right.copy()
    z = inverse * r
    p, rho = z.copy(), r @ z
    wanted = _TOLERANCE * np.linalg.norm(right)
    for _ in range(_MOST_STEPS):
        if np.linalg.norm(r) <= max(wanted, _ROUNDING * largest * np.linalg.norm(y)):
            return y
        q = matrix @ p
        steepness = p @ q
        if not steepness > 0:
            return None
        alpha = rho / steepness
        y += alpha * p
        r -= alpha * q
        z = inverse * r
        rho, before = r @ z, rho
        p *= rho / before
        p += z
    return None
