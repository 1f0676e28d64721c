"""Gaussian fields: their laws against formulas, their boundary behaviour, and that draws are functions."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.domains import Box
from sobolev.priors import RBF, AlphaTau, GaussianField, Matern

x, y, z = sv.coordinates("x y z")
SIDE = Box((sv.Interval(x, -1, 2),))
SQUARE = Box((sv.Interval(x, 0, 1), sv.Interval(y, 1, 3)))
CUBE = Box((sv.Interval(x, 0, 1), sv.Interval(y, 0, 1), sv.Interval(z, 0, 2)))


def samples(law, box, count=4000, **points):
    """`count` draws at the same points, in double precision."""
    with precision_context("double"):
        keys = jax.random.split(jax.random.key(7), count)
        draw = eqx.filter_jit(eqx.filter_vmap(lambda key: law.draw(box, key=key)(**points)))
        return np.asarray(draw(keys))


def covariance_by_series(law, first, second, length, modes):
    """Σ g(λ) φ(x) φ(x') in one dimension, written out once more."""
    k = np.arange(modes + 1)
    match law.boundary:
        case "periodic":
            lam, pair = (2 * np.pi * k / length) ** 2, np.cos(2 * np.pi * k * (first - second) / length)
            weight = np.where(k == 0, 1, 2) / length
        case "dirichlet":
            lam = (np.pi * k / length) ** 2
            pair = np.sin(np.pi * k * first / length) * np.sin(np.pi * k * second / length)
            weight = np.where(k == 0, 0, 2) / length
        case _:
            lam = (np.pi * k / length) ** 2
            pair = np.cos(np.pi * k * first / length) * np.cos(np.pi * k * second / length)
            weight = np.where(k == 0, 1, 2) / length
    c = law.covariance
    return np.sum(c.scale * (lam + c.tau**2) ** (-c.alpha) * weight * pair)


@pytest.mark.parametrize("boundary", ["periodic", "dirichlet", "neumann"])
def test_covariance_of_alpha_tau(boundary):
    law = GaussianField(AlphaTau(2, 3, 40), boundary, modes=20)
    at = np.array([-0.7, 0.1, 0.4, 1.6])
    values = samples(law, SIDE, x=at)
    truth = np.array([[covariance_by_series(law, a + 1, b + 1, 3.0, 20) for a in at] for b in at])
    spread = np.sqrt(np.outer(np.diag(truth), np.diag(truth)) + truth**2) / np.sqrt(4000)
    assert np.all(np.abs(np.cov(values.T, bias=True) - truth) < 4.5 * spread)
    assert np.all(np.abs(values.mean(axis=0)) < 4.5 * np.sqrt(np.diag(truth) / 4000))


def test_rbf_covariance_inside_a_box():
    law = GaussianField(RBF(0.15, variance=4), "periodic", modes=40)
    at = np.array([0.0, 0.1, 0.3])
    values = samples(law, SIDE, x=at)
    truth = 4 * np.exp(-(((at[:, None] - at[None]) / 0.15) ** 2) / 2)
    np.testing.assert_allclose(np.cov(values.T), truth, atol=4.5 * 4 * np.sqrt(2 / 4000))


@pytest.mark.parametrize(("smoothness", "form"), [(0.5, lambda r: np.exp(-r)), (1.5, lambda r: (1 + r) * np.exp(-r))])
def test_matern_covariance_inside_a_box(smoothness, form):
    length = 0.1
    law = GaussianField(Matern(length, smoothness), "periodic", modes=400)
    at = np.array([0.0, 0.05, 0.2])
    values = samples(law, SIDE, x=at)
    distance = np.sqrt(2 * smoothness) * np.abs(at[:, None] - at[None]) / length
    np.testing.assert_allclose(np.cov(values.T), form(distance), atol=4.5 * np.sqrt(2 / 4000))


@pytest.mark.parametrize(
    ("covariance", "boundary"),
    [(RBF(0.3, 2.5), "dirichlet"), (Matern(0.3, 2.5, 2.5), "neumann"), (RBF(0.3, 2.5), ("periodic", "dirichlet"))],
)
def test_mean_variance_over_the_box_is_as_stated(covariance, boundary):
    law = GaussianField(covariance, boundary, modes=10)
    grid = {"x": ((np.arange(24) + 0.5) / 24)[:, None], "y": (1 + (np.arange(24) + 0.5) / 12)[None]}
    values = samples(law, SQUARE, count=2000, **grid)
    assert np.mean(values**2) == pytest.approx(2.5, rel=0.08)


def test_zero_mean_and_mean():
    law = GaussianField(RBF(0.5), "neumann", mean=3, modes=6, zero_mean=True)
    cells = (np.arange(64) + 0.5) / 64
    values = samples(law, SQUARE, count=20, x=cells[:, None], y=1 + 2 * cells[None])
    np.testing.assert_allclose(values.mean(axis=(1, 2)), 3, atol=1e-10)
    free = samples(GaussianField(RBF(0.5), "neumann", mean=3, modes=6), SQUARE, count=20, x=cells[:, None], y=cells + 1)
    assert np.std(free.mean(axis=(1, 2))) > 0.05


def test_dirichlet_vanishes_and_neumann_is_flat_at_the_ends():
    ends = np.array([-1.0, 2.0])
    with precision_context("double"):
        key = jax.random.key(1)
        fixed = GaussianField(Matern(0.3), "dirichlet", mean=2, modes=30).draw(SIDE, key=key)
        np.testing.assert_allclose(fixed(x=ends), 2, atol=1e-12)
        flat = GaussianField(Matern(0.3), "neumann", modes=30).draw(SIDE, key=key)
        slope = jax.vmap(jax.grad(lambda p: flat(x=p)))
        np.testing.assert_allclose(slope(ends), 0, atol=1e-10)
        assert abs(float(slope(np.array([0.3]))[0])) > 1e-2
        ring = GaussianField(Matern(0.3), "periodic", modes=30).draw(SIDE, key=key)
        np.testing.assert_allclose(ring(x=np.array([-0.4, 1.9])), ring(x=np.array([2.6, -1.1])), atol=1e-11)
        turn = jax.vmap(jax.grad(lambda p: ring(x=p)))
        np.testing.assert_allclose(*turn(ends), rtol=1e-9)


def test_the_same_key_gives_the_same_function_at_every_resolution(key):
    law = GaussianField(AlphaTau(2, 3), "neumann", modes=16)
    coarse, fine = np.linspace(0, 1, 5), np.linspace(0, 1, 17)
    with precision_context("double"):
        one, two = law.draw(SQUARE, key=key), law.draw(SQUARE, key=key)
        few, many = one(x=coarse[:, None], y=1 + 2 * coarse[None]), two(x=fine[:, None], y=1 + 2 * fine[None])
    np.testing.assert_allclose(few, many[::4, ::4], atol=1e-14)
    other = law.draw(SQUARE, key=jax.random.fold_in(key, 1))
    assert not np.allclose(few, other(x=coarse[:, None], y=1 + 2 * coarse[None]))


@pytest.mark.parametrize("box", [SIDE, SQUARE, CUBE], ids=["1-D", "2-D", "3-D"])
def test_open_meshes_and_scattered_points_agree(box, key):
    names, n = box.names, (5, 6, 7)[: box.ndim]
    axes = [s.lower + s.length * np.linspace(0.01, 0.93, m) for s, m in zip(box.sides, n, strict=True)]
    mesh = dict(zip(names, np.ix_(*axes), strict=True))
    with precision_context("double"):
        function = GaussianField(RBF(0.3), ("periodic", "dirichlet", "neumann")[: box.ndim], modes=9).draw(box, key=key)
        whole = np.asarray(function(**mesh))
        dense = {k: np.array(np.broadcast_to(v, n)) for k, v in mesh.items()}
        scattered = np.asarray(function(**dense))
        single = float(function(**{k: v[(1,) * box.ndim] for k, v in dense.items()}))
        flipped = np.asarray(function(**{k: v.T for k, v in mesh.items()}))
    assert whole.shape == n
    np.testing.assert_allclose(scattered, whole, atol=1e-12)
    np.testing.assert_allclose(flipped, whole.T, atol=1e-12)
    assert single == pytest.approx(whole[(1,) * box.ndim], abs=1e-12)


def test_more_points_than_one_block(key):
    function = GaussianField(RBF(0.3), modes=4).draw(SQUARE, key=key)
    rng = np.random.default_rng(0)
    px, py = rng.uniform(0, 1, 1000), rng.uniform(1, 3, 1000)
    np.testing.assert_allclose(
        np.asarray(function(x=px, y=py))[[3, 700]], [function(x=px[i], y=py[i]) for i in (3, 700)], atol=1e-5
    )


def test_precision_follows_the_context(key):
    law = GaussianField(RBF(0.3), modes=8)
    assert law.draw(SIDE, key=key)(x=0.3).dtype == np.float32
    with precision_context("double"):
        assert law.draw(SIDE, key=key)(x=0.3).dtype == np.float64


def test_high_wave_numbers_keep_their_digits_in_single_precision(key):
    """Far beyond the box a periodic phase is reduced before it is multiplied."""
    function = GaussianField(Matern(0.05, 0.5), modes=200).draw(SIDE, key=key)
    np.testing.assert_allclose(function(x=0.25), function(x=0.25 + 3 * 64), atol=2e-2)


def test_draws_are_differentiable_pytrees(key):
    function = GaussianField(RBF(0.3), "neumann", modes=8).draw(SIDE, key=key)
    slope = jax.grad(lambda f: jnp.sum(f(x=jnp.array([0.1, 0.5]))))(function)
    assert slope.coefficients.shape == function.coefficients.shape
    assert float(jnp.abs(slope.coefficients).max()) > 0


def test_expected_energy_decays_as_the_law_says():
    """Coefficients have variance (λ + τ²)^(−α): the ratio of two of them over many draws."""
    law = GaussianField(AlphaTau(1.5, 2.0), "dirichlet", modes=6)
    draws = eqx.filter_vmap(lambda key: law.draw(SIDE, key=key).coefficients)(
        jax.random.split(jax.random.key(0), 20000)
    )
    lam = (np.pi * np.arange(1, 7) / 3) ** 2
    np.testing.assert_allclose(np.var(np.asarray(draws), axis=0), (lam + 4) ** -1.5, rtol=0.05)
