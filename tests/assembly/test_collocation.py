"""Collocation: conditions hold exactly, patterns hold every entry, fluxes telescope.

Forms are evaluated under `jax.jit`: step by step, each of their operations is compiled alone, which takes ten times as
long.
"""

import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import pytest
import scipy.sparse as sparse
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import Evolution, LinearSystem, Residual, Sparsity, assemble, assemble_ode, collocation
from sobolev.equations import values_of
from sobolev.spaces import Chebyshev, FiniteDifference

x, y, t = sv.coordinates("x y t")
pytestmark = pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")  # corners that disagree are wanted here


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _line(equation, conditions, **more):
    return sv.Problem(sv.Interval(x, 0, 1), [equation], conditions, **more)


def test_forms_follow_from_the_statement():
    u, v, w = sv.unknown("u", x), sv.unknown("v", x), sv.unknown("w", x, t)
    space = FiniteDifference(_line(sp.Eq(u.diff(x, 2), 1), [sv.Dirichlet(u, 0)]).space, 9)
    assert isinstance(assemble(_line(sp.Eq(u.diff(x, 2), 1), [sv.Dirichlet(u, 0)]), space), LinearSystem)
    assert isinstance(assemble(_line(sp.Eq(v.diff(x, 2), v**3 - 1), [sv.Dirichlet(v, 0)]), space), Residual)
    heat = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Time(t, 0, 1),
        [sp.Eq(w.diff(t), w.diff(x, 2))],
        [sv.Initial(w, 0), sv.Dirichlet(w, 0)],
    )
    form = assemble(heat, space)
    assert isinstance(form, Evolution) and form.is_stiff and form.mass is None


def test_conditions_hold_exactly_at_every_time():
    u = sv.unknown("u", x, y, t)
    a = 2 + sp.cos(y * t)
    problem = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 2) * sv.Time(t, 0, 1),
        [sp.Eq(u.diff(t), sv.laplacian(u))],
        [
            sv.Initial(u, x),
            sv.Robin(u, a, 1 + x, sp.sin(y + t), on="x.min"),
            sv.Neumann(u, y * t + 1, on="x.max"),
            sv.Dirichlet(u, sp.exp(x * t), on="y.min"),
            sv.Robin(u, 1, 2, t, on="y.max"),
        ],
    )
    for space in (FiniteDifference(problem.space, (9, 12), 4), Chebyshev(problem.space, (7, 8))):
        form = assemble(problem, space)
        state = jnp.asarray(np.random.default_rng(0).normal(size=jax.eval_shape(form.initial, form.args).shape))
        at = 0.37
        full = np.asarray(jax.jit(form.output)(at, state, form.args))[..., 0]
        X, Y = (c.coordinates for c in space.grid.axes)
        ends = [space.end_derivative(d) for d in range(2)]
        low = (2 + np.cos(Y * at)) * full[0] - (ends[0][0] @ full)
        inner = slice(1, -1)
        assert low[inner] == pytest.approx(np.sin(Y + at)[inner], abs=1e-10)
        assert (ends[0][1] @ full)[inner] == pytest.approx((Y * at + 1)[inner], abs=1e-10)
        assert full[:, 0] == pytest.approx(np.exp(X * at), abs=1e-12)
        assert full[:, -1] + 2 * (full @ ends[1][1]) == pytest.approx(at + 0 * X, abs=1e-10)


def _coupled(periodic):
    u, v = sv.unknown("u", x, y), sv.unknown("v", x, y)
    conditions = [
        sv.Robin(u, 2 + sp.cos(2 * sp.pi * y), 1, 0, on="x.min"),
        sv.Dirichlet(u, 0, on="x.max"),
        sv.Neumann(v, 1, on="x.min"),
    ]
    conditions += [sv.Robin(v, 1, 1, 0, on="x.max")]
    if not periodic:
        conditions += [sv.Neumann(u, 0, on=("y.min", "y.max")), sv.Dirichlet(v, x, on=("y.min", "y.max"))]
    return sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1, periodic=periodic),
        [
            sp.Eq(sv.div((1 + u**2) * sv.grad(u)) + v.diff(x), u * v),
            sp.Eq(sv.laplacian(v) + u.diff(x, y), sp.sin(u)),
        ],
        conditions,
    )


@pytest.mark.parametrize(("periodic", "order"), [(True, 2), (False, 4)])
def test_pattern_and_colours_give_the_whole_jacobian(periodic, order):
    problem = _coupled(periodic)
    form = assemble(problem, FiniteDifference(problem.space, (9, 10), order))
    at = jnp.asarray(np.random.default_rng(1).normal(size=form.guess.shape))

    @jax.jit
    def entries(at, args):
        return form.sparsity.entries(lx.JacobianLinearOperator(form.function, at, args))

    expected = np.asarray(jax.jit(jax.jacfwd(form.function))(at, form.args))
    found = np.zeros_like(expected)
    found[form.sparsity.full_rows, form.sparsity.full_columns] = np.asarray(entries(at, form.args))
    assert found == pytest.approx(expected, abs=1e-9)
    assert np.count_nonzero(expected) > 0.1 * len(form.sparsity.rows)
    assert form.sparsity.colours.max() + 1 < expected.shape[0]


def test_border_of_means():
    u = sv.unknown("u", x, y)
    problem = sv.Problem(
        sv.Interval(x, 0, 1, periodic=True) * sv.Interval(y, 0, 1, periodic=True),
        [sp.Eq(sv.laplacian(u), sp.sin(2 * sp.pi * x))],
        [sv.Mean(u, 2)],
    )
    form = assemble(problem, FiniteDifference(problem.space, 8))
    matrix = np.asarray(jax.jit(lambda args: form.matrix(args).as_matrix())(form.args))
    assert form.sparsity.border == 1
    assert matrix[-1, :-1] == pytest.approx(np.full(64, 1 / 64)) and matrix[:-1, -1] == pytest.approx(np.ones(64))
    found = np.zeros_like(matrix)
    entries = jax.jit(lambda args: form.sparsity.entries(form.matrix(args)))(form.args)
    found[form.sparsity.full_rows, form.sparsity.full_columns] = np.asarray(entries)
    assert found == pytest.approx(matrix, abs=1e-9)


def test_sparsity_of_a_pattern():
    sparsity = Sparsity.of(sparse.csr_array(np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 0]])))
    assert sparsity.size == 3 and set(zip(sparsity.rows, sparsity.columns, strict=True)) == {
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 2),
    }


def test_two_layers_are_exact_to_rounding():
    """−(a u′)′ = 0 with a jump of a midway between nodes: harmonic means give the exact solution at the nodes."""
    u = sv.unknown("u", x)
    n, interface = 21, 0.525
    a = sp.Piecewise((1, x < interface), (1000, True))
    problem = _line(
        sp.Eq(sv.div(sp.Matrix([a * u.diff(x)]), x), 0),
        [sv.Dirichlet(u, 0, on="x.min"), sv.Dirichlet(u, 1, on="x.max")],
    )
    form = assemble(problem, FiniteDifference(problem.space, n))

    @jax.jit
    def solved(args):
        return form.extend(lx.linear_solve(form.matrix(args), form.right(args), lx.LU()).value, args)

    got = np.asarray(solved(form.args))[:, 0]
    nodes = np.linspace(0, 1, n)
    flux = 1 / (interface + (1 - interface) / 1000)
    exact = np.where(nodes < interface, flux * nodes, 1 - flux * (1 - nodes) / 1000)
    assert got == pytest.approx(exact, abs=1e-13)


def test_fluxes_telescope():
    """Σ h ∇·F over inner nodes is the difference of the two outermost fluxes, whatever u and a."""
    u = sv.unknown("u", x, t)
    a = sv.input_field("a", x, default=1)
    problem = sv.Problem(
        sv.Interval(x, 0, 1, periodic=True) * sv.Time(t, 0, 1),
        [sp.Eq(u.diff(t), sv.div(sp.Matrix([a * (1 + u**2) * u.diff(x) - u**2 / 2]), x))],
        [sv.Initial(u, sp.sin(2 * sp.pi * x))],
    )
    rng = np.random.default_rng(0)
    grid = sv.Grid.over(problem.space, 32)
    problem = problem.replace(a=sv.GridField(np.where(rng.random(32) > 0.5, 1.0, 50.0), grid, "a"))
    form = assemble(problem, FiniteDifference(problem.space, 32))
    rate = jax.jit(form.nonlinear)(0.0, jnp.asarray(rng.normal(size=32)), form.args)
    assert abs(float(jnp.sum(rate))) < 1e-13 * float(jnp.sum(jnp.abs(rate)))
    assert float(jnp.max(jnp.abs(rate))) > 1


def test_maximum_principle():
    """The matrix of −∇·(a∇u) has positive diagonal, non-positive off-diagonal entries and an inverse ≥ 0."""
    u = sv.unknown("u", x, y)
    a = sp.Piecewise((100, x + y < 1), (1, True))
    problem = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1), [sp.Eq(-sv.div(a * sv.grad(u)), 1)], [sv.Dirichlet(u, 0)]
    )
    form = assemble(problem, FiniteDifference(problem.space, 9))
    both = jax.jit(lambda args: (form.matrix(args).as_matrix(), form.preconditioner(args).as_matrix()))(form.args)
    matrix, close = map(np.asarray, both)
    assert (np.diag(matrix) > 0).all() and (matrix - np.diag(np.diag(matrix)) <= 0).all()
    assert matrix == pytest.approx(matrix.T) and (np.linalg.inv(matrix) > 0).all()
    spread = np.linalg.eigvals(close @ matrix).real
    assert spread.min() > 0 and spread.max() / spread.min() < 101  # bounded by the contrast, not by the grid


def test_preconditioner_is_the_inverse_for_constant_coefficients():
    u = sv.unknown("u", x, y)
    for sides, conditions in (((False, False), True), ((False, True), True)):
        problem = sv.Problem(
            sv.Interval(x, 0, 1, periodic=sides[0]) * sv.Interval(y, 0, 2, periodic=sides[1]),
            [sp.Eq(3 * u.diff(x, 2) + u.diff(y, 2), 1)],
            [sv.Dirichlet(u, 0)] if conditions else [],
        )
        form = assemble(problem, FiniteDifference(problem.space, (8, 9)))
        both = jax.jit(lambda args, form=form: (form.preconditioner(args).as_matrix(), form.matrix(args).as_matrix()))
        product = np.matmul(*map(np.asarray, both(form.args)))
        assert product == pytest.approx(np.eye(len(product)), abs=1e-11)


def test_equations_are_matched_with_unknowns_and_remembered():
    w, psi = sv.unknown("w", x, y, t), sv.unknown("psi", x, y, t)
    problem = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1) * sv.Time(t, 0, 1),
        [sp.Eq(sv.laplacian(psi), -w), sp.Eq(w.diff(t) + psi.diff(y) * w.diff(x), sv.laplacian(w))],
        [sv.Initial(w, x), sv.Dirichlet(w, 0), sv.Dirichlet(psi, 0)],
    )
    space = FiniteDifference(problem.space, 8)
    assert collocation(problem, space) is collocation(problem, space)
    form = assemble(problem, space)
    assert np.asarray(form.mass).sum() == 36 and form.mass.shape == (72,) and form.is_stiff


def test_ode_assembly():
    p, q = sv.unknown("p", t), sv.unknown("q", t)
    k = sv.parameter("k", default=3)
    problem = sv.Problem(
        sv.Time(t, 0, 1), [sp.Eq(p.diff(t, 2), -k * q), sp.Eq(q, p + t)], [sv.Initial(p, 1), sv.Initial(p.diff(t), 2)]
    )
    form = assemble_ode(problem, values_of(problem))
    assert form.initial(form.args) == pytest.approx([1, 2, 0])
    rate = form.nonlinear(jnp.asarray(0.5), jnp.asarray([1.0, 2.0, 4.0]), form.args)
    assert np.abs(np.asarray(rate)) == pytest.approx([2, 12, 2.5]) and float(rate[1]) == -12
    assert np.asarray(form.mass) == pytest.approx([1, 1, 0])


def test_coefficients_that_jump_at_a_wall_without_flux_let_nothing_grow():
    """∇·(c∇u) with c ∈ {1, 12} at random, no flux through two walls: eigenvalues are real, and none is positive."""
    table = np.where(np.random.default_rng(1).random((12, 12)) > 0.5, 12.0, 1.0)
    c, u = sv.input_field("c", x, y), sv.unknown("u", x, y, t)
    box = sv.Interval(x, 0, 11) * sv.Interval(y, 0, 11)
    problem = sv.Problem(
        box * sv.Time(t, 0, 1),
        sp.Eq(u.diff(t), sv.div(c * sv.grad(u))),
        [sv.Initial(u, 0), sv.Neumann(u, 0)],
        values={"c": lambda x, y: jnp.asarray(table)[jnp.round(x).astype(int), jnp.round(y).astype(int)]},
        name="two_phases",
    )
    form = assemble(problem, FiniteDifference(box, 12))
    rest = jnp.zeros(jax.eval_shape(form.initial, form.args).shape)
    matrix = np.asarray(jax.jit(jax.jacfwd(lambda v: form.nonlinear(0.0, v, form.args)))(rest))
    eigenvalues = np.linalg.eigvals(matrix)
    assert np.abs(eigenvalues.imag).max() < 1e-10 and eigenvalues.real.max() < 1e-10
    assert np.abs(matrix.sum(1)).max() < 1e-12  # constants stay
