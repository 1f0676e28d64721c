"""Narrow bands inside XLA against dense algebra: both sweeps, both modes of differentiation, what it does not take."""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest
import scipy.sparse as sparse

from sobolev._core import precision_context
from sobolev.assembly import SparseOperator, Sparsity
from sobolev.solvers import BlockTridiagonalLU


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _banded(n, lower, upper, rng):
    offsets = range(-lower, upper + 1)
    return sparse.csr_array(sparse.diags_array([rng.normal(size=n - abs(k)) for k in offsets], offsets=offsets))


@pytest.mark.parametrize(("n", "lower", "upper", "channels"), [(30, 1, 1, 1), (41, 2, 3, 1), (25, 1, 1, 2)])
def test_solves_transposes_and_derivatives(n, lower, upper, channels):
    rng = np.random.default_rng(0)
    blocks = [[_banded(n, lower, upper, rng) for _ in range(channels)] for _ in range(channels)]
    pattern = sparse.csr_array(sparse.block_array(blocks))  # channel after channel: narrow once reordered
    matrix = pattern.toarray() + 4 * (lower + upper) * channels * np.eye(n * channels)
    sparsity = Sparsity.of(pattern)
    assert BlockTridiagonalLU.takes(sparsity)
    solver = BlockTridiagonalLU(sparsity)
    rows, columns = sparsity.full_rows, sparsity.full_columns
    entries, right = jnp.asarray(matrix[rows, columns]), jnp.asarray(rng.normal(size=n * channels))

    def solve(entries, right):
        return lx.linear_solve(SparseOperator(entries, sparsity), right, solver, throw=False).value

    found = jax.jit(solve)(entries, right)
    assert np.asarray(found) == pytest.approx(np.linalg.solve(matrix, right), abs=1e-12)
    weights = jnp.cos(jnp.arange(n * channels) * 1.0)
    slope = jax.jit(jax.grad(lambda r: weights @ solve(entries, r)))(right)
    assert np.asarray(slope) == pytest.approx(np.linalg.solve(matrix.T, weights), abs=1e-12)


def test_what_it_does_not_take():
    wide = Sparsity.of(_banded(60, 12, 12, np.random.default_rng(0)))
    bordered = Sparsity.of(_banded(60, 1, 1, np.random.default_rng(0)), 1)
    assert not any(map(BlockTridiagonalLU.takes, (None, wide, bordered)))


def test_a_pivot_that_vanishes_is_said():
    sparsity = Sparsity.of(_banded(30, 1, 1, np.random.default_rng(0)))
    flat = SparseOperator(jnp.zeros(len(sparsity.full_rows)), sparsity)
    solution = lx.linear_solve(flat, jnp.ones(30), BlockTridiagonalLU(sparsity), throw=False)
    assert bool(solution.result == lx.RESULTS.singular)
