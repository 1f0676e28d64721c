"""Solutions as functions: points, times, derivatives, refusals."""

import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev import problems
from sobolev._core import precision_context
from sobolev.solutions import Component, SpaceTimeField
from sobolev.solutions._interpolation import differentiation_matrix, hermite
from sobolev.spaces import Chebyshev, FiniteDifference, Fourier

TIMES = np.linspace(0.0, 0.5, 26)


def _wave(x, t):
    return np.exp(-t) * np.sin(2 * np.pi * (x - t))


def _wave_rate(x, t):
    return np.exp(-t) * (-np.sin(2 * np.pi * (x - t)) - 2 * np.pi * np.cos(2 * np.pi * (x - t)))


@pytest.fixture
def periodic(by_hand):
    problem = problems.heat(1, boundary="periodic", stop=0.5)
    return by_hand(problem, Fourier(problem.space, 32), [_wave], TIMES, [_wave_rate])


def test_exact_at_saved_times_and_of_fourth_order_between(periodic, by_hand):
    x = np.linspace(0, 1, 37)
    assert np.abs(periodic(x=x, t=TIMES[7]) - _wave(x, TIMES[7])).max() < 1e-14
    errors = []
    for n in (6, 11, 21):
        times = np.linspace(0, 0.5, n)
        s = by_hand(periodic.problem, periodic.space, [_wave], times, [_wave_rate])
        middle = 0.5 * (times[2] + times[3])
        errors.append(np.abs(s(x=x, t=middle) - _wave(x, middle)).max())
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([4, 4], abs=0.4)


def test_without_rates_they_are_estimated_to_fourth_order(by_hand, periodic):
    x, errors = np.linspace(0, 1, 9), []
    for n in (11, 21, 41):
        s = by_hand(periodic.problem, periodic.space, [_wave], np.linspace(0, 0.5, n))
        t = np.linspace(0, 0.5, 113)
        errors.append(np.abs(s(x=x[:, None], t=t) - _wave(x[:, None], t)).max())
    assert np.log2(np.array(errors[:-1]) / errors[1:]).min() > 3.5
    t = np.array([0.0, 0.3, 0.4, 1.0, 1.7, 2.0])
    assert differentiation_matrix(t) @ t**4 == pytest.approx(4 * t**3, abs=1e-12)


def test_hermite_reproduces_cubics_with_their_derivatives():
    with precision_context("double"):
        t = jnp.asarray([0.0, 0.7, 1.0])
        for order, exact in enumerate((0.3**3 - 0.3, 3 * 0.3**2 - 1, 6 * 0.3, 6.0)):
            value = hermite(t, t**3 - t, 3 * t**2 - 1, jnp.asarray(0.3), order)
            assert float(value) == pytest.approx(exact, abs=1e-13)


def test_broadcasting_like_numpy(periodic):
    x, t = np.linspace(0, 1, 5), np.linspace(0, 0.5, 3)
    product = periodic(x=x[:, None], t=t)
    assert product.shape == (5, 3)
    assert periodic(x=x, t=t[:, None]) == pytest.approx(product.T, abs=1e-15)
    pairs = periodic(x=x, t=np.linspace(0, 0.5, 5))
    assert pairs.shape == (5,)
    one_by_one = [periodic(x=a, t=b) for a, b in zip(x, np.linspace(0, 0.5, 5), strict=True)]
    assert pairs == pytest.approx(np.array(one_by_one), abs=1e-14)
    assert np.shape(one_by_one[0]) == ()
    mixed = periodic(x=np.linspace(0, 1, 4)[:, None, None], t=t[None, :, None] + np.zeros((4, 1, 2)))
    assert mixed.shape == (4, 3, 2)


def test_in_two_dimensions_meshes_and_pairs_agree(by_hand):
    problem = problems.heat(2, boundary="periodic", stop=0.5)

    def u(x, y, t):
        return np.cos(2 * np.pi * x) * np.sin(2 * np.pi * y) * (1 + t)

    s = by_hand(problem, Fourier(problem.space, 8), [u], [0.0, 0.25, 0.5])
    x, y, t = np.linspace(0, 1, 4), np.linspace(0, 1, 3), np.linspace(0, 0.5, 2)
    mesh = s(x=x[:, None, None], y=y[None, :, None], t=t)
    assert mesh == pytest.approx(u(x[:, None, None], y[None, :, None], t), abs=1e-13)
    middle = s(x=x[:, None, None], y=y[None, None, :], t=t[None, :, None])  # time in the middle
    assert middle == pytest.approx(np.swapaxes(mesh, 1, 2), abs=1e-13)
    flat = s(x=x[:3], y=y, t=np.array([0.0, 0.2, 0.4]))
    assert flat == pytest.approx(u(x[:3], y, np.array([0.0, 0.2, 0.4])), abs=1e-13)


def test_results_keep_double_precision_outside_jax(periodic):
    value = periodic(x=0.3, t=TIMES[3])
    assert isinstance(value, np.ndarray) and value.dtype == np.float64
    assert periodic.precision == "double"
    assert abs(value - _wave(0.3, TIMES[3])) < 1e-14


def test_repeated_calls_are_quick(periodic):
    x = np.linspace(0, 1, 101)
    periodic(x=x, t=0.2)
    begin = time.perf_counter()
    for _ in range(20):
        periodic(x=x, t=0.31)
    assert (time.perf_counter() - begin) / 20 < 0.05


def test_derivatives(periodic):
    x = np.linspace(0, 1, 11)
    slope = periodic.derivative("u", {"x": 1}, x=x, t=TIMES[4])
    assert slope == pytest.approx(2 * np.pi * np.exp(-TIMES[4]) * np.cos(2 * np.pi * (x - TIMES[4])), abs=1e-11)
    assert periodic["u"].derivative({"t": 1}, x=x, t=TIMES[4]) == pytest.approx(_wave_rate(x, TIMES[4]), abs=1e-11)


def test_periodic_sides_wrap(periodic):
    assert periodic(x=-0.75, t=0.1) == pytest.approx(float(periodic(x=0.25, t=0.1)), abs=1e-13)


def test_refusals_by_name(by_hand, periodic):
    with pytest.raises(sv.ArgumentError, match="outside the solved times"):
        periodic(x=0.5, t=0.7)
    with pytest.raises(sv.ArgumentError, match="wrong coordinates"):
        periodic(x=0.5)
    with pytest.raises(sv.ArgumentError, match="wrong coordinates"):
        periodic(x=0.5, t=0.1, y=0.2)
    with pytest.raises(sv.ArgumentError, match="NaN"):
        periodic(x=np.nan, t=0.1)
    with pytest.raises(sv.ArgumentError, match="not a number"):
        periodic(x="left", t=0.1)
    with pytest.raises(sv.ArgumentError, match="no such unknown"):
        periodic["w"]
    with pytest.raises(sv.ArgumentError, match="restrict"):
        periodic.restrict(0.4, 0.1)
    walls = problems.heat(1, stop=0.5)
    s = by_hand(walls, Chebyshev(walls.space, 9), [_wave], TIMES)
    with pytest.raises(sv.ArgumentError, match="outside the box"):
        s(x=1.2, t=0.1)


def test_several_unknowns_are_asked_for_by_name(by_hand):
    problem = problems.lorenz()
    t = np.linspace(0, 3, 31)
    s = by_hand(problem, None, [np.sin, np.cos, np.square], t, [np.cos, lambda t: -np.sin(t), lambda t: 2 * t])
    with pytest.raises(sv.ArgumentError, match="several unknowns"):
        s(t=0.5)
    assert isinstance(s[s.names[1]], Component)
    assert s[s.names[1]](t=np.array([0.5, 0.77])) == pytest.approx(np.cos([0.5, 0.77]), abs=1e-6)
    assert s[s.names[2]](t=0.5) == pytest.approx(0.25, abs=1e-12)
    assert repr(s["x"]).startswith("x of Solution of 'lorenz'")


def test_complex_fields(by_hand):
    problem = problems.nonlinear_schroedinger()
    side = problem.space.sides[0]

    def psi(x, t):
        return np.exp(1j * (2 * np.pi * (x - side.lower) / side.length - t))

    times = np.linspace(problem.time.start, problem.time.stop, 200)
    s = by_hand(problem, Fourier(problem.space, 8, real=False), [psi], times, [lambda x, t: -1j * psi(x, t)])
    x = np.linspace(side.lower, side.upper, 7)
    assert s(x=x, t=times[50]) == pytest.approx(psi(x, times[50]), abs=1e-12)


def test_at_and_restrict(periodic):
    x = np.linspace(0, 1, 9)
    assert periodic.at(0.123)(x=x) == pytest.approx(periodic(x=x, t=0.123), abs=1e-15)
    part = periodic.restrict(0.111, 0.399)
    t = np.linspace(0.111, 0.399, 50)[:, None]
    assert part(x=x, t=t) == pytest.approx(periodic(x=x, t=t), abs=1e-13)
    assert part.times[0] == 0.111 and part.times[-1] == 0.399
    with pytest.raises(sv.ArgumentError, match="outside the solved times"):
        part(x=x, t=0.4)


@pytest.mark.parametrize("space", [Fourier, Chebyshev, FiniteDifference])
def test_differentiable_in_points_and_in_time(space, by_hand):
    problem = problems.heat(1, boundary="periodic" if space is Fourier else "dirichlet", stop=0.5)
    s = by_hand(problem, space(problem.space, 33), [_wave], TIMES, [_wave_rate])
    with precision_context("double"):
        dx, dt = jax.grad(lambda x, t: s(x=x, t=t), argnums=(0, 1))(0.3, 0.21)
    exact = 2 * np.pi * np.exp(-0.21) * np.cos(2 * np.pi * 0.09)
    assert float(dx) == pytest.approx(exact, rel=2e-2 if space is FiniteDifference else 1e-4)
    assert float(dt) == pytest.approx(_wave_rate(0.3, 0.21), rel=2e-2 if space is FiniteDifference else 1e-3)


def test_what_is_it(periodic, by_hand):
    text = repr(periodic)
    for word in ("heat", "u(x, t)", "a known function", "because it is known", "26 saved times", "7 steps"):
        assert word in text
    assert periodic.result is sv.Result.successful
    failed = by_hand(periodic.problem, periodic.space, [_wave], TIMES, None, sv.Result.nonfinite)
    assert "nonfinite" in repr(failed)
    assert isinstance(periodic.field, SpaceTimeField) and periodic.method == "a known function"


def test_xarray(periodic):
    data = periodic.to_xarray()
    assert data["u"].dims == ("t", "x") and data["u"].shape == (26, 32)
    assert data["u"].sel(t=0.1, method="nearest").values == pytest.approx(_wave(data["x"].values, 0.1), abs=1e-12)
    fine = periodic.to_xarray(resolution=50, times=[0.05, 0.33])
    assert fine["u"].shape == (2, 50)
    assert fine["u"].values == pytest.approx(_wave(fine["x"].values, np.array([[0.05], [0.33]])), abs=1e-5)
    assert "heat" in data.attrs["problem"]


@pytest.mark.filterwarnings("error")
def test_double_solutions_are_used_in_single_precision_without_a_warning():
    """Outside of the double-precision context JAX truncates double arrays at their next use, and warns each time."""
    xs = np.linspace(0, 1, 7)

    def score(speed):
        problem = sv.problems.advection().replace(c=speed)
        u = sv.solve(problem, resolution=16, quiet=True)
        return jnp.mean(jnp.abs(u.restrict(0.1, 0.4)(x=xs, t=0.3)) ** 2 + u.at(0.2)(x=xs) * u(x=xs, t=0.2))

    slope = jax.grad(score)(0.5)
    assert slope.dtype == np.float32
    with precision_context("double"):
        assert slope == pytest.approx(float(jax.grad(score)(0.5)), rel=1e-5)
