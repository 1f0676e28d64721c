import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.domains import Box
from sobolev.spaces import Fourier
from sobolev.spaces._half_length import row_spectrum, row_values


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def box(ndim: int) -> Box:
    names = sv.coordinates("x y z")
    lengths = (2.0, 3.0, 1.5)
    return Box(tuple(sv.Interval(names[i], -0.5, -0.5 + lengths[i], periodic=True) for i in range(ndim)))


def waves(points, orders=(0, 0, 0)):
    """Product over sides of cos(w s) + 2 sin(2 w s), and its derivatives."""
    value = 1.0
    for p, length, order in zip(points, (2.0, 3.0, 1.5), orders, strict=False):
        w, s = 2 * np.pi / length, np.asarray(p) + 0.5
        value = value * (
            w**order * np.cos(w * s + order * np.pi / 2) + 2 * (2 * w) ** order * np.sin(2 * w * s + order * np.pi / 2)
        )
    return value


ORDERS = {1: [(0,), (1,), (3,), (4,)], 2: [(1, 0), (2, 1)], 3: [(1, 0, 2)]}


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("modes", [7, 8])
@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_jets_are_exact_at_nodes_on_meshes_and_scattered(ndim, modes, real):
    space = Fourier(box(ndim), modes, real)
    factor = 1.0 if real else 1 - 2j
    nodal = factor * waves(space.grid.coordinates.values())
    c = space.from_grid(jnp.asarray(nodal)[..., None])
    assert c.shape == (*space.shape, 1)
    np.testing.assert_allclose(space.to_grid(c)[..., 0], nodal, atol=1e-13)
    names = space.box.names
    mesh = dict(zip(names, np.ix_(*(np.linspace(-3, 4, 3 + a) for a in range(ndim))), strict=True))
    scattered = dict(zip(names, np.random.default_rng(0).uniform(-1, 3, (ndim, 5)), strict=True))
    for orders in ORDERS[ndim]:
        expected = factor * waves(space.grid.coordinates.values(), orders)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(
            space.derivative(jnp.asarray(nodal)[..., None], orders)[..., 0], expected, atol=1e-12 * scale
        )
        for points in (mesh, scattered):
            exact = factor * waves(points.values(), orders)
            np.testing.assert_allclose(space.jet(c, orders, points)[..., 0], exact, atol=2e-12 * scale)


def test_open_mesh_in_any_order_and_scalars():
    space = Fourier(box(3), (9, 8, 7))
    c = space.from_grid(jnp.asarray(np.random.default_rng(1).normal(size=(9, 8, 7, 2))))
    x, y, z = np.linspace(0, 1, 4), np.linspace(0, 1, 5), 0.3
    transposed = space.jet(c, (1, 0, 0), {"x": x, "y": y[:, None], "z": z})
    direct = space.jet(
        c, (1, 0, 0), {"x": np.tile(x, (5, 1)), "y": np.tile(y[:, None], (1, 4)), "z": np.full((5, 4), z)}
    )
    np.testing.assert_allclose(transposed, direct, atol=1e-11)
    assert transposed.shape == (5, 4, 2)


def test_interpolates_arbitrary_nodal_values_with_even_modes():
    space = Fourier(box(2), (6, 4))
    nodal = np.random.default_rng(2).normal(size=(6, 4, 1))
    c = space.from_grid(jnp.asarray(nodal))
    np.testing.assert_allclose(space.jet(c, (0, 0), space.grid.coordinates), nodal, atol=1e-13)


def test_odd_derivatives_of_the_highest_mode_vanish():
    space = Fourier(box(1), 8)
    zigzag = jnp.asarray((-1.0) ** np.arange(8))[:, None]
    assert jnp.all(space.derivative(zigzag, (1,)) == 0)
    np.testing.assert_allclose(space.derivative(zigzag, (2,)), -((8 * np.pi / 2) ** 2) * zigzag)


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize(("coarse", "fine"), [(8, 12), (7, 12), (8, 9)])
def test_resampling_keeps_the_function_and_truncation_inverts_padding(coarse, fine, real):
    a, b = Fourier(box(2), (coarse, coarse + 1), real), Fourier(box(2), (fine, fine + 2), real)
    rng = np.random.default_rng(3)
    nodal = rng.normal(size=(coarse, coarse + 1, 1)) + (0 if real else 1j * rng.normal(size=(coarse, coarse + 1, 1)))
    c = a.from_grid(jnp.asarray(nodal))
    padded = a.resampled(c, b)
    points = {"x": np.array([0.1, 0.7, -2.0]), "y": np.array([0.0, 0.33, 5.0])}
    np.testing.assert_allclose(b.jet(padded, (0, 0), points), a.jet(c, (0, 0), points), atol=1e-13)
    np.testing.assert_allclose(b.resampled(padded, a), c, atol=1e-14)
    np.testing.assert_allclose(b.to_grid(padded), a.to_grid(c, b.modes), atol=1e-13)


def test_zeroth_coefficient_is_the_mean():
    space = Fourier(box(2), 6)
    nodal = np.random.default_rng(4).normal(size=(6, 6, 1))
    assert space.from_grid(jnp.asarray(nodal))[0, 0, 0] == pytest.approx(nodal.mean(), abs=1e-15)


def test_large_scattered_sums_go_in_chunks(monkeypatch):
    from sobolev.spaces import _fourier_points

    space = Fourier(box(2), 8)
    c = space.from_grid(jnp.asarray(np.random.default_rng(5).normal(size=(8, 8, 2))))
    points = dict(zip("xy", np.random.default_rng(6).uniform(0, 1, (2, 23)), strict=True))
    whole = space.jet(c, (0, 1), points)
    monkeypatch.setattr(_fourier_points, "_CHUNK", 64)
    np.testing.assert_allclose(space.jet(c, (0, 1), points), whole, atol=1e-12)


def test_derivatives_of_evaluation_with_respect_to_the_point():
    space = Fourier(box(1), 9)
    c = space.from_grid(jnp.asarray(np.random.default_rng(7).normal(size=(9, 1))))
    slope = jax.grad(lambda s: space.jet(c, (0,), {"x": s})[0])(0.4)
    assert slope == pytest.approx(float(space.jet(c, (1,), {"x": 0.4})[0]), rel=1e-12)


def test_points_for_degree_do_not_alias():
    space = Fourier(box(1), 64).odd
    assert space.modes == (63,)
    for degree in (2, 3):
        (n,) = space.points_for_degree(degree)
        assert n > (degree + 1) * 31
    assert space.points_for_degree(float("inf")) == space.points_for_degree(3)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda x: Fourier(Box((sv.Interval(x, 0, 1),)), 8), sv.UnsupportedError, "periodic"),
        (lambda x: Fourier(box(2), (8, 8, 8)), sv.ArgumentError, "2 of them"),
        (lambda x: Fourier(box(1), 0), sv.ArgumentError, "too small"),
        (lambda x: Fourier(box(1), 8.0), sv.ArgumentError, "modes"),
        (lambda x: Fourier(box(1), 8, product_points=4), sv.ArgumentError, "product_points"),
        (lambda x: Fourier(box(1), 8).from_grid(jnp.zeros((8, 1), complex)), sv.ArgumentError, "real=False"),
        (lambda x: Fourier(box(1), 8).jet(jnp.zeros((5, 1)), (0,), {"y": 0.0}), sv.ArgumentError, "coordinates"),
    ],
)
def test_refusals(make, error, message):
    with pytest.raises(error, match=message):
        make(sv.coordinates("x"))


@pytest.mark.parametrize("n", [2, 6, 16])
def test_single_rows_go_through_complex_transforms_of_half_their_length(n):
    """Agrees with NumPy, also for coefficients that no real function has at both ends, and in slopes."""
    rng = np.random.default_rng(n)
    x = jnp.asarray(rng.standard_normal((1, n)))
    c = jnp.asarray(rng.standard_normal((1, n // 2 + 1)) + 1j * rng.standard_normal((1, n // 2 + 1)))
    np.testing.assert_allclose(row_spectrum(x), np.fft.rfft(x), atol=1e-14)
    np.testing.assert_allclose(row_values(c, n), np.fft.irfft(c, n) * n, atol=1e-13)
    weight = jnp.asarray(rng.standard_normal(n // 2 + 1) + 0j)
    slopes = [jax.grad(lambda v, f=f: jnp.sum(weight * f(v)).real)(x) for f in (row_spectrum, jnp.fft.rfft)]
    np.testing.assert_allclose(*slopes, atol=1e-13)
