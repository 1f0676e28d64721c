"""What a solution says about itself: conditions, conservation, residual, comparison."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import problems
from sobolev.equations import values_of
from sobolev.spaces import Chebyshev, FiniteDifference, Fourier

TIMES = np.linspace(0.0, 0.5, 51)
KAPPA = 0.4


def _decay(x, t):
    return np.sin(np.pi * x) * np.exp(-KAPPA * np.pi**2 * t)


def _decay_rate(x, t):
    return -KAPPA * np.pi**2 * _decay(x, t)


@pytest.fixture
def heat(by_hand):
    problem = problems.heat(1, stop=0.5)
    return by_hand(problem, Chebyshev(problem.space, 25), [_decay], TIMES, [_decay_rate])


def test_residual_of_the_truth_is_small_and_of_a_wrong_sign_is_not(heat, by_hand):
    (equation,) = heat.residual()
    assert heat.residual()[equation] < 1e-6
    grown = by_hand(heat.problem, heat.space, [lambda x, t: _decay(x, -t)], TIMES, [lambda x, t: -_decay_rate(x, -t)])
    assert grown.residual()[equation] > 1
    slower = by_hand(heat.problem, heat.space, [lambda x, t: _decay(x, 0.98 * t)], TIMES)
    assert slower.residual()[equation] == pytest.approx(0.02, rel=0.1)


def test_residual_second_order_in_time(by_hand):
    problem = problems.wave()
    c = float(values_of(problem).parameters["c"])
    times = np.linspace(0, 1, 401)
    s = by_hand(problem, Chebyshev(problem.space, 33), [lambda x, t: np.sin(np.pi * x) * np.cos(np.pi * c * t)], times)
    assert max(s.residual().values()) < 1e-4


def test_residual_of_a_jumping_coefficient_is_conservative(by_hand):
    x = sv.coordinates("x")
    u = sv.unknown("u", x)
    a = sv.input_field("a", x, default=sp.Piecewise((1, x < sp.Rational(1, 2)), (4, True)))
    problem = sv.Problem(
        sv.Interval(x, 0, 1),
        sp.Eq(-sv.div(a * sv.grad(u)), 0),
        [sv.Dirichlet(u, 0, "x.min"), sv.Dirichlet(u, 5, "x.max")],
    )
    broken = by_hand(problem, FiniteDifference(problem.space, 42), [lambda x: np.where(x < 0.5, 8 * x, 3 + 2 * x)])
    smooth = by_hand(problem, FiniteDifference(problem.space, 42), [lambda x: 5 * x])
    residual, wrong = (next(iter(s.residual().values())) for s in (broken, smooth))
    assert residual < 1e-9 < 1 < wrong


def test_conditions(heat, by_hand):
    assert max(heat.boundary_error().values()) < 1e-14
    assert max(heat.initial_error().values()) < 1e-14
    shifted = by_hand(heat.problem, heat.space, [lambda x, t: _decay(x, t) + 0.01 * x], TIMES)
    left, right = shifted.boundary_error().values()
    assert left < 1e-14
    assert right == pytest.approx(0.01, rel=0.02)
    (initial,) = shifted.initial_error().values()
    assert initial == pytest.approx(0.01 * np.sqrt(1 / 3) / np.sqrt(1 / 2), rel=1e-3)


def test_neumann_and_robin_conditions_use_the_outward_normal(by_hand):
    x = sv.coordinates("x")
    u = sv.unknown("u", x)
    problem = sv.Problem(
        sv.Interval(x, 0, 1),
        sp.Eq(-u.diff(x, 2) + u, x + 2),
        [sv.Neumann(u, -1, "x.min"), sv.Robin(u, 1, 1, 4, "x.max")],
    )
    s = by_hand(problem, Chebyshev(problem.space, 9), [lambda x: 2 + x])
    assert max(s.boundary_error().values()) < 1e-13
    flipped = by_hand(problem, Chebyshev(problem.space, 9), [lambda x: 2 - x])
    assert max(flipped.boundary_error().values()) > 0.5


def test_drift_is_measured(by_hand):
    problem = problems.burgers(periodic=True)
    space = Fourier(problem.space, 16)
    kept = by_hand(problem, space, [lambda x, t: 1 + np.cos(np.pi * (x - t))], TIMES)
    lost = by_hand(problem, space, [lambda x, t: 1 - 0.1 * t + np.cos(np.pi * (x - t))], TIMES)
    assert kept.conservation()["mean of u"] < 1e-14
    assert lost.conservation()["mean of u"] == pytest.approx(0.05, rel=1e-6)
    steady = by_hand(problems.poisson(), Chebyshev(problems.poisson().space, 5), [lambda x, y: x * y])
    with pytest.raises(sv.UnsupportedError, match="steady"):
        steady.conservation()


def test_comparison_measures_a_known_difference(heat, by_hand):
    same = heat.compare()
    assert same.relative_l2 < 1e-12 and same["u"].final_l2 < 1e-12
    other = by_hand(heat.problem, heat.space, [lambda x, t: 1.01 * _decay(x, t)], TIMES)
    table = other.compare(heat)
    assert table.relative_l2 == pytest.approx(0.01, rel=1e-6)
    assert table.relative_max == pytest.approx(0.01, rel=1e-6)
    assert table.relative_h1 == pytest.approx(0.01, rel=1e-6)
    assert other.compare().relative_l2 == pytest.approx(0.01, rel=1e-6)
    # A ripple of size 1e-3 and wave number 8: seen eight times as large in the derivative.
    rippled = by_hand(
        heat.problem,
        Chebyshev(heat.space.box, 61),
        [lambda x, t: _decay(x, t) * (1 + 1e-3 * np.cos(16 * np.pi * x))],
        TIMES,
    )
    assert rippled.compare(heat).relative_h1 > 5 * rippled.compare(heat).relative_l2
    assert rippled.compare().relative_h1 == pytest.approx(rippled.compare(heat).relative_h1, rel=0.05)
    assert "rel. L2" in str(table) and "u" in str(table)
    with pytest.raises(sv.ArgumentError, match="No such field"):
        table["w"]


def test_comparison_knows_the_floor_of_its_reference(heat, by_hand):
    reference = heat.with_error_bar(sv.ErrorBar(0.004, 0.01, "two resolutions"))
    other = by_hand(heat.problem, heat.space, [lambda x, t: 1.01 * _decay(x, t)], TIMES)
    table = other.compare(reference)
    assert isinstance(table, sv.ErrorTable)
    assert table.at_reference_floor and "at reference floor" in str(table)
    assert not other.compare(heat).at_reference_floor


def test_comparison_refuses_other_domains(heat, by_hand):
    longer = problems.heat(1, boundary="periodic", stop=0.5)
    other = by_hand(longer, Fourier(longer.space, 8), [_decay], TIMES)
    with pytest.raises(sv.ArgumentError, match="same domain"):
        heat.compare(other)
    gray = problems.lorenz()
    third = by_hand(gray, None, [np.sin, np.sin, np.sin], np.linspace(0, 1, 5))
    with pytest.raises(sv.ArgumentError, match="different unknowns"):
        heat.compare(third)
    with pytest.raises(sv.StatementError, match="No exact solution"):
        third.compare()
