"""One table of problems, one table of methods: each pair either solves the problem or says why it does not."""

import itertools
import re

import pytest
import sympy as sp

import sobolev as sv
from sobolev import methods, problems


def poisson():
    """−Δu = f with u = sin πx sin 2πy, zero on the boundary."""
    x, y = sv.coordinates("x y")
    u = sv.unknown("u", x, y)
    exact = sp.sin(sp.pi * x) * sp.sin(2 * sp.pi * y)
    return sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1),
        sp.Eq(-sv.laplacian(u), 5 * sp.pi**2 * exact),
        sv.Dirichlet(u, 0),
        name="poisson",
        exact=exact,
    )


def _square(equations, unknowns, exact, conditions=()):
    x, y = sv.coordinates("x y")
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    walls = [sv.Dirichlet(u, 0) for u in unknowns]
    return sv.manufactured(sv.Problem(box, equations, [*walls, *conditions]), **exact)


def helmholtz():
    """Δu + 30 u = f, between the first two eigenvalues of the square."""
    x, y = sv.coordinates("x y")
    u = sv.unknown("u", x, y)
    return _square([sv.laplacian(u) + 30 * u], [u], {"u": sp.cos(2 * x) * sp.exp(y)})


def system():
    """−Δu + v = f, −Δv − 2u = g."""
    x, y = sv.coordinates("x y")
    u, v = sv.unknown("u", x, y), sv.unknown("v", x, y)
    exact = {"u": sp.sin(2 * x + y), "v": sp.cos(x) * sp.exp(y)}
    return _square([-sv.laplacian(u) + v, -sv.laplacian(v) - 2 * u], [u, v], exact)


def heat_in_the_plane():
    """u_t = Δu/10 with u = e^(−π²t/5) sin πx sin πy."""
    x, y, t = sv.coordinates("x y t")
    u = sv.unknown("u", x, y, t)
    start = sp.sin(sp.pi * x) * sp.sin(sp.pi * y)
    return sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1) * sv.Time(t, 0, 1),
        u.diff(t) - sv.laplacian(u) / 10,
        [sv.Initial(u, start), sv.Dirichlet(u, 0)],
        exact=start * sp.exp(-(sp.pi**2) * t / 5),
    )


PROBLEMS = {
    "burgers, periodic": lambda: problems.burgers(0.05, periodic=True, stop=0.5),
    "burgers, walls": lambda: problems.burgers(0.05, stop=0.5),
    "heat, periodic": lambda: problems.heat(1, boundary="periodic", stop=0.2),
    "heat, walls": lambda: problems.heat(1, stop=0.2),
    "heat, plane": heat_in_the_plane,
    "poisson": poisson,
    "helmholtz": helmholtz,
    "system": system,
}
# Resolutions at which the error is below the tolerance, from the orders of the methods.
METHODS = {
    "SpectralETD": (methods.SpectralETD(), 96, 1e-7),
    "Chebyshev": (methods.Chebyshev(), {1: 97, 2: 17}, 1e-6),
    "FiniteDifference(2)": (methods.FiniteDifference(order=2), {1: 257, 2: 65}, 3e-3),
    "FiniteDifference(4)": (methods.FiniteDifference(order=4), {1: 257, 2: 49}, 1e-4),
    "FiniteDifference(6)": (methods.FiniteDifference(order=6), {1: 257, 2: 33}, 1e-5),
    "FiniteElement(1)": (methods.FiniteElement(degree=1), 49, 5e-3),
    "FiniteElement(2)": (methods.FiniteElement(degree=2), 25, 2e-4),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_solves_or_says_why_not(name, method):
    problem, (recipe, points, tolerance) = PROBLEMS[name](), METHODS[method]
    verdict = recipe.applies(problem)
    if not verdict:
        with pytest.raises(sv.UnsupportedError, match=re.escape(verdict.reason)):
            sv.solve(problem, recipe, quiet=True)
        return
    resolution = points[problem.ndim] if isinstance(points, dict) else points
    times = None if problem.is_steady else [0.0, 0.5 * problem.time.stop, problem.time.stop]
    s = sv.solve(problem, recipe, tolerance=0.1 * tolerance, resolution=resolution, times=times, quiet=True)
    assert s.result is sv.Result.successful
    table = s.compare()
    assert table.relative_l2 < tolerance, table


def test_every_method_takes_something():
    for recipe, _, _ in METHODS.values():
        assert any(recipe.applies(make()) for make in PROBLEMS.values())


def test_methods_agree_within_their_error_bars():
    problem = system()
    recipes = [methods.Chebyshev(), methods.FiniteDifference(order=4), methods.FiniteElement()]
    solutions = [sv.solve(problem, recipe, tolerance=1e-3, quiet=True) for recipe in recipes]
    for a, b in itertools.combinations(solutions, 2):
        assert a.compare(b).relative_l2 < a.error_bar.relative_l2 + b.error_bar.relative_l2 + 1e-6
