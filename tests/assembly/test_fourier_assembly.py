import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import assemble
from sobolev.assembly._fourier_terms import polynomial_degree, sorted_terms
from sobolev.equations import values_of
from sobolev.spaces import Fourier

x, y, t = sv.coordinates("x y t")
LINE = sv.Interval(x, 0, 2 * sp.pi, periodic=True)
SQUARE = LINE * sv.Interval(y, 0, 2 * sp.pi, periodic=True)
TIME = sv.Time(t, 0, 1)


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def rate_on_grid(problem, modes=24, time=0.3):
    """∂ₜ of the states at t from their initial values, on the grid: L y + N(t, y)."""
    space = Fourier(problem.space, modes, real=not problem.is_complex)
    form = assemble(problem, space)

    @eqx.filter_jit  # step by step, each operation would be compiled alone
    def rate(args):
        state, linear = form.initial(args), form.linear(args)
        stiff = jnp.einsum("...ij,...j->...i", linear, state) if linear.ndim > state.ndim else linear * state
        return space.to_grid(space.odd.resampled(stiff + form.nonlinear(jnp.asarray(time), state, args), space))

    return space, form, np.asarray(rate(form.args))


def on_grid(space, expression, time=0.3):
    arguments = (*space.box.coordinates, t)
    value = sp.lambdify(arguments, expression)(*space.grid.coordinates.values(), time)
    return np.broadcast_to(value, space.modes)


def test_every_kind_of_term_gives_the_symbolic_rate():
    """Variable coefficients, products, exact derivatives, divergences, inputs, time-dependent forcing, parameters."""
    u = sv.unknown("u", x, y, t)
    a = sv.input_field("a", x, y, default=2 + sp.sin(x) * sp.cos(y))
    f = sv.input_field("f", x, y, t, default=sp.cos(x - t))
    nu = sv.parameter("nu", default=0.3)
    u0 = sp.sin(x) * sp.cos(2 * y) + sp.Rational(1, 2)
    right = (
        nu * sv.laplacian(u)
        + sv.div(a * sv.grad(u))
        - 3 * u**2 * u.diff(y)
        + nu * u.diff(x) * u.diff(y)
        + sp.cos(y) * u.diff(x, 2)
        + a.diff(x) * u
        + sp.exp(sp.sin(x))
        + f
        + sp.sin(t) * u
        - u**3
    )
    problem = sv.Problem(domain=SQUARE * TIME, equations=[sp.Eq(u.diff(t), right)], conditions=[sv.Initial(u, u0)])
    space, form, rate = rate_on_grid(problem)
    exact = right.subs(a, a.func.default).subs(f, f.func.default).subs(u, u0).subs(nu, 0.3).doit()
    np.testing.assert_allclose(rate[..., 0], on_grid(space, exact), atol=2e-11)
    assert form.linear(form.args).shape == (23, 12, 1)
    assert not jnp.iscomplexobj(form.linear(form.args))


def test_terms_are_sorted():
    u = sv.unknown("u", x, t)
    c = sv.parameter("c", default=1.0)
    a = sv.input_field("a", x, default=1)
    e = c * u.diff(x, 2) - u * u.diff(x) + a + sv.div(a * sv.grad(u)) + u.diff(x) ** 2 + sp.cos(t)
    terms = sorted_terms(e, [u], [x], t)
    assert [(j.orders, coefficient) for j, coefficient in terms.linear] == [((2,), c)]
    assert terms.source == a
    assert sp.simplify(terms.fluxes[0] - (a * u.diff(x) - u**2 / 2)) == 0
    assert sp.simplify(terms.remainder - (u.diff(x) ** 2 + sp.cos(t))) == 0
    assert terms.degree == 2


@pytest.mark.parametrize(
    ("expression", "degree"),
    [
        (lambda u, a: u**3 - u, 3),
        (lambda u, a: a * u.diff(x), 2),
        (lambda u, a: sp.sin(x) * u * u.diff(x), 3),
        (lambda u, a: sp.Abs(u) ** 2 * u, 3),
        (lambda u, a: sp.sin(u), np.inf),
        (lambda u, a: 1 / (1 + u), np.inf),
        (lambda u, a: sp.exp(x), 1),
        (lambda u, a: sp.Integer(2), 0),
    ],
)
def test_polynomial_degree(expression, degree):
    u = sv.unknown("u", x, t, complex=True)
    assert polynomial_degree(expression(u, sv.input_field("a", x))) == degree


def test_stream_function_is_eliminated():
    w, psi = sv.unknown("w", x, y, t), sv.unknown("psi", x, y, t)
    w0 = sp.sin(x) * sp.cos(2 * y) + sp.cos(3 * x)
    psi0 = sp.sin(x) * sp.cos(2 * y) / 5 + sp.cos(3 * x) / 9
    right = -psi.diff(y) * w.diff(x) + psi.diff(x) * w.diff(y) + psi.diff(x)
    problem = sv.Problem(
        domain=SQUARE * TIME,
        equations=[sp.Eq(w.diff(t), right), sp.Eq(-sv.laplacian(psi), w)],
        conditions=[sv.Initial(w, w0), sv.Mean(psi, 4)],
    )
    space, form, rate = rate_on_grid(problem)
    exact = right.subs(psi, psi0).subs(w, w0).doit()
    np.testing.assert_allclose(rate[..., 0], on_grid(space, exact), atol=1e-12)
    fields = eqx.filter_jit(lambda args: space.to_grid(form.output(0.0, form.initial(args), args)))(form.args)
    index = problem.unknown_names.index("psi")
    np.testing.assert_allclose(fields[..., index], on_grid(space, psi0 + 4), atol=1e-13)
    # the term psi.diff(x), linear in the diagnostic, belongs to the linear part and stays diagonal
    assert form.linear(form.args).shape[-1] == 1
    assert float(jnp.abs(form.linear(form.args)[1, 2, 0] - 1j / 5)) < 1e-14


def test_constraints_may_contain_products_and_sources_and_couple_diagnostics():
    """p is driven by u² and a source; q depends on p and u: a triangular system per mode."""
    u, p, q = (sv.unknown(name, x, t) for name in "upq")
    problem = sv.Problem(
        domain=LINE * TIME,
        equations=[
            sp.Eq(u.diff(t), p * q.diff(x) + p),
            sp.Eq(-p.diff(x, 2) + p, u**2 + sp.cos(x) + sp.sin(t) * sp.sin(2 * x)),
            sp.Eq(-q.diff(x, 2), p.diff(x) + u.diff(x)),
        ],
        conditions=[sv.Initial(u, sp.sin(x)), sv.Mean(q, 1)],
    )
    p0 = sp.Rational(1, 2) - sp.cos(2 * x) / 10 + sp.cos(x) / 2 + sp.sin(t) * sp.sin(2 * x) / 5
    drive = (p0 + sp.sin(x)).diff(x)
    q0 = 1 + sum(drive.coeff(f) * f / k**2 for k, f in [(1, sp.sin(x)), (1, sp.cos(x)), (2, sp.sin(2 * x))])
    q0 += drive.expand().coeff(sp.cos(2 * x)) * sp.cos(2 * x) / 4
    space, _, rate = rate_on_grid(problem)
    np.testing.assert_allclose(rate[..., 0], on_grid(space, p0 * q0.diff(x) + p0), atol=1e-13)


def test_second_order_in_time_couples_states_into_blocks():
    u = sv.unknown("u", x, t)
    problem = sv.Problem(
        domain=LINE * TIME,
        equations=[sp.Eq(u.diff(t, 2) + u.diff(t) / 2, 4 * u.diff(x, 2) - u**2)],
        conditions=[sv.Initial(u, sp.cos(x)), sv.Initial(u.diff(t), sp.sin(2 * x))],
    )
    space, form, rate = rate_on_grid(problem)
    linear = form.linear(form.args)
    assert linear.shape == (12, 2, 2)
    np.testing.assert_allclose(linear[3], [[0, 1], [-36, -0.5]])
    np.testing.assert_allclose(rate[..., 0], on_grid(space, sp.sin(2 * x)), atol=1e-13)
    exact = -4 * sp.cos(x) - sp.cos(x) ** 2 - sp.sin(2 * x) / 2
    np.testing.assert_allclose(rate[..., 1], on_grid(space, exact), atol=1e-12)


def test_complex_fields():
    u = sv.unknown("u", x, t, complex=True)
    u0 = sp.exp(sp.I * x) + sp.Rational(1, 2)
    equation = sp.Eq(sp.I * u.diff(t) + u.diff(x, 2) + 2 * sp.Abs(u) ** 2 * u, 0)
    problem = sv.Problem(domain=LINE * TIME, equations=[equation], conditions=[sv.Initial(u, u0)])
    space, form, rate = rate_on_grid(problem)
    exact = sp.I * (u0.diff(x, 2) + 2 * u0 * sp.conjugate(u0) * u0)
    np.testing.assert_allclose(rate[..., 0], on_grid(space, exact), atol=1e-13)
    np.testing.assert_allclose(form.linear(form.args)[:3, 0], [0, -1j, -4j], atol=1e-14)
    with pytest.raises(sv.ArgumentError, match="complex"):
        assemble(problem, Fourier(problem.space, 8))


def test_products_do_not_alias():
    """cos²(10 x) = (1 + cos 20 x)/2: on 32 modes, cos 20 x must vanish rather than appear as cos 12 x."""
    u = sv.unknown("u", x, t)
    equation = sp.Eq(u.diff(t), u**2)
    problem = sv.Problem(domain=LINE * TIME, equations=[equation], conditions=[sv.Initial(u, sp.cos(10 * x))])
    np.testing.assert_allclose(rate_on_grid(problem, 32)[2], 0.5, atol=1e-14)
    space = Fourier(problem.space, 32, product_points=32)
    form = assemble(problem, space)
    aliased = eqx.filter_jit(lambda args: form.nonlinear(0.0, form.initial(args), args))(form.args)
    assert float(jnp.abs(aliased[12, 0])) == pytest.approx(0.25)


def test_gradients_with_respect_to_parameters_and_inputs():
    u = sv.unknown("u", x, t)
    nu, a = sv.parameter("nu", default=0.5), sv.input_field("a", x, default=1)
    problem = sv.Problem(
        domain=LINE * TIME,
        equations=[sp.Eq(u.diff(t), nu * u.diff(x, 2) + a * u + nu * u**2)],
        conditions=[sv.Initial(u, sp.sin(x))],
    )
    space = Fourier(problem.space, 8)

    @eqx.filter_jit
    def loss(nu, level):
        form = assemble(problem, space, values_of(problem.replace(nu=nu, a=lambda x: level * jnp.cos(x))))
        state = form.initial(form.args)
        rate = form.linear(form.args) * state + form.nonlinear(0.0, state, form.args)
        return jnp.sum(jnp.abs(rate) ** 2)

    slopes = jax.grad(loss, (0, 1))(jnp.asarray(0.5), jnp.asarray(2.0))
    h = 1e-6
    assert slopes[0] == pytest.approx(float(loss(0.5 + h, 2.0) - loss(0.5 - h, 2.0)) / (2 * h), rel=1e-7)
    assert slopes[1] == pytest.approx(float(loss(0.5, 2.0 + h) - loss(0.5, 2.0 - h)) / (2 * h), rel=1e-7)


def test_grid_fields_are_interpolated_by_trigonometric_polynomials():
    u = sv.unknown("u", x, t)
    start = sv.input_field("start", x, default=0)
    problem = sv.Problem(
        domain=LINE * TIME, equations=[sp.Eq(u.diff(t), u.diff(x, 2))], conditions=[sv.Initial(u, start)]
    )
    grid = sv.Grid.over(problem.space, 16)
    field = sv.GridField(np.sin(3 * grid.coordinates["x"]), grid, "start")
    space = Fourier(problem.space, 64)
    form = assemble(problem.replace(start=field), space)
    nodal = eqx.filter_jit(lambda args: space.to_grid(space.odd.resampled(form.initial(args), space)))(form.args)
    np.testing.assert_allclose(nodal[:, 0], np.sin(3 * space.grid.coordinates["x"]), atol=1e-14)


def two(second, conditions=()):
    u, v = sv.unknown("u", x, t), sv.unknown("v", x, t)
    first = sp.Eq(u.diff(t), v.diff(x))
    return sv.Problem(domain=LINE * TIME, equations=[first, second(u, v)], conditions=[sv.Initial(u, 0), *conditions])


@pytest.mark.parametrize(
    ("second", "error", "message"),
    [
        (lambda u, v: sp.Eq(v + v**3, u), sv.UnsupportedError, "not linear with constant coefficients"),
        (lambda u, v: sp.Eq(sp.cos(x) * v, u), sv.UnsupportedError, "not linear with constant coefficients"),
        (lambda u, v: sp.Eq(v.diff(x, 2) + v, u), sv.UnsupportedError, "do not determine"),
    ],
)
def test_constraints_it_refuses(second, error, message):
    problem = two(second)
    with pytest.raises(error, match=message):
        assemble(problem, Fourier(problem.space, 8))


def test_a_free_mean_is_refused_with_the_fix():
    with pytest.raises(sv.StatementError, match="Mean"):
        problem = two(lambda u, v: sp.Eq(v.diff(x, 2), u))
        assemble(problem, Fourier(problem.space, 8))


def test_gradient_fluxes_are_laplacians_of_their_potentials():
    """∇·(3c² ∇c) = Δ(c³), against NumPy's transforms on a grid that holds every product."""
    problem = sv.problems.cahn_hilliard()
    (c,), axes = problem.unknowns, problem.coordinates
    terms = sorted_terms(sv.div(3 * c**2 * sv.grad(c, *axes), *axes), [c], axes, problem.time.coordinate)
    assert terms.potential == c**3 and set(terms.fluxes) == {0} and terms.remainder == 0
    skewed = sorted_terms(sv.div(c**2 * sv.grad(c, *axes) * axes[0], *axes), [c], axes, problem.time.coordinate)
    assert skewed.potential == 0 and skewed.fluxes != (0, 0)
    with precision_context("double"):
        space, fine = (Fourier(problem.space, n) for n in (16, 64))
        form = assemble(problem, space, values_of(problem))
        y = eqx.filter_jit(form.initial)(form.args)

        def nodal(hat):
            return np.asarray(eqx.filter_jit(lambda hat: fine.to_grid(space.odd.resampled(hat, fine)))(hat))[..., 0]

        k = np.fft.fftfreq(64, 1 / 64)
        kept = (np.abs(k) < 8)[:, None] & (np.abs(k) < 8)
        symbol = -((2 * np.pi) ** 2) * (k[:, None] ** 2 + k**2) * kept
        expected = np.fft.ifft2(symbol * np.fft.fft2(nodal(y) ** 3)).real
        found = nodal(eqx.filter_jit(form.nonlinear)(0.0, y, form.args))
    assert np.abs(found - expected).max() < 1e-12 * np.abs(expected).max()
