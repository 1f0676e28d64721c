"""Every declared order is observed: each method is refined on a manufactured solution, and the slope is fitted."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import values_of
from sobolev.methods import Chebyshev, FiniteDifference, SpectralETD
from sobolev.solvers import ETDRK1, ETDRK2, ETDRK3, ETDRK4, FixedStep

x, y, t = sv.coordinates("x y t")
LINE, RING = sv.Interval(x, 0, 1), sv.Interval(x, 0, 2 * sp.pi, periodic=True)
TIME = sv.Time(t, 0, 1)


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def flux_between_walls():
    """−∇·((1 + xy/2) ∇u) = f with Dirichlet, Neumann and Robin sides."""
    u = sv.unknown("u", x, y)
    sides = [
        sv.Dirichlet(u, 0, on="x.min"),
        sv.Neumann(u, 0, on=("x.max", "y.max")),
        sv.Robin(u, 1 + x, 1, 0, on="y.min"),
    ]
    bare = sv.Problem(LINE * sv.Interval(y, 0, 1), -sv.div((1 + x * y / 2) * sv.grad(u)), sides)
    return sv.manufactured(bare, u=sp.sin(2 * x + 1) * sp.exp(y / 2) + x * y)


def nonlinear_between_walls():
    """u″ + eᵘ = f."""
    u = sv.unknown("u", x)
    bare = sv.Problem(LINE, u.diff(x, 2) + sp.exp(u), [sv.Dirichlet(u, 0, on="x.min"), sv.Neumann(u, 0, on="x.max")])
    return sv.manufactured(bare, u=sp.sin(2 * x + 1))


def free_constant():
    """Δu = f on a torus, with the mean given."""
    u, other = sv.unknown("u", x, y), sv.Interval(y, 0, 2 * sp.pi, periodic=True)
    bare = sv.Problem(RING * other, sv.laplacian(u), sv.Mean(u, 0))
    return sv.manufactured(bare, u=3 + sp.sin(2 * x) * sp.cos(y))


def heat_between_walls():
    """u_t = u_xx + f, with values and fluxes at the walls that move."""
    u = sv.unknown("u", x, t)
    sides = [sv.Dirichlet(u, 0, on="x.min"), sv.Robin(u, 2, 1 + t, 0, on="x.max")]
    bare = sv.Problem(LINE * TIME, u.diff(t) - u.diff(x, 2), [sv.Initial(u, 0), *sides])
    return sv.manufactured(bare, u=sp.exp(-t) * sp.cos(x) + sp.sin(x * t))


def burgers_on_a_ring():
    """u_t + u u_x = ν u_xx + f, of which all Fourier modes are excited."""
    u = sv.unknown("u", x, t)
    bare = sv.Problem(RING * TIME, u.diff(t) + u * u.diff(x) - u.diff(x, 2) / 10, sv.Initial(u, 0))
    return sv.manufactured(bare, u=sp.exp(sp.cos(x - t)) / 2)


def _error(problem, method, points, tolerance=1e-11):
    """Largest error at the grid points at the end, relative to the largest value."""
    times = None if problem.is_steady else [problem.time.start, problem.time.stop]
    compiled = method.compile(problem, tolerance=tolerance, resolution=points, times=times)
    outcome = compiled.run(values_of(problem))
    assert int(outcome.code) == 0
    grid = compiled.space.grid
    places = dict(zip(grid.names, np.ix_(*(a.coordinates for a in grid.axes)), strict=True))
    if problem.is_steady:
        found = compiled.space.to_grid(outcome.coefficients)
    else:
        found, places["t"] = compiled.space.to_grid(outcome.coefficients[-1]), np.asarray(problem.time.stop)
    exact = problem.exact_solution(**places)["u"]
    return np.abs(np.asarray(found)[..., 0] - exact).max() / np.abs(exact).max()


def _slope(sizes, errors):
    return -np.polyfit(np.log(sizes), np.log(errors), 1)[0]


@pytest.mark.parametrize(
    ("make", "order", "points"),
    [
        (flux_between_walls, 2, (13, 25)),
        (flux_between_walls, 4, (13, 25)),
        (flux_between_walls, 6, (13, 25)),
        (nonlinear_between_walls, 2, (17, 33)),
        (nonlinear_between_walls, 6, (17, 33)),
        (free_constant, 4, (12, 24)),
        (heat_between_walls, 4, (11, 21)),
    ],
    ids=lambda v: v.__name__ if callable(v) else str(v),
)
def test_finite_differences(make, order, points):
    problem, method = make(), FiniteDifference(order=order)
    assert method.order == order
    errors = [_error(problem, method, n) for n in points]
    cells = np.asarray(points) - (0 if problem.is_periodic else 1)
    assert order - 0.3 <= _slope(cells, errors) <= order + 0.8


@pytest.mark.parametrize(
    ("make", "points"),
    [(flux_between_walls, (5, 8, 11)), (nonlinear_between_walls, (6, 9, 12))],
    ids=lambda v: v.__name__ if callable(v) else "",
)
def test_chebyshev_decays_faster_than_any_power(make, points):
    """e ~ Cρⁿ: a straight line of log e over n, with ρ < 1/3, and a slope over log n that keeps growing."""
    problem = make()
    assert Chebyshev().order == float("inf")
    errors = np.log([_error(problem, Chebyshev(), n) for n in points])
    assert np.polyfit(points, errors, 1)[0] < np.log(1 / 3)
    powers = -np.diff(errors) / np.diff(np.log(points))
    assert powers.min() > 6 and powers[-1] > powers[0]


def test_fourier_decays_faster_than_any_power():
    problem, points = burgers_on_a_ring(), (8, 12, 16)
    assert SpectralETD().order == float("inf")
    errors = np.log([_error(problem, SpectralETD(), n) for n in points])
    assert np.polyfit(points, errors, 1)[0] < np.log(1 / 2)
    powers = -np.diff(errors) / np.diff(np.log(points))
    assert powers.min() > 5 and powers[-1] > powers[0]


@pytest.mark.parametrize("scheme", [ETDRK1, ETDRK2, ETDRK3, ETDRK4], ids=str)
def test_exponential_schemes_in_time(scheme):
    problem, steps = burgers_on_a_ring(), (20, 40) if scheme.order < 4 else (10, 20)
    errors = [_error(problem, SpectralETD(scheme=scheme, step=FixedStep(1 / n)), 32) for n in steps]
    assert _slope(steps, errors) == pytest.approx(scheme.order, abs=0.3)
