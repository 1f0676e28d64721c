"""GMRES, its preconditioner on boxes, and the factorisation behind an iteration that does not converge."""

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import LinearSystem, collocation
from sobolev.equations import values_of
from sobolev.methods import Chebyshev, FiniteDifference
from sobolev.solvers import GMRES, Guarded, PreconditionedCG, SparseLU, result_code, solve_linear
from sobolev.spaces import FiniteDifference as Differences

x, y, z = sv.coordinates("x y z")
pytestmark = pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _system(n=40, seed=0):
    random = np.random.default_rng(seed)
    matrix = np.diag(np.linspace(1, 30, n)) + random.normal(size=(n, n)) / 4
    return jnp.asarray(matrix), jnp.asarray(random.normal(size=n))


def test_gmres_solves_forwards_and_transposed():
    matrix, right = _system()
    close = lx.MatrixLinearOperator(jnp.diag(1 / jnp.diag(matrix)))
    options = {"preconditioner": close}

    def solve(m, b):
        return lx.linear_solve(lx.MatrixLinearOperator(m), b, GMRES(1e-12), options=options)

    assert np.asarray(solve(matrix, right).value) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-9, abs=1e-11)
    weights = jnp.cos(jnp.arange(40.0))
    slope = jax.grad(lambda b: weights @ solve(matrix, b).value)(right)
    assert np.asarray(slope) == pytest.approx(np.linalg.solve(matrix.T, weights), rel=1e-9, abs=1e-11)


def test_gmres_says_when_it_does_not_converge():
    n = 30
    shift = jnp.roll(jnp.eye(n), 1, axis=0)  # no residual decreases before the last of n steps
    solution = lx.linear_solve(
        lx.MatrixLinearOperator(shift), jnp.eye(n)[0], GMRES(1e-10, restart=5, cycles=2), throw=False
    )
    assert solution.result == lx.RESULTS.max_steps_reached


@pytest.mark.parametrize("first", [GMRES(1e-12, restart=2, cycles=1), PreconditionedCG(1e-12, max_steps=1)])
def test_a_factorisation_stands_behind_the_iteration(first):
    matrix, right = _system()
    options = {"preconditioner": lx.IdentityLinearOperator(jax.eval_shape(lambda: right))}

    def solve(b):
        return lx.linear_solve(lx.MatrixLinearOperator(matrix), b, Guarded(first, SparseLU()), options=options).value

    assert np.asarray(solve(right)) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-10)
    both = jax.vmap(solve)(jnp.stack([right, jnp.zeros(40)]))  # the second converges at once
    assert np.asarray(both[0]) == pytest.approx(np.linalg.solve(matrix, right), rel=1e-10) and not both[1].any()
    if isinstance(first, GMRES):  # conjugate gradients are for symmetric matrices: they transpose to themselves
        slope = jax.grad(lambda b: jnp.sum(solve(b)))(right)
        assert np.asarray(slope) == pytest.approx(np.linalg.solve(matrix.T, np.ones(40)), rel=1e-10)


@eqx.filter_jit  # as methods do; step by step, each operation would be compiled alone
def _solved_twice(form):
    """By the iteration that the form calls for, with its code, and by a factorisation."""
    found, code, _ = solve_linear(form, tolerance=1e-11)
    return found, code, solve_linear(form, SparseLU(form.sparsity))[0]


def _indefinite(size):
    """−∇·(a∇u) = 1 with a of both signs: no method for definite systems converges."""
    u = sv.unknown("u", x, y)
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    a = sp.Piecewise((1, x < 0.5), (-3, True))
    problem = sv.Problem(box, [sp.Eq(-sv.div(a * sv.grad(u)), 1 + y)], [sv.Dirichlet(u, 0)])
    form = collocation(problem, Differences(problem.space, size)).form(values_of(problem))
    assert isinstance(form, LinearSystem) and form.preconditioner is not None
    return form


def test_conjugate_gradients_that_fail_are_replaced_where_that_is_affordable():
    form = _indefinite(20)
    found, code, direct = _solved_twice(form)
    assert int(code) == 0 and np.asarray(found) == pytest.approx(np.asarray(direct), abs=1e-9)
    _, code, _ = solve_linear(form, PreconditionedCG(1e-11, max_steps=3))
    assert int(code) == int(result_code(sv.Result.stagnated)) and "change sign" in sv.Result.stagnated.value


def _cube(conditions, a, exact):
    u = sv.unknown("u", x, y, z)
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1) * sv.Interval(z, 0, 1)
    source = -sum((a * exact.diff(c)).diff(c) for c in (x, y, z)) + exact.diff(x)
    left = -sv.div(a * sv.grad(u)) + u.diff(x)
    return sv.Problem(box, [sp.Eq(left, source)], conditions(u), exact=exact)


WAVES = sp.cos(sp.pi * x) * sp.cos(sp.pi * y) * sp.cos(2 * sp.pi * z)
MIXED = sp.sin(x + y / 2) * sp.exp(z / 3)
CUBES = {
    "all slopes": (lambda u: [sv.Neumann(u, 0), sv.Mean(u, 0)], sp.S.One, WAVES),
    "mixed": (
        lambda u: [
            sv.Dirichlet(u, MIXED.subs(z, 1), on="z.max"),
            sv.Robin(u, 1, 2, (MIXED - 2 * MIXED.diff(z)).subs(z, 0), on="z.min"),
            *(
                sv.Dirichlet(u, MIXED.subs(c, end), on=f"{c}.{side}")
                for c in (x, y)
                for end, side in ((0, "min"), (1, "max"))
            ),
        ],
        1 + x * y / 2 + sp.sin(z) / 2,
        MIXED,
    ),
}


@pytest.mark.parametrize("name", CUBES)
def test_three_dimensions_with_any_conditions(name):
    problem = _cube(*CUBES[name])
    space = Differences(problem.space, 17)
    form = collocation(problem, space).form(values_of(problem))
    assert form.preconditioner is not None and not lx.is_symmetric(form.matrix(form.args))
    found, code, direct = _solved_twice(form)
    assert int(code) == 0 and np.asarray(found) == pytest.approx(np.asarray(direct), abs=1e-9)
    probe = jnp.asarray(np.random.default_rng(0).normal(size=jax.eval_shape(form.right, form.args).shape))
    close = jax.jit(lambda v: form.preconditioner(form.args).mv(form.matrix(form.args).mv(v)))(probe)
    assert float(jnp.linalg.norm(close - probe) / jnp.linalg.norm(probe)) < 0.6


def test_gradients_go_through_gmres():
    k, u = sv.parameter("k", default=1.0), sv.unknown("u", x, y, z)
    problem = _cube(*CUBES["all slopes"])
    problem = sv.Problem(
        problem.space, [sp.Eq(-k * sv.laplacian(u) + k**2 * u.diff(x), WAVES)], [sv.Neumann(u, 0), sv.Mean(u, 0)]
    )

    def value(q):
        s = sv.solve(problem.replace(k=q), FiniteDifference(), tolerance=1e-8, resolution=17, quiet=True)
        return s(x=0.3, y=0.2, z=0.1)

    expected = (float(value(1.0 + 1e-4)) - float(value(1.0 - 1e-4))) / 2e-4
    assert float(jax.grad(value)(1.0)) == pytest.approx(expected, rel=1e-5)


def test_full_matrices_are_not_formed_for_large_polynomials():
    exact = sp.sin(8 * x) * sp.exp(y)
    u = sv.unknown("u", x, y)
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    problem = sv.Problem(box, [sp.Eq(sv.laplacian(u), -63 * exact)], [sv.Dirichlet(u, exact)], exact=exact)
    s = sv.solve(problem, Chebyshev(), resolution=49, quiet=True)
    assert s.compare().relative_l2 < 1e-8
