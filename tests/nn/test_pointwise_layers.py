"""GELU, pointwise maps, small convolutions, padding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from sobolev._core import ArgumentError, precision_context
from sobolev.fields import Axis, Grid
from sobolev.nn import Convolution, DomainPadding, FourierFeatures, Pointwise, double, gelu, halve


@pytest.mark.parametrize(("precision", "tolerance"), [("single", 3e-7), ("double", 1e-15)])
def test_gelu_is_exact_with_its_derivatives(precision, tolerance):
    with precision_context(precision):
        x = jnp.linspace(-6, 6, 401)
        z = np.asarray(x, np.float64)
        cdf, pdf = scipy.stats.norm.cdf(z), scipy.stats.norm.pdf(z)
        np.testing.assert_allclose(gelu(x), z * cdf, atol=6 * tolerance)
        np.testing.assert_allclose(jax.vmap(jax.grad(gelu))(x), cdf + z * pdf, atol=4 * tolerance)
        second = jax.vmap(jax.grad(jax.grad(gelu)))(x)
        np.testing.assert_allclose(second, (2 - z**2) * pdf, atol=8 * tolerance)
        np.testing.assert_allclose(jax.jvp(gelu, (x,), (x,))[1], z * (cdf + z * pdf), atol=24 * tolerance)


def test_pointwise_is_an_affine_map_of_channels(key):
    layer = Pointwise(3, 5, key=key)
    x = jax.random.normal(key, (3, 4, 6))
    expected = np.einsum("oi,ixy->oxy", layer.weight, x) + np.asarray(layer.bias)[:, None, None]
    np.testing.assert_allclose(layer(x), expected, atol=1e-6)
    assert float(jnp.abs(layer.weight).max()) <= 1 / np.sqrt(3)


def test_convolution_on_periodic_axes_commutes_with_translations(key):
    layer = Convolution(2, 3, ("periodic", "periodic"), "zeros", key=key)
    x = jax.random.normal(key, (2, 6, 5))
    moved = jnp.roll(layer(x), (2, 3), (1, 2))
    np.testing.assert_allclose(layer(jnp.roll(x, (2, 3), (1, 2))), moved, atol=1e-6)


def test_convolution_at_edges(key):
    x = jnp.arange(1.0, 5.0)[None]
    layer = Convolution(1, 1, ("nodes",), "zeros", key=key)
    w = np.asarray(layer.weight)[0, 0]
    inside = [w @ [1, 2, 3], w @ [2, 3, 4]]
    for edges, first, last in (("zeros", [0, 1, 2], [3, 4, 0]), ("reflect", [2, 1, 2], [3, 4, 3])):
        layer = Convolution(1, 1, ("nodes",), edges, key=key)
        np.testing.assert_allclose(layer(x)[0] - layer.bias[0], [w @ first, *inside, w @ last], atol=1e-6)


def test_halving_undoes_doubling(key):
    x = jax.random.normal(key, (2, 3, 4))
    assert double(x).shape == (2, 6, 8)
    np.testing.assert_allclose(halve(double(x)), x, atol=1e-6)
    assert float(jnp.mean(halve(double(x)))) == pytest.approx(float(jnp.mean(x)), abs=1e-6)


def test_padding_leaves_periodic_axes_alone_and_is_undone():
    grid = Grid((Axis("x", 0, 1, 8, "periodic"), Axis("y", 0, 1, 8, "nodes")))
    x = jnp.arange(64.0).reshape(1, 8, 8)
    for mode, beyond in (("zeros", 0.0), ("edge", 7.0), ("reflect", 6.0)):
        padding = DomainPadding(0.25, mode)
        wide = padding.pad(x, grid)
        assert wide.shape == (1, 8, 10)
        assert float(wide[0, 0, 8]) == beyond
        assert bool(jnp.all(padding.cut(wide, grid) == x))


def test_fourier_features():
    x = jnp.asarray([[0.0, 0.5, 1.0]])
    features = FourierFeatures(2)
    assert features(x).shape == (features.channels(1), 3)
    np.testing.assert_allclose(features(x)[1:3], [[1, 0, -1], [0, 1, 0]], atol=1e-6)


def test_refusals():
    with pytest.raises(ArgumentError, match="fraction"):
        DomainPadding(0)
    with pytest.raises(ArgumentError, match="padding"):
        DomainPadding(0.1, "wrap")
    with pytest.raises(ArgumentError, match="count"):
        FourierFeatures(0)
