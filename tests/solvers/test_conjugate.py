"""Conjugate gradients before factors that would fill up."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse as sparse

from sobolev._core import precision_context
from sobolev.solvers._conjugate import conjugate_gradients, is_positive
from sobolev.solvers._factors import General


def box(shift, skew=0.0, n=9):
    line = sparse.diags_array([-1.0 - skew, 2.0, -1.0 + skew], offsets=[-1, 0, 1], shape=(n, n))
    one = sparse.eye_array(n)
    total = sum(sparse.kron(sparse.kron(*p[:2]), p[2]) for p in ((line, one, one), (one, line, one), (one, one, line)))
    scale = sparse.diags_array(np.logspace(0, 1, n**3))  # the diagonal is not constant
    return sparse.csc_array(scale @ sparse.csc_array(total + shift * sparse.eye_array(n**3)) @ scale)


@pytest.mark.parametrize(("shift", "skew", "iterates"), [(0.1, 0.0, True), (-1.5, 0.0, False), (0.1, 0.3, False)])
def test_tried_first_and_factors_where_it_fails(shift, skew, iterates):
    """Positive matrices are not factorised; indefinite and skewed ones are, and solved as well."""
    matrix = box(shift, skew)
    matrix.sort_indices()
    exact = np.random.default_rng(0).standard_normal(matrix.shape[0])
    columns = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    engine = General(matrix.shape[0], matrix.indices, columns, fills=True)
    with precision_context("double"):
        for transpose, right in ((False, matrix @ exact), (True, matrix.T @ exact)):
            found = np.asarray(engine.solve(engine.factor(jnp.asarray(matrix.data)), jnp.asarray(right), transpose))
            shown = matrix.T if transpose else matrix
            assert np.linalg.norm(shown @ found - right) <= 2e-12 * np.linalg.norm(right)
            assert found == pytest.approx(exact, abs=1e-6)
    assert (len(engine._memory) == 0) == iterates


def test_says_where_it_cannot():
    assert is_positive(box(0.1)) and not is_positive(box(0.1, 0.3)) and not is_positive(box(-7.0))
    assert conjugate_gradients(box(-1.5), np.ones(9**3)) is None


def test_leaves_constants_to_factors():
    """A Neumann problem in three dimensions is singular even where it is consistent: factors find out."""
    n = 6
    line = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n)).toarray()
    line[0, 0] = line[-1, -1] = 1.0
    one = sparse.eye_array(n)
    total = sum(sparse.kron(sparse.kron(*p[:2]), p[2]) for p in ((line, one, one), (one, line, one), (one, one, line)))
    matrix = sparse.csc_array(total)
    assert not is_positive(matrix) and is_positive(sparse.csc_array(matrix + 1e-6 * sparse.eye_array(n**3)))
    matrix.sort_indices()
    columns = np.repeat(np.arange(n**3), np.diff(matrix.indptr))
    engine = General(n**3, matrix.indices, columns, fills=True)
    right = matrix @ np.random.default_rng(0).standard_normal(n**3)
    with precision_context("double"):
        engine.solve(engine.factor(jnp.asarray(matrix.data)), jnp.asarray(right), False).block_until_ready()
    assert len(engine._memory) == 1
