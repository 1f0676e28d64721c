"""The order in which saddle points are eliminated."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse as sparse

from sobolev._core import precision_context
from sobolev.solvers._factors import Factors, General
from sobolev.solvers._ordering import empty_pivots, paired_order


def channel(n=24, seed=0):
    """[[A, 0, D], [0, A, E], [Dᵀ, Eᵀ, 0]] on a grid of n × n cells, a mean, and an A that is not symmetric."""
    rng = np.random.default_rng(seed)
    line = sparse.diags_array([-1.2, 4.0, -0.8], offsets=[-1, 0, 1], shape=(n, n))
    slope = sparse.diags_array([-1.0, 1.0], offsets=[0, 1], shape=(n, n))
    one = sparse.eye_array(n)
    a = sparse.kron(line, one) + sparse.kron(one, line)
    d, e = sparse.kron(slope, one), sparse.kron(one, slope)
    full = sparse.csc_array(sparse.block_array([[a, None, d], [None, a, e], [d.T, e.T, None]]))
    full.data *= 1 + 0.1 * rng.random(full.nnz)
    mean = np.concatenate([np.zeros(2 * n * n), np.ones(n * n)])[:, None]
    matrix = sparse.csc_array(sparse.block_array([[full, mean], [mean.T, None]]))
    shuffle = rng.permutation(matrix.shape[0])
    matrix = sparse.csc_array(matrix[shuffle][:, shuffle])
    matrix.sort_indices()
    return matrix


def test_pairs_keep_factors_sparse():
    """A third of the fill of minimum degree on its own; pivots that are good enough without a fallback."""
    matrix = channel()
    empty = empty_pivots(matrix)
    assert empty.sum() == 24**2  # the mean's is left aside
    order = paired_order(matrix, empty)
    assert np.array_equal(np.sort(order), np.arange(matrix.shape[0]))
    paired, plain = Factors.of(matrix, order), Factors.of(matrix, None)
    assert paired is not None and plain is not None and paired.order is order
    assert paired.factors.nnz < plain.factors.nnz / 3


def test_solves_either_way_and_follows_the_entries():
    """The order is found once, and again when other pivots are empty."""
    matrix = channel(8)
    exact = np.random.default_rng(1).standard_normal(matrix.shape[0])
    columns = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    diagonal = np.flatnonzero(matrix.indices == columns)
    engine = General(matrix.shape[0], matrix.indices, columns)
    with precision_context("double"):
        for shift in (0.0, 1.0):
            matrix.data[diagonal] += shift
            for transpose, right in ((False, matrix @ exact), (True, matrix.T @ exact)):
                found = engine.solve(engine.factor(jnp.asarray(matrix.data)), jnp.asarray(right), transpose)
                assert np.asarray(found) == pytest.approx(exact, abs=1e-9)
            assert engine._order is not None
