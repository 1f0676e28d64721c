"""Chebyshev: exact on its polynomials, spectral on smooth functions, evaluated anywhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.spaces import Chebyshev

x, y, t = sv.coordinates("x y t")
LINE = (sv.Interval(x, -2, 3) * sv.Time(t, 0, 1)).space
PLANE = (sv.Interval(x, 0, 1) * sv.Interval(y, -1, 2)).space


@pytest.mark.parametrize("derivative", [1, 2, 3, 4])
def test_exact_on_polynomials(derivative):
    space = Chebyshev(LINE, 9)
    nodes = space.grid.axes[0].coordinates
    polynomial = np.poly1d([0.3, -1, 2, 0.5, -0.7, 0.1, 1, 2, -3])
    at = np.linspace(-2, 3, 23)
    with precision_context("double"):
        values = jnp.asarray(polynomial(nodes))[:, None]
        exact = polynomial.deriv(derivative)
        scale = np.abs(exact(nodes)).max()
        assert np.asarray(space.derivative(values, (derivative,))[:, 0]) == pytest.approx(
            exact(nodes), abs=1e-11 * scale
        )
        assert np.asarray(space.jet(values, (derivative,), {"x": at})[:, 0]) == pytest.approx(
            exact(at), abs=1e-11 * scale
        )
    assert np.abs(space.axis_matrix(0, derivative).toarray().sum(1)).max() < 1e-10 * scale
    assert space.end_derivative(0) == pytest.approx(space.axis_matrix(0, 1).toarray()[[0, -1]])


def test_spectral_decay():
    errors = []
    for n in (8, 12, 16, 20):
        space = Chebyshev(LINE, n)
        nodes = space.grid.axes[0].coordinates
        with precision_context("double"):
            got = space.derivative(jnp.asarray(np.exp(np.sin(nodes)))[:, None], (1,))[:, 0]
        errors.append(np.abs(np.asarray(got) - np.cos(nodes) * np.exp(np.sin(nodes))).max())
    ratios = np.array(errors[:-1]) / np.array(errors[1:])
    assert (ratios > 5).all()  # every four points: faster than any power of n


def test_open_meshes_scattered_points_and_nodes():
    space = Chebyshev(PLANE, (12, 18))
    X, Y = np.meshgrid(*(a.coordinates for a in space.grid.axes), indexing="ij")
    with precision_context("double"):
        values = jnp.stack([jnp.asarray(np.sin(X) * np.exp(Y)), jnp.asarray(X * Y)], -1)
        px, py = np.linspace(0, 1, 5)[:, None], np.linspace(-1, 2, 7)
        jet = jax.jit(space.jet, static_argnums=1)
        slope = np.asarray(jet(values, (1, 0), {"x": px, "y": py}))[..., 0]
        assert slope == pytest.approx(np.cos(px) * np.exp(py), abs=1e-10)
        scattered = np.random.default_rng(0).uniform(0, 1, (2, 11))
        got = jet(values, (0, 1), {"x": scattered[0], "y": scattered[1]})
        assert np.asarray(got)[:, 1] == pytest.approx(scattered[0], abs=1e-10)
        assert np.asarray(jet(values, (0, 0), {"x": X, "y": Y})) == pytest.approx(np.asarray(values), abs=1e-13)
        slope = jax.jit(jax.grad(lambda a: space.jet(values, (0, 0), {"x": a, "y": 0.5})[0]))(0.3)
        assert float(slope) == pytest.approx(np.cos(0.3) * np.exp(0.5), abs=1e-9)


def test_periodic_sides_are_refused_by_name():
    periodic = (sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1, periodic=True)).space
    with pytest.raises(sv.UnsupportedError, match="periodic"):
        Chebyshev(periodic, 8)
