"""Evolutions through FiniteDifference, Chebyshev and ODE."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import Values, values_of
from sobolev.methods import ODE, Chebyshev, FiniteDifference

x, y, t = sv.coordinates("x y t")
u = sv.unknown("u", x, t)
LINE = sv.Interval(x, 0, 1) * sv.Time(t, 0, 1)
pytestmark = pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _errors(problem, method, n, exact, tolerance=1e-9, times=(0.0, 0.5, 1.0)):
    compiled = method.compile(problem, tolerance=tolerance, resolution=n, times=times)
    outcome = compiled.run(values_of(problem))
    assert int(outcome.code) == 0
    nodes = compiled.space.grid.axes[0].coordinates
    found = []
    for k, name in enumerate(problem.unknown_names):
        expected = sp.lambdify([x, t], exact[name], "numpy")
        expected = np.stack([expected(nodes, at) + 0 * nodes for at in times])
        found.append(np.abs(np.asarray(outcome.coefficients[..., k]) - expected).max())
    return found


def test_heat_with_conditions_that_move():
    order = 6
    exact = sp.exp(-t) * sp.cos(x) + sp.sin(x * t)
    problem = sv.Problem(
        LINE,
        [sp.Eq(u.diff(t), u.diff(x, 2) + exact.diff(t) - exact.diff(x, 2))],
        [
            sv.Initial(u, exact.subs(t, 0)),
            sv.Dirichlet(u, exact.subs(x, 0), on="x.min"),
            sv.Robin(u, 2, 1 + t, (2 * exact + (1 + t) * exact.diff(x)).subs(x, 1), on="x.max"),
        ],
    )
    errors = [_errors(problem, FiniteDifference(order=order), n, {"u": exact}, 1e-11)[0] for n in (11, 21)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.4)


def _wave():
    exact = sp.sin(sp.pi * x) * sp.cos(sp.pi * t) + x * t**2
    return exact, sv.Problem(
        sv.Interval(x, 0, 1) * sv.Time(t, 0, 20),
        [sp.Eq(u.diff(t, 2), u.diff(x, 2) + 2 * x)],
        [
            sv.Initial(u, exact.subs(t, 0)),
            sv.Initial(u.diff(t), exact.diff(t).subs(t, 0)),
            sv.Dirichlet(u, exact.subs(x, 0), on="x.min"),
            sv.Dirichlet(u, exact.subs(x, 1), on="x.max"),
        ],
    )


def test_waves_stay_stable_for_a_long_time():
    exact, problem = _wave()
    (error,) = _errors(problem, FiniteDifference(order=6), 41, {"u": exact}, 1e-9, (0.0, 10.0, 20.0))
    assert error < 1e-5  # 20 crossings; the closure of full order would have grown by e^200


def test_advection_with_inflow():
    exact = sp.sin(2 * (x - t))
    problem = sv.Problem(
        LINE, [u.diff(t) + u.diff(x)], [sv.Initial(u, exact.subs(t, 0)), sv.Dirichlet(u, exact.subs(x, 0), on="x.min")]
    )
    errors = [_errors(problem, FiniteDifference(order=4), n, {"u": exact})[0] for n in (17, 33)]
    assert np.log2(errors[0] / errors[1]) > 3.6
    assert _errors(problem, Chebyshev(), 17, {"u": exact})[0] < 1e-8


def test_diagnostics_are_solved_for():
    v = sv.unknown("v", x, t)
    exact = sp.exp(-t) * sp.sin(sp.pi * x)
    solved = -exact / sp.pi**2
    problem = sv.Problem(
        LINE,
        [sp.Eq(u.diff(t), u.diff(x, 2) + v + exact.diff(t) - exact.diff(x, 2) - solved), sp.Eq(v.diff(x, 2), u)],
        [sv.Initial(u, exact.subs(t, 0)), sv.Dirichlet(u, 0), sv.Dirichlet(v, 0)],
    )
    assert max(_errors(problem, Chebyshev(), 15, {"u": exact, "v": solved})) < 1e-8


def test_complex_fields():
    z, exact = sv.unknown("z", x, t, complex=True), sp.exp(sp.I * t) * sp.sin(sp.pi * x)
    source = sp.I * exact.diff(t) + exact.diff(x, 2) / 10 + sp.sin(sp.pi * x) ** 2 * exact
    problem = sv.Problem(
        LINE,
        [sp.Eq(sp.I * z.diff(t) + z.diff(x, 2) / 10 + sp.Abs(z) ** 2 * z, source)],
        [sv.Initial(z, exact.subs(t, 0)), sv.Dirichlet(z, 0)],
    )
    assert _errors(problem, FiniteDifference(order=6), 49, {"z": exact})[0] < 1e-7


def test_burgers_layer_reaches_one_in_a_million():
    problem = sv.problems.burgers()
    compiled = FiniteDifference(order=6).compile(problem, tolerance=1e-6, resolution=2001, times=[0.0, 0.5, 1.0])
    outcome = compiled.run(values_of(problem))
    nodes = compiled.space.grid.axes[0].coordinates
    for k, at in ((1, 0.5), (2, 1.0)):
        exact = problem.exact["u"](x=nodes, t=at, nu=0.01 / np.pi)
        got = np.asarray(outcome.coefficients[k, :, 0])
        assert np.linalg.norm(got - exact) < 1e-6 * np.linalg.norm(exact)


def test_gradients_of_evolutions():
    k = sv.parameter("k", default=2.0)
    problem = sv.Problem(
        LINE,
        [sp.Eq(u.diff(t) + k * u * u.diff(x), u.diff(x, 2) / 5)],
        [sv.Initial(u, sp.sin(sp.pi * x)), sv.Dirichlet(u, 0)],
    )
    compiled = FiniteDifference().compile(problem, tolerance=1e-10, resolution=33, times=[0.0, 1.0])
    loss = jax.jit(lambda k: jnp.sum(compiled.run(Values({"k": k}, {})).coefficients[-1] ** 2))
    q, h = jnp.asarray(2.0), 1e-2
    central = (8 * (loss(q + h) - loss(q - h)) - (loss(q + 2 * h) - loss(q - 2 * h))) / (12 * h)
    assert float(jax.grad(loss)(q)) == pytest.approx(float(central), rel=1e-6)


def _lorenz(stop):
    X, Y, Z = (sv.unknown(name, t) for name in "XYZ")
    return sv.Problem(
        sv.Time(t, 0, stop),
        [
            sp.Eq(X.diff(t), 10 * (Y - X)),
            sp.Eq(Y.diff(t), X * (28 - Z) - Y),
            sp.Eq(Z.diff(t), X * Y - sp.Rational(8, 3) * Z),
        ],
        [sv.Initial(X, 1), sv.Initial(Y, 1), sv.Initial(Z, 1)],
    )


def test_ode_against_a_tight_reference():
    problem = _lorenz(5)
    compiled = ODE().compile(problem, tolerance=1e-11, times=[0.0, 2.5, 5.0])
    outcome = compiled.run(values_of(problem))

    def rate(t, v):
        return [10 * (v[1] - v[0]), v[0] * (28 - v[2]) - v[1], v[0] * v[1] - 8 / 3 * v[2]]

    reference = scipy.integrate.solve_ivp(rate, (0, 5), [1, 1, 1], "DOP853", [0, 2.5, 5], rtol=1e-13, atol=1e-13).y
    order = ["XYZ".index(name) for name in problem.unknown_names]
    assert np.asarray(outcome.coefficients) == pytest.approx(reference[order].T, abs=1e-7)
    assert np.asarray(outcome.rates)[1] == pytest.approx(np.array(rate(0, reference[:, 1]))[order], abs=1e-5)
    assert "lives on" in ODE().applies(sv.problems.burgers()).reason
    with pytest.raises(sv.ArgumentError, match="no resolution"):
        ODE().compile(problem, tolerance=1e-6, resolution=32)


def test_stiff_ode_is_recognised():
    X = sv.unknown("X", t)
    problem = sv.Problem(sv.Time(t, 0, 1), [sp.Eq(X.diff(t), -100000 * (X - sp.cos(t)))], [sv.Initial(X, 0)])
    outcome = ODE().compile(problem, tolerance=1e-8, times=[0.0, 1.0]).run(values_of(problem))
    assert int(outcome.steps["steps"]) < 200
    assert float(outcome.coefficients[-1, 0]) == pytest.approx(np.cos(1), abs=2e-5)


@pytest.mark.parametrize("rates", [(1.0, 1e5), (1e5, 1.0)])
def test_stiffness_is_decided_for_the_values_at_hand(rates):
    """One statement, stiff and not: what is kept from the first solve is not used for the second."""
    X, rate = sv.unknown("X", t), sv.parameter("rate", default=1.0)
    problem = sv.Problem(sv.Time(t, 0, 1), [sp.Eq(X.diff(t), -rate * (X - sp.cos(t)))], [sv.Initial(X, 0)])
    for value in rates:
        s = sv.solve(problem.replace(rate=value), tolerance=1e-6, times=[0.0, 1.0], quiet=True)
        assert int(s.steps["steps"]) < 400
        exact = (value**2 * np.cos(1) + value * np.sin(1) - value**2 * np.exp(-value)) / (1 + value**2)
        assert float(s(t=1.0)) == pytest.approx(exact, abs=1e-6)
