"""Linear solvers against dense algebra; Newton's method; transposes, batches, singular systems."""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import optimistix as optx
import pytest
import scipy.sparse as sparse

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import LinearSystem, Residual, SparseOperator, Sparsity
from sobolev.solvers import DampedNewton, PreconditionedCG, SparseLU, solve_linear, solve_newton


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _matrix(kind):
    rng = np.random.default_rng(0)
    match kind:
        case "dense":
            n, pattern = 20, sparse.random_array((20, 20), density=0.2, rng=rng)
        case "banded":
            n = 150
            pattern = sparse.diags_array([np.ones(n - abs(k)) for k in (-2, -1, 1, 3)], offsets=(-2, -1, 1, 3))
        case _:
            line = sparse.diags_array([np.ones(99), np.ones(99)], offsets=(-1, 1), shape=(100, 100))
            pattern = sparse.csr_array(
                sparse.kron(sparse.eye_array(100), line) + sparse.kron(line, sparse.eye_array(100))
            )
            n = 10000
    pattern = sparse.csr_array(pattern + sparse.eye_array(n))
    matrix = pattern.copy()
    matrix.data = rng.normal(size=matrix.nnz)
    return sparse.csr_array(matrix + 6 * sparse.eye_array(n)), Sparsity.of(pattern)


def _operator(entries, rows, columns, n):
    def product(v):
        return jnp.zeros(n).at[rows].add(entries * v[columns])

    return lx.FunctionLinearOperator(product, jax.eval_shape(lambda: jnp.zeros(n)))


@pytest.mark.parametrize("kind", ["dense", "banded", "general"])
def test_sparse_lu(kind):
    matrix, sparsity = _matrix(kind)
    rows, columns = matrix.nonzero()
    entries = jnp.asarray(matrix[rows, columns])
    right = jnp.asarray(np.random.default_rng(1).normal(size=matrix.shape[0]))
    solver = SparseLU(sparsity)

    def solve(entries, right):
        return lx.linear_solve(_operator(entries, rows, columns, matrix.shape[0]), right, solver, throw=False)

    solution = jax.jit(solve)(entries, right)
    assert matrix @ np.asarray(solution.value) == pytest.approx(np.asarray(right), abs=1e-10)
    assert bool(solution.result == lx.RESULTS.successful)
    both = jax.vmap(lambda e: solve(e, right).value)(jnp.stack([entries, 2 * entries]))
    assert np.asarray(both[1]) == pytest.approx(np.asarray(solution.value) / 2, abs=1e-12)
    # The derivative in both modes, against the formula d(A⁻¹b) = −A⁻¹ dA A⁻¹ b.
    towards = jnp.asarray(np.random.default_rng(2).normal(size=len(rows)))
    weights = jnp.cos(jnp.arange(matrix.shape[0]) * 1.0)

    def value(e):
        return weights @ solve(e, right).value

    forward = jax.jvp(value, (entries,), (towards,))[1]
    backward = jax.grad(value)(entries) @ towards
    change = sparse.csr_array((np.asarray(towards), (rows, columns)), shape=matrix.shape)
    exact = -np.asarray(weights) @ sparse.linalg.spsolve(sparse.csc_matrix(matrix), change @ np.asarray(solution.value))
    assert float(forward) == pytest.approx(exact, rel=1e-9) and float(backward) == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("size", [30, 200])
def test_singular_systems_say_so(size):
    line = sparse.diags_array([np.ones(size - 1), -2 * np.ones(size), np.ones(size - 1)], offsets=(-1, 0, 1)).tolil()
    line[0, 0] = line[-1, -1] = -1  # Neumann at both ends: constants are in the nullspace
    sparsity = Sparsity.of(sparse.csr_array(line))
    dense = jnp.asarray(line.toarray())
    operator = lx.MatrixLinearOperator(dense)
    solution = lx.linear_solve(operator, jnp.arange(size * 1.0), SparseLU(sparsity), throw=False)
    assert bool(solution.result == lx.RESULTS.singular)


def _system(n, preconditioned=True):
    line = 2 * jnp.eye(n) - jnp.eye(n, k=1) - jnp.eye(n, k=-1)

    def matrix(args):
        return lx.MatrixLinearOperator(line + jnp.diag(args), lx.symmetric_tag)

    def close(args):
        return lx.MatrixLinearOperator(jnp.linalg.inv(line), lx.symmetric_tag)

    return LinearSystem(
        matrix, lambda args: jnp.ones(n), lambda y, args: y, jnp.linspace(0, 1, n), close if preconditioned else None
    )


def test_solve_linear_chooses_by_the_form():
    iterative, code, steps = solve_linear(_system(40))
    direct, other, _ = solve_linear(_system(40, preconditioned=False))
    assert np.asarray(iterative) == pytest.approx(np.asarray(direct), rel=1e-8)
    assert int(code) == int(other) == 0 and 1 < int(steps["iterations"]) < 40
    short = solve_linear(_system(40), PreconditionedCG(1e-12, max_steps=2))[1]
    assert tuple(sv.Result)[int(short)] is sv.Result.stagnated


def _residual(function, guess):
    return Residual(function, lambda y, args: y, jnp.asarray(guess), jnp.asarray(2.0))


def test_newton_needs_its_line_search():
    """arctan from far away: full Newton steps diverge."""
    start = [10.0, -4.0]
    y, code, steps = solve_newton(_residual(lambda y, a: jnp.arctan(y - a), start))
    assert np.asarray(y) == pytest.approx([2, 2]) and int(code) == 0 and int(steps["newton"]) < 15
    slope = jax.grad(
        lambda a: optx.root_find(lambda y, b: y**2 - b, DampedNewton(1e-12, 1e-14, SparseLU()), jnp.ones(1), a).value[0]
    )
    assert float(slope(jnp.asarray(4.0))) == pytest.approx(0.25)


def test_newton_reports_what_it_cannot_do():
    none = solve_newton(_residual(lambda y, a: y**2 + a, [1.0]))[1]
    assert tuple(sv.Result)[int(none)] in (sv.Result.stagnated, sv.Result.singular)
    flat = solve_newton(_residual(lambda y, a: 0 * y + a, [1.0]))[1]
    assert tuple(sv.Result)[int(flat)] is sv.Result.singular
    nan = solve_newton(_residual(lambda y, a: jnp.log(y - a), [1.0]))[1]
    assert tuple(sv.Result)[int(nan)] is not sv.Result.successful


def test_newton_keeps_its_jacobian_while_steps_shrink_tenfold():
    """y + b y³ = a, nearly linear and from far away: how many Jacobians are made, in how many steps."""
    pattern = Sparsity.of(sparse.csr_array(np.eye(3)))

    def solved(bend, guess):
        made = []

        def jacobian(y, a):
            jax.debug.callback(lambda y: made.append(y), y)
            return SparseOperator((1 + 3 * bend * y**2)[pattern.full_rows], pattern)

        def function(y, a):
            return y + bend * y**3 - a

        form = Residual(
            function, lambda y, a: y, jnp.full(3, guess), jnp.linspace(0.5, 2, 3), jacobian=jacobian, sparsity=pattern
        )
        y, code, steps = solve_newton(form)
        jax.effects_barrier()
        np.testing.assert_allclose(function(y, form.args), 0, atol=1e-9)
        assert int(code) == 0
        return len(made), int(steps["newton"])

    made, steps = solved(0.02, 0.0)
    assert made == 2 and steps >= 5  # at the guess and after the first step; then steps shrink enough
    made, steps = solved(1.0, 30.0)
    assert 7 <= made < steps - 1  # steps shrink by a third at first; near the solution the last Jacobian is kept
