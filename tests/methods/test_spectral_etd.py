"""SpectralETD against exact solutions, and its invariants."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.domains import Domain
from sobolev.equations import Values, values_of
from sobolev.methods import SpectralETD
from sobolev.solvers import ETDRK2, ETDRK4, AdaptiveStep, FixedStep

x, y, z, t = sv.coordinates("x y z t")
PERIOD = 2 * sp.pi


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def periodic(*axes, length=PERIOD, stop=1.0):
    domain = sv.Time(t, 0, stop)
    for axis in axes:
        domain = domain * sv.Interval(axis, 0, length, periodic=True)
    return domain


def run(problem, method, times, tolerance=1e-8):
    compiled = method.compile(problem, tolerance=tolerance, times=times)
    outcome = compiled.run(values_of(problem))
    assert tuple(sv.Result)[int(outcome.code)] is sv.Result.successful
    return compiled, outcome, np.asarray(jax.vmap(compiled.space.to_grid)(outcome.coefficients))


def exact_on(compiled, expression, time):
    box = compiled.space.box
    value = sp.lambdify((*box.coordinates, t), expression, "numpy")(*compiled.space.grid.coordinates.values(), time)
    return np.broadcast_to(value, compiled.space.modes)


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def advection():
    u = sv.unknown("u", x, t)
    exact = sp.exp(sp.sin(x - 3 * t))
    return u, exact, [sp.Eq(u.diff(t) + 3 * u.diff(x), 0)], [x], 16 * 2


def heat():
    u = sv.unknown("u", x, y, z, t)
    exact = sp.exp(-6 * t / 10) * sp.sin(x) * sp.cos(y) * sp.sin(2 * z) + 1
    return u, exact, [sp.Eq(u.diff(t), sv.laplacian(u) / 10)], [x, y, z], 6


def forced_reaction():
    """u = 2 + sin(x + t): time-dependent forcing and a rational nonlinearity."""
    u = sv.unknown("u", x, t)
    exact = 2 + sp.sin(x + t)
    forcing = sp.cos(x + t) + sp.sin(x + t) - 1 / exact
    return u, exact, [sp.Eq(u.diff(t), u.diff(x, 2) + 1 / u + forcing)], [x], 16


def klein_gordon():
    """u_tt = u_xx − u + …: blocks, with a cubic term made exact by forcing."""
    u = sv.unknown("u", x, t)
    exact = sp.cos(2 * x) * sp.cos(3 * t)
    forcing = exact.diff(t, 2) - exact.diff(x, 2) + exact + exact**3
    return u, exact, [sp.Eq(u.diff(t, 2), u.diff(x, 2) - u - u**3 + forcing)], [x], 16


@pytest.mark.parametrize("case", [advection, heat, forced_reaction, klein_gordon])
def test_exact_solutions(case):
    u, exact, equations, axes, modes = case()
    conditions = [sv.Initial(u, exact.subs(t, 0))]
    if case is klein_gordon:
        conditions.append(sv.Initial(u.diff(t), exact.diff(t).subs(t, 0)))
    problem = sv.Problem(domain=periodic(*axes), equations=equations, conditions=conditions)
    compiled, outcome, nodal = run(problem, SpectralETD(modes), [0.0, 0.35, 1.0])
    for index, time in enumerate((0.0, 0.35, 1.0)):
        assert relative(nodal[index, ..., 0], exact_on(compiled, exact, time)) < 1e-8
    rates = np.asarray(jax.vmap(compiled.space.to_grid)(outcome.rates))
    assert relative(rates[1, ..., 0], exact_on(compiled, exact.diff(t), 0.35)) < 1e-7
    assert nodal.dtype == np.float64


def test_wave_equation_takes_one_step_of_any_length():
    u = sv.unknown("u", x, t)
    problem = sv.Problem(
        domain=periodic(x, stop=100.0),
        equations=[sp.Eq(u.diff(t, 2), 4 * u.diff(x, 2))],
        conditions=[sv.Initial(u, sp.cos(3 * x) + 1), sv.Initial(u.diff(t), sp.Rational(1, 2))],
    )
    compiled, _, nodal = run(problem, SpectralETD(16, step=FixedStep(100.0)), [100.0])
    exact = exact_on(compiled, sp.cos(3 * x) * sp.cos(6 * t) + 1 + t / 2, 100.0)
    np.testing.assert_allclose(nodal[0, :, 0], exact, atol=2e-11 * 51)


def test_taylor_green_vortex_and_its_stream_function():
    w, psi = sv.unknown("w", x, y, t), sv.unknown("psi", x, y, t)
    exact = 2 * sp.cos(x) * sp.cos(y) * sp.exp(-2 * t / 50)
    problem = sv.Problem(
        domain=periodic(x, y, stop=2.0),
        equations=[
            sp.Eq(w.diff(t) + psi.diff(y) * w.diff(x) - psi.diff(x) * w.diff(y), sv.laplacian(w) / 50),
            sp.Eq(-sv.laplacian(psi), w),
        ],
        conditions=[sv.Initial(w, exact.subs(t, 0)), sv.Mean(psi, 0)],
    )
    compiled, _, nodal = run(problem, SpectralETD(12, dealias="2/3"), [2.0])
    found = dict(zip(problem.unknown_names, np.moveaxis(nodal[0], -1, 0), strict=True))
    assert relative(found["w"], exact_on(compiled, exact, 2.0)) < 1e-12
    assert relative(found["psi"], exact_on(compiled, exact / 2, 2.0)) < 1e-12


def kdv():
    u = sv.unknown("u", x, t)
    c = sv.parameter("c", default=4)
    shape = 2 / sp.cosh(x - 10) ** 2
    return sv.Problem(
        domain=periodic(x, length=20, stop=0.5),
        equations=[sp.Eq(u.diff(t) + c * sp.Rational(3, 2) * u * u.diff(x) + u.diff(x, 3), 0)],
        conditions=[sv.Initial(u, shape)],
        name="kdv",
    )


@pytest.mark.parametrize("dealias", ["3/2", "2/3"])
def test_kdv_soliton_moves_and_mass_is_conserved(dealias):
    problem = kdv()
    compiled, outcome, nodal = run(problem, SpectralETD(192, dealias=dealias), [0.25, 0.5], 1e-6)
    exact = exact_on(compiled, 2 / sp.cosh(x - 10 - 4 * t) ** 2, 0.5)
    assert relative(nodal[-1, :, 0], exact) < 1e-6
    means = np.asarray(outcome.coefficients[:, 0, 0])
    assert np.abs(means - means[0]).max() < 1e-15


def test_schroedinger_soliton():
    psi = sv.unknown("psi", x, t, complex=True)
    exact = sp.exp(sp.I * (x - 18)) / sp.cosh(x - 18 - 2 * t)
    problem = sv.Problem(
        domain=periodic(x, length=12 * sp.pi, stop=1.0),
        equations=[sp.Eq(sp.I * psi.diff(t) + psi.diff(x, 2) + 2 * sp.Abs(psi) ** 2 * psi, 0)],
        conditions=[sv.Initial(psi, exact.subs(t, 0))],
    )
    compiled, _, nodal = run(problem, SpectralETD(256), [1.0], 1e-6)
    assert relative(nodal[0, :, 0], exact_on(compiled, exact, 1.0)) < 1e-6
    assert np.sum(np.abs(nodal[0]) ** 2) / 256 * 12 * np.pi == pytest.approx(2, rel=1e-6)


def test_kuramoto_sivashinsky_check_numbers():
    """Case 18 of the suite: rms over space and time 1.067, largest value 3.02, mean 0."""
    u = sv.unknown("u", x, t)
    a, b, c = sp.Rational(100, 16), sp.Rational(100, 16**2), sp.Rational(100, 16**4)
    problem = sv.Problem(
        domain=periodic(x),
        equations=[u.diff(t) + a * u * u.diff(x) + b * u.diff(x, 2) + c * u.diff(x, 4)],
        conditions=[sv.Initial(u, sp.cos(x) * (1 + sp.sin(x)))],
    )
    _, _, nodal = run(problem, SpectralETD(256, step=FixedStep(1e-3)), np.linspace(0, 1, 251))
    assert np.sqrt(np.mean(nodal**2)) == pytest.approx(1.067, abs=1e-3)
    assert np.abs(nodal).max() == pytest.approx(3.02, abs=1e-2)
    assert np.abs(nodal.mean(axis=1)).max() < 1e-13


def test_gray_scott_check_numbers():
    """Case 17 of the suite on its active region: max v = 0.3846 at t = 100, on nodes 1/128 apart."""
    u, v = sv.unknown("u", x, y, t), sv.unknown("v", x, y, t)
    side = [sv.Interval(axis, -0.6, 0.6, periodic=True) for axis in (x, y)]
    reaction = u * v**2
    problem = sv.Problem(
        domain=side[0] * side[1] * sv.Time(t, 0, 100),
        equations=[
            sp.Eq(u.diff(t), sv.laplacian(u) / 100_000 + sp.Rational(1, 25) * (1 - u) - reaction),
            sp.Eq(v.diff(t), sv.laplacian(v) / 200_000 - v / 10 + reaction),
        ],
        conditions=[
            sv.Initial(u, 1 - sp.exp(-80 * ((x + 0.05) ** 2 + (y + 0.02) ** 2))),
            sv.Initial(v, sp.exp(-80 * ((x - 0.05) ** 2 + (y - 0.02) ** 2))),
        ],
    )
    compiled, outcome, _ = run(problem, SpectralETD(96, step=FixedStep(1.0)), [100.0])
    fine = np.arange(-38, 39) / 128
    values = compiled.space.jet(outcome.coefficients[0], (0, 0), {"x": fine[:, None], "y": fine[None]})
    assert float(values[..., 1].max()) == pytest.approx(0.3846, abs=6e-4)


def test_gradients_agree_with_differences():
    problem = kdv()
    compiled = SpectralETD(32, step=FixedStep(0.02)).compile(problem, tolerance=1e-5, times=[0.1])

    def loss(c):
        outcome = compiled.run(Values({"c": c}, {}))
        return jnp.sum(jnp.abs(outcome.coefficients[-1, 1:5]) ** 2 * jnp.arange(4)[:, None])

    c, h = jnp.asarray(4.0), 1e-4
    slope = float(jax.grad(loss)(c))
    assert slope == pytest.approx(float(loss(c + h) - loss(c - h)) / (2 * h), rel=1e-5)


def test_batches_agree_with_single_runs():
    compiled = SpectralETD(32, scheme=ETDRK2, step=FixedStep(0.01)).compile(kdv(), tolerance=1e-3, times=[0.1])
    c = jnp.asarray([1.0, 2.0, 4.0])
    batch = jax.vmap(lambda c: compiled.run(Values({"c": c}, {})).coefficients)(c)
    single = compiled.run(Values({"c": c[1]}, {})).coefficients
    np.testing.assert_allclose(batch[1], single, atol=1e-14)


def test_blow_up_is_a_result():
    u = sv.unknown("u", x, t)
    problem = sv.Problem(
        domain=periodic(x, stop=3.0),
        equations=[sp.Eq(u.diff(t), u.diff(x, 2) + u**2)],
        conditions=[sv.Initial(u, 1 + sp.cos(x) / 2)],
    )
    outcome = (
        SpectralETD(16, step=AdaptiveStep(max_steps=2000)).compile(problem, tolerance=1e-4).run(values_of(problem))
    )
    assert tuple(sv.Result)[int(outcome.code)] in (sv.Result.nonfinite, sv.Result.max_steps)
    assert np.all(np.isfinite(outcome.coefficients))


def test_single_precision():
    problem = kdv()
    compiled = SpectralETD(64, precision="single", step=FixedStep(0.01)).compile(problem, tolerance=1e-3, times=[0.1])
    assert compiled.run(values_of(problem)).coefficients.dtype == jnp.complex64


def test_saved_times_by_default_span_the_run():
    compiled = SpectralETD(32, step=FixedStep(0.1)).compile(kdv(), tolerance=1e-3)
    assert compiled.times[0] == 0 and compiled.times[-1] == 0.5 and len(compiled.times) > 100


def statement(domain, equation):
    u = sv.unknown("u", *domain.coordinates)
    conditions = [sv.Initial(u, 0)] if domain.time else []
    if domain.space and not domain.space.is_periodic:
        conditions.append(sv.Dirichlet(u, 0))
    return sv.Problem(domain=domain, equations=[equation(u)], conditions=conditions)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            lambda: statement(sv.Interval(x, 0, 1) * sv.Time(t, 0, 1), lambda u: u.diff(t) - u.diff(x, 2)),
            "boundaries on x",
        ),
        (lambda: statement(periodic(x).space * sv.Interval(y, 0, 1), lambda u: sv.laplacian(u) - 1), "steady"),
        (lambda: statement(Domain.of(sv.Time(t, 0, 1)), lambda u: u.diff(t) + u), "no space"),
    ],
)
def test_verdicts(problem, reason):
    problem = problem()
    verdict = SpectralETD().applies(problem)
    assert not verdict and reason in verdict.reason
    with pytest.raises(sv.UnsupportedError, match=reason):
        SpectralETD().compile(problem, tolerance=1e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SpectralETD(dealias="no"), "dealias"),
        (lambda: SpectralETD(scheme="ETDRK4"), "scheme"),
        (lambda: SpectralETD(step=0.1), "step"),
        (lambda: SpectralETD().compile(kdv(), tolerance=0.0), "tolerance"),
        (lambda: SpectralETD((8, 8)).compile(kdv(), tolerance=1e-3), "modes"),
        (lambda: SpectralETD().compile(kdv(), tolerance=1e-3, times=[0.7]).run(values_of(kdv())), "outside"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(sv.ArgumentError, match=message):
        make()


def test_schemes_are_interchangeable():
    problem = kdv()
    ends = [run(problem, SpectralETD(64, scheme=s, step=FixedStep(2e-4)), [0.02])[2] for s in (ETDRK2, ETDRK4)]
    assert 0 < relative(*ends) < 1e-6
