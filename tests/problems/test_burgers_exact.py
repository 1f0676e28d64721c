"""Cole–Hopf: the exact solution of Burgers' equation, against the equation, quadrature and published data."""

from pathlib import Path

import mpmath
import numpy as np
import pytest

import sobolev as sv
from sobolev.problems._burgers import cole_hopf

DATA = Path(__file__).parents[3] / "shared" / "data" / "deepxde" / "Burgers.npz"
# Eighth-order central differences.
FIRST = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}
SECOND = {0: -205 / 72, 1: 8 / 5, 2: -1 / 5, 3: 8 / 315, 4: -1 / 560}


def derivatives(function, h):
    first = sum(w * (function(k * h) - function(-k * h)) for k, w in FIRST.items()) / h
    second = sum(w * (function(k * h) + function(-k * h)) / (1 + (k == 0)) for k, w in SECOND.items()) / h**2
    return first, second


@pytest.mark.parametrize(("interval", "nu"), [((-1, 1), 0.1), ((0, 1), 0.05), ((-3, 2), 0.4)])
def test_satisfies_the_equation(interval, nu):
    problem = sv.problems.burgers(nu, periodic=True, interval=interval)

    def u(x, t):
        return problem.exact_solution(x=x, t=t)["u"]

    x = np.linspace(*interval, 13)[:, None]
    t = np.linspace(0.2, 0.9, 5)
    u_x, u_xx = derivatives(lambda s: u(x + s, t), 2e-3 * (interval[1] - interval[0]))
    u_t, _ = derivatives(lambda s: u(x, t + s), 5e-3)
    np.testing.assert_allclose(u_t + u(x, t) * u_x - nu * u_xx, 0, atol=2e-9)


@pytest.mark.parametrize(("x", "t"), [(0.01, 0.35), (-0.3, 0.1), (0.6, 0.9), (0.002, 1.0)])
def test_agrees_with_quadrature_in_thirty_digits(x, t):
    nu = 0.01 / np.pi
    with mpmath.workdps(40):
        n, k = mpmath.mpf(nu), mpmath.pi
        c = mpmath.sqrt(4 * n * t)

        def weight(z):
            return mpmath.exp(-(z**2) - mpmath.cos(k * (x - c * z)) / (2 * k * n))

        nodes = mpmath.linspace(-13, 13, 27)
        top = mpmath.quad(lambda z: -mpmath.sin(k * (x - c * z)) * weight(z), nodes)
        truth = float(top / mpmath.quad(weight, nodes))
    assert float(cole_hopf(x, t, nu)) == pytest.approx(truth, abs=1e-11)


def test_start_ends_and_oddness():
    x = np.linspace(-1, 1, 21)
    np.testing.assert_allclose(cole_hopf(x, 0.0, 0.01), -np.sin(np.pi * x), atol=1e-14)
    np.testing.assert_allclose(cole_hopf(np.array([-1.0, 0.0, 1.0]), 0.7, 0.003), 0, atol=1e-12)
    np.testing.assert_allclose(cole_hopf(x, 0.4, 0.01), -cole_hopf(-x, 0.4, 0.01), atol=1e-12)


def test_small_viscosity_stays_finite_and_bounded():
    values = cole_hopf(np.linspace(-1, 1, 101)[:, None], np.linspace(0, 1, 6), 1e-4)
    assert np.all(np.isfinite(values)) and np.max(np.abs(values)) <= 1


def test_agrees_with_the_published_table():
    if not DATA.exists():
        pytest.skip("../shared/data is not here")
    table = np.load(DATA)
    found = sv.problems.burgers().exact_solution(x=table["x"], t=table["t"].T)["u"]
    error = np.linalg.norm(found - table["usol"]) / np.linalg.norm(table["usol"])
    assert error < 5e-12
