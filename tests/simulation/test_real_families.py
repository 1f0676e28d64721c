"""Families of the library, by the methods of the library."""

import jax
import numpy as np
import pytest

import sobolev as sv
from sobolev.data import nested
from sobolev.methods import Chebyshev, FiniteDifference, SpectralETD
from sobolev.simulation._choose import method_for

KEY = jax.random.key(0)


def test_darcy_samples_solve_the_statement_and_their_error_is_estimated():
    how = dict(dtype="float64", quiet=True, key=KEY)
    data = sv.simulate(sv.problems.darcy(), 3, 17, **how)
    assert set(np.unique(data.a)) == {3.0, 12.0} and data.u.dims == ("sample", "x", "y")
    assert nested(data.attrs)["residual"][0] < 1e-6  # of −∇·(a∇u) = 1
    assert abs(data.u.values[:, [0, -1]]).max() == 0 and (data.u.values[:, 1:-1, 1:-1] > 0).all()
    # Five-point fluxes with harmonic means at one point of one sample, by hand.
    a, u, h, i, j = data.a.values[1], data.u.values[1], 1 / 16, 7, 10
    around = ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1))
    flux = sum(2 / (1 / a[i, j] + 1 / a[n]) * (u[i, j] - u[n]) for n in around)
    assert flux / h**2 == pytest.approx(1, abs=1e-5)
    # The estimate is the distance to the same samples at twice the resolution.
    finer = sv.simulate(sv.problems.darcy(), 3, 33, check=0, **how).u.values[:, ::2, ::2]
    distance = np.linalg.norm(data.u.values - finer, axis=(1, 2)) / np.linalg.norm(finer, axis=(1, 2))
    assert nested(data.attrs)["estimated_relative_error"]["u"] == pytest.approx(np.median(distance), rel=1e-3)
    assert 1e-3 < np.median(distance) < 0.1


def test_burgers_family_agrees_with_single_solves():
    problem = sv.problems.burgers(periodic=True, viscosity=0.05)
    data = sv.simulate(problem, 3, 64, times=3, check=0, dtype="float64", quiet=True, key=KEY)
    with sv._core.precision_context("double"):
        member = sv.draw(problem.random(), key=jax.random.fold_in(KEY, 2))
    alone = sv.solve(member, SpectralETD(), resolution=64, quiet=True)
    at = {"x": data.x.values, "t": data.time.values[:, None]}
    assert np.abs(np.asarray(alone(**at)) - data.u.values[2]).max() < 1e-5 * np.abs(data.u.values[2]).max()
    assert data.attrs["method"] == "SpectralETD" and data.x.attrs["kind"] == "periodic"


def test_the_method_for_a_family_is_not_dense_on_large_grids():
    poisson = sv.problems.poisson()
    assert isinstance(method_for(poisson, 16), Chebyshev)
    assert method_for(poisson, 64) == FiniteDifference(order=4)
    assert isinstance(method_for(sv.problems.darcy(), 64), FiniteDifference)
    assert isinstance(method_for(sv.problems.heat().random(), 512), Chebyshev)
