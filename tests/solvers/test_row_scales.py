"""Rows scaled before they are factorised, where weak pivots would be left otherwise."""

import numpy as np
import pytest
import scipy.sparse as sparse

from sobolev.solvers import _factors
from sobolev.solvers._factors import Factors


def wave(n=40, rate=100.0):
    """[[c M, −M], [K, c M]] of linear elements on a square of n² interior nodes, at c = `rate`."""
    h = 1 / (n + 1)
    stiff = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n)) / h
    mass = sparse.diags_array([1.0, 4.0, 1.0], offsets=[-1, 0, 1], shape=(n, n)) * h / 6
    k, m = sparse.kron(stiff, mass) + sparse.kron(mass, stiff), sparse.kron(mass, mass)
    return sparse.csc_array(sparse.block_array([[rate * m, -m], [k, rate * m]]))


def test_waves_keep_their_pivots(monkeypatch):
    """Less than half the fill of the rows as they are, and both ways of solving with them are right."""
    matrix = wave()
    exact = np.random.default_rng(0).standard_normal(matrix.shape[0])
    scaled = Factors.of(matrix, None)
    assert scaled is not None and (scaled.scales != 1).any()
    for transpose, right in ((False, matrix @ exact), (True, matrix.T @ exact)):
        assert scaled.solve(right, transpose) == pytest.approx(exact, abs=1e-9)
    monkeypatch.setattr(_factors, "_row_scales", lambda matrix: np.ones(matrix.shape[0]))
    plain = Factors.of(matrix, None)
    assert plain is not None and scaled.factors.nnz < plain.factors.nnz / 2


def test_strong_and_empty_pivots_are_left():
    matrix = wave(8)
    strong = sparse.csc_array(matrix + 1e3 * sparse.eye_array(matrix.shape[0]))
    saddle = sparse.csc_array(matrix - sparse.diags_array(np.r_[matrix.diagonal()[:64], np.zeros(64)]))
    for other in (strong, saddle):
        made = Factors.of(other, None)
        assert made is not None and (made.scales == 1).all()
