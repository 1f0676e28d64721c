"""Steady statements through FiniteDifference and Chebyshev: accuracy, gradients, batches, refusals, failures."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import collocation
from sobolev.equations import Values, values_of
from sobolev.methods import Chebyshev, FiniteDifference, SpectralETD
from sobolev.solvers import SparseLU

x, y, t = sv.coordinates("x y t")
SQUARE = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
pytestmark = pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _run(problem, method, n, tolerance=1e-10):
    compiled = method.compile(problem, tolerance=tolerance, resolution=n)
    outcome = compiled.run(values_of(problem))
    return compiled, outcome


def _error(problem, method, n, exact):
    compiled, outcome = _run(problem, method, n)
    assert int(outcome.code) == 0
    mesh = np.meshgrid(*(a.coordinates for a in compiled.space.grid.axes), indexing="ij")
    expected = sp.lambdify(problem.coordinates, exact, "numpy")(*mesh)
    return np.abs(np.asarray(outcome.coefficients[..., 0]) - expected).max()


def _with_walls(exact, a):
    u = sv.unknown("u", x, y)
    source = -(a * exact.diff(x)).diff(x) - (a * exact.diff(y)).diff(y)
    return sv.Problem(
        SQUARE,
        [sp.Eq(-sv.div(a * sv.grad(u)), source)],
        [
            sv.Dirichlet(u, exact.subs(x, 0), on="x.min"),
            sv.Neumann(u, exact.diff(x).subs(x, 1), on="x.max"),
            sv.Robin(u, 1 + x, 1, ((1 + x) * exact - exact.diff(y)).subs(y, 0), on="y.min"),
            sv.Neumann(u, exact.diff(y).subs(y, 1), on="y.max"),
        ],
    )


@pytest.mark.parametrize("order", [2, 4, 6])
def test_orders_with_every_kind_of_condition(order):
    exact = sp.sin(2 * x + 1) * sp.exp(y / 2) + x * y
    problem = _with_walls(exact, 1 + x * y / 2)
    errors = [_error(problem, FiniteDifference(order=order), n, exact) for n in (13, 25)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_chebyshev_is_spectral():
    exact = sp.sin(2 * x + 1) * sp.exp(y / 2) + x * y
    problem = _with_walls(exact, 1 + x * y / 2)
    errors = [_error(problem, Chebyshev(), n, exact) for n in (6, 9, 12)]
    assert errors[0] / errors[1] > 100 and errors[1] / errors[2] > 100 and errors[2] < 1e-9


def test_two_conditions_per_side():
    u, exact = sv.unknown("u", x), sp.sin(2 * x + 1)
    problem = sv.Problem(
        sv.Interval(x, 0, 1),
        [sp.Eq(u.diff(x, 4), exact.diff(x, 4))],
        [
            sv.Dirichlet(u, exact.subs(x, 0), on="x.min"),
            sv.Neumann(u, -exact.diff(x).subs(x, 0), on="x.min"),
            sv.Dirichlet(u, exact.subs(x, 1), on="x.max"),
            sv.Neumann(u, exact.diff(x).subs(x, 1), on="x.max"),
        ],
    )
    errors = [_error(problem, FiniteDifference(order=4), n, exact) for n in (17, 33)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.4)
    assert _error(problem, Chebyshev(), 17, exact) < 1e-11


def test_nonlinear_and_indefinite():
    u, exact = sv.unknown("u", x, y), x * (1 - x) * sp.sin(sp.pi * y)
    bratu = sv.Problem(
        SQUARE, [sp.Eq(sv.laplacian(u) + sp.exp(u), sv.laplacian(exact, x, y) + sp.exp(exact))], [sv.Dirichlet(u, 0)]
    )
    errors = [_error(bratu, FiniteDifference(), n, exact) for n in (11, 21)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.2)
    exact = sp.sin(sp.pi * x) * sp.sin(2 * sp.pi * y)
    helmholtz = sv.Problem(
        SQUARE, [sp.Eq(sv.laplacian(u) + 100 * u, sv.laplacian(exact, x, y) + 100 * exact)], [sv.Dirichlet(u, 0)]
    )
    errors = [_error(helmholtz, FiniteDifference(order=4), n, exact) for n in (17, 33)]
    assert np.log2(errors[0] / errors[1]) > 3.7


@pytest.mark.parametrize("order", [2, 6])
def test_the_free_constant_is_fixed_by_the_mean(order):
    u, exact = sv.unknown("u", x, y), sp.sin(2 * sp.pi * x) * sp.cos(2 * sp.pi * y) + 3
    box = sv.Interval(x, 0, 1, periodic=True) * sv.Interval(y, 0, 1, periodic=True)
    problem = sv.Problem(box, [sp.Eq(sv.laplacian(u), sv.laplacian(exact, x, y))], [sv.Mean(u, 3)])
    errors = [_error(problem, FiniteDifference(order=order), n, exact) for n in (12, 24)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def _darcy():
    u = sv.unknown("u", x, y)
    a = sv.input_field("a", x, y, default=1 + x)
    k = sv.parameter("k", default=2.0)
    return sv.Problem(SQUARE, [sp.Eq(-sv.div(a * sv.grad(u)) * k, 1 + k * x)], [sv.Dirichlet(u, k * x)])


def test_krylov_and_direct_agree_alone_and_in_batches():
    problem = _darcy()
    compiled, _ = _run(problem, FiniteDifference(), 17)
    direct = FiniteDifference(linear_solver=SparseLU(collocation(problem, compiled.space).sparsity))
    other = direct.compile(problem, tolerance=1e-10, resolution=17)
    values = values_of(problem)
    fields = jnp.asarray(np.where(np.random.default_rng(0).random((3, 17, 17)) > 0.5, 12.0, 3.0))

    def solve(method, a):
        field = sv.GridField(a, compiled.space.grid, "a")
        return method.run(Values(values.parameters, {"a": field})).coefficients

    batch = jax.jit(jax.vmap(lambda a: solve(compiled, a)))(fields)
    batch_direct = jax.jit(jax.vmap(lambda a: solve(other, a)))(fields)
    assert np.asarray(batch) == pytest.approx(np.asarray(batch_direct), abs=1e-10)
    assert np.asarray(batch[1]) == pytest.approx(np.asarray(solve(compiled, fields[1])), abs=1e-11)


def _central(f, q, h):
    return float((8 * (f(q + h) - f(q - h)) - (f(q + 2 * h) - f(q - 2 * h))) / (12 * h))


@pytest.mark.parametrize("method", [FiniteDifference(), FiniteDifference(order=4)], ids=str)
def test_gradients_of_linear_solves(method):
    problem = _darcy()
    compiled, _ = _run(problem, method, 11)
    values = values_of(problem)
    weights = jnp.sin(0.7 * jnp.arange(121.0)).reshape(11, 11, 1)
    bump = jnp.asarray(np.random.default_rng(0).random((11, 11)))
    base = 1 + compiled.space.grid.coordinates["x"] + 0 * compiled.space.grid.coordinates["y"]

    @jax.jit
    def loss(k, size):
        field = sv.GridField(base + size * bump, compiled.space.grid, "a")
        return jnp.sum(weights * compiled.run(Values({"k": k}, {"a": field})).coefficients)

    k, size = values.parameters["k"], jnp.asarray(0.3)
    slopes = jax.grad(loss, (0, 1))(k, size)
    assert float(slopes[0]) == pytest.approx(_central(lambda q: loss(q, size), k, 1e-3), rel=1e-6)
    assert float(slopes[1]) == pytest.approx(_central(lambda q: loss(k, q), size, 1e-3), rel=1e-6)
    assert float(jax.jvp(lambda q: loss(q, size), (k,), (jnp.ones(()),))[1]) == pytest.approx(
        float(slopes[0]), rel=1e-9
    )


def test_gradients_of_nonlinear_solves():
    u, k = sv.unknown("u", x, y), sv.parameter("k", default=2.0)
    problem = sv.Problem(SQUARE, [sp.Eq(sv.laplacian(u) + k * sp.exp(u), 0)], [sv.Dirichlet(u, 0)])
    compiled, _ = _run(problem, FiniteDifference(), 13)
    loss = jax.jit(lambda k: jnp.sum(compiled.run(Values({"k": k}, {})).coefficients ** 2))
    slope = float(jax.grad(loss)(jnp.asarray(2.0)))
    assert slope == pytest.approx(_central(loss, jnp.asarray(2.0), 1e-3), rel=1e-6)


def test_refusals_name_the_reason():
    u, w = sv.unknown("u", x, y), sv.unknown("w", x, t)
    jump = sp.Piecewise((1, x < 0.5), (2, True))
    rough = sv.Problem(SQUARE, [sp.Eq(sv.div(jump * sv.grad(u)), 1)], [sv.Dirichlet(u, 0)])
    for method in (FiniteDifference(order=4), Chebyshev()):
        with pytest.raises(sv.UnsupportedError, match="jumps"):
            method.compile(rough, tolerance=1e-4)
    assert FiniteDifference().applies(rough)
    line = sv.Interval(x, 0, 1) * sv.Time(t, 0, 1)
    advection = sv.Problem(line, [w.diff(t) + w.diff(x)], [sv.Initial(w, 0), sv.Dirichlet(w, 0, on="x.min")])
    assert "not stable" in FiniteDifference(order=6).applies(advection).reason
    assert FiniteDifference(order=4).applies(advection)
    ring = sv.Interval(x, 0, 1, periodic=True) * sv.Time(t, 0, 1)
    heat = sv.Problem(ring, [w.diff(t) - w.diff(x, 2)], [sv.Initial(w, 0)])
    with pytest.raises(sv.UnsupportedError, match="periodic"):
        Chebyshev().compile(heat, tolerance=1e-4)
    assert SpectralETD().applies(heat) and FiniteDifference().applies(heat)
    with pytest.raises(sv.ArgumentError, match="tolerance"):
        FiniteDifference().compile(rough, tolerance=0.0)
    with pytest.raises(sv.ArgumentError, match="no such order"):
        FiniteDifference(order=3)


def test_resonance_is_reported():
    """−u″ − λ₁u = 1 with λ₁ an eigenvalue of the difference matrix has no solution."""
    u = sv.unknown("u", x)
    n = 129
    h = 1 / (n - 1)
    eigenvalue = 4 / h**2 * np.sin(np.pi * h / 2) ** 2
    problem = sv.Problem(sv.Interval(x, 0, 1), [sp.Eq(-u.diff(x, 2) - eigenvalue * u, 1)], [sv.Dirichlet(u, 0)])
    _, outcome = _run(problem, FiniteDifference(), n)
    assert tuple(sv.Result)[int(outcome.code)] is sv.Result.singular


def test_five_dimensions_without_a_matrix_and_refusals():
    """Δu = f on [0, 1]⁵ by the eigenvectors of five lines; what would need a full matrix is refused by name."""
    axes = sv.coordinates("a b c d e")
    u = sv.unknown("u", *axes)
    box = sv.Interval(axes[0], 0, 1)
    for axis in axes[1:]:
        box = box * sv.Interval(axis, 0, 1)
    exact = sp.prod([sp.cos(axis / (i + 1)) for i, axis in enumerate(axes)])
    problem = sv.manufactured(sv.Problem(box, -sv.laplacian(u), sv.Dirichlet(u, 0)), u=exact)
    q = np.random.default_rng(0).random((5, 100))
    truth = np.prod([np.cos(x / (i + 1)) for i, x in enumerate(q)], axis=0)
    errors = [
        np.abs(
            sv.solve(problem, Chebyshev(), resolution=n, quiet=True)(**dict(zip("abcde", q, strict=True))) - truth
        ).max()
        for n in (4, 7)
    ]
    assert errors[1] < 1e-6 < errors[0] / 100
    assert [name for name, verdict in sv.methods.applicable(problem).items() if verdict] == ["Chebyshev"]
    with pytest.raises(sv.UnsupportedError, match="not linear and steady"):
        sv.solve(sv.Problem(box, sv.laplacian(u) - u**3, sv.Dirichlet(u, 1)), Chebyshev(), quiet=True)


def test_nullspaces_that_the_statement_does_not_show_are_named():
    """Pure Neumann by a parameter's value; the pressure of Stokes' equations without its mean is refused at once."""
    x, y = sv.coordinates("x y")
    u, v, p = (sv.unknown(name, x, y) for name in "uvp")
    k = sv.parameter("k", default=0.0)
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    reaction = sv.Problem(box, sp.Eq(-sv.laplacian(u) + k * u, 1), sv.Neumann(u, 0))
    elements = sv.methods.FiniteElement(degree=1)
    with pytest.raises(sv.ConvergenceError, match=r"(?s)singular.*a nullspace that no condition fixes"):
        sv.solve(reaction, elements, resolution=6, quiet=True)
    assert sv.solve(reaction.replace(k=2.0), elements, resolution=6, quiet=True)(x=0.3, y=0.7) == pytest.approx(0.5)
    stokes = [p.diff(x) - sv.laplacian(u) - 1, p.diff(y) - sv.laplacian(v), u.diff(x) + v.diff(y)]
    for domain in (box, sv.Disk((x, y), (0, 0), 1)):
        with pytest.raises(sv.StatementError, match=r"(?s)Nothing fixes the constant in p.*add Mean\(p, 0\)"):
            sv.Problem(domain, stokes, [sv.Dirichlet(u, 0), sv.Dirichlet(v, 0)])
