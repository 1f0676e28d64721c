"""Spectral convolutions in every weight format against a plain reference, and what is exact about them."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from sobolev._core import ArgumentError, precision_context
from sobolev.nn import CP, TT, Dense, Modes, SpectralConvolution, Tucker

FORMATS = [Dense(), Tucker(0.3), CP(0.3), TT(0.3)]


@eqx.filter_jit
def _layer(counts, cin, cout, weights, key):
    return SpectralConvolution(Modes.of(counts), cin, cout, weights, key=key)


@eqx.filter_jit
def _apply(layer, x):
    return layer(x)


def _reference(layer, x):
    """With complex arithmetic, whole FFTs and the whole weight tensor."""
    modes, shape = layer.kernel.modes.on(x.shape[1:]), x.shape[1:]
    weight = np.asarray(layer.kernel.dense())
    weight = weight[np.ix_(*(layer.kernel.modes.where(d, modes) for d in range(modes.ndim)))]
    place = np.ix_(*(modes.frequencies(d) % n for d, n in enumerate(shape)))
    c = np.moveaxis(np.fft.rfftn(np.asarray(x), axes=range(1, x.ndim)), 0, -1)
    out = np.zeros((*c.shape[:-1], weight.shape[-1]), complex)
    out[place] = np.einsum("...i,...io->...o", c[place], weight)
    y = np.fft.irfftn(np.moveaxis(out, -1, 0), s=shape, axes=range(1, x.ndim))
    return y + np.asarray(layer.bias).reshape(-1, *(1,) * len(shape))


CASES = [
    *((weights, (10, 8), (4, 6)) for weights in FORMATS),
    (Dense(), (16,), (6,)),
    (TT(0.5), (7,), (5,)),
    (Dense(), (6, 4, 8), (4, 3, 9)),
    (Tucker(0.3), (4, 4, 6), (3, 3, 4)),
]


@pytest.mark.parametrize(("weights", "shape", "counts"), CASES, ids=str)
def test_layer_equals_the_plain_reference(weights, shape, counts, key):
    with precision_context("double"):
        layer = _layer(counts, 3, 4, weights, key)
        x = jax.random.normal(key, (3, *shape))
        np.testing.assert_allclose(_apply(layer, x), _reference(layer, x), atol=1e-12)


@pytest.mark.parametrize("weights", FORMATS, ids=str)
def test_single_precision_is_close_to_double(weights, key):
    layer = _layer((6, 6), 3, 4, weights, key)
    x = jax.random.normal(key, (3, 16, 16))
    y = _apply(layer, x)
    assert y.dtype == jnp.float32
    np.testing.assert_allclose(y, _reference(layer, x), atol=2e-5 * float(jnp.abs(y).max()))


@pytest.mark.parametrize("weights", FORMATS, ids=str)
def test_entries_have_the_declared_std(weights):
    # Products of normals have heavy tails: many draws, generous bounds (a wrong exponent is off by far more).
    @jax.jit
    @jax.vmap
    def mean_square(key):
        return jnp.mean(jnp.abs(weights.build(Modes.of((6, 6)), 8, 6, std=0.3, key=key).dense()) ** 2)

    squares = mean_square(jax.random.split(jax.random.key(0), 100))
    assert float(jnp.sqrt(jnp.mean(squares))) == pytest.approx(0.3, rel=0.15)


@pytest.mark.parametrize("make", [Tucker, CP, TT])
@pytest.mark.parametrize("rank", [0.05, 0.3])
def test_rank_is_the_fraction_of_parameters(make, rank, key):
    modes = Modes.of((16, 16))
    count, dense = (
        sum(leaf.size for leaf in jax.tree.leaves(jax.eval_shape(lambda w=w: w.build(modes, 32, 32, std=1.0, key=key))))
        for w in (make(rank), Dense())
    )
    assert dense == 2 * 16 * 9 * 32 * 32
    assert 0.7 * rank <= count / dense <= rank


@pytest.mark.parametrize("weights", FORMATS, ids=str)
def test_same_weights_on_any_grid(weights, key):
    """Band-limited input: the outputs agree where two grids have common points, to round-off."""
    with precision_context("double"):
        layer = _layer((6, 6), 2, 3, weights, key)
        amplitudes = np.random.default_rng(0).standard_normal((2, 16))

        def sample(n, m):
            s, t = (2 * np.pi * np.arange(k) / k for k in (n, m))
            waves = [np.sin(p * s[:, None] + q * t[None] + p * q + q) for p in range(4) for q in range(4)]
            return jnp.asarray(np.einsum("ck,knm->cnm", amplitudes, np.stack(waves)))

        coarse, fine, other = (_apply(layer, sample(*n)) for n in ((8, 10), (24, 20), (40, 10)))
        np.testing.assert_allclose(fine[:, ::3, ::2], coarse, atol=1e-12)
        np.testing.assert_allclose(other[:, ::5], coarse, atol=1e-12)


@pytest.mark.parametrize("weights", FORMATS, ids=str)
def test_translations_commute_with_the_layer(weights, key):
    with precision_context("double"):
        layer = _layer((5, 6), 2, 3, weights, key)
        x = jax.random.normal(key, (2, 12, 9))
        moved = jnp.roll(_apply(layer, x), (5, 2), (1, 2))
        np.testing.assert_allclose(_apply(layer, jnp.roll(x, (5, 2), (1, 2))), moved, atol=1e-12)


@pytest.mark.parametrize("weights", FORMATS, ids=str)
def test_gradient_against_finite_differences(weights, key):
    with precision_context("double"):
        layer = _layer((4, 5), 2, 2, weights, key)
        x = jax.random.normal(key, (2, 6, 7))
        leaves, tree = jax.tree.flatten(layer)

        @jax.jit
        def objective(leaves):
            return jnp.sum(jnp.sin(jax.tree.unflatten(tree, leaves)(x)))

        directions = [jax.random.normal(jax.random.key(i), leaf.shape) for i, leaf in enumerate(leaves)]
        slope = sum(jnp.vdot(g, d) for g, d in zip(jax.grad(objective)(leaves), directions, strict=True))
        h = 1e-5
        ahead, behind = ([a + s * h * d for a, d in zip(leaves, directions, strict=True)] for s in (1, -1))
        assert float(slope) == pytest.approx(float(objective(ahead) - objective(behind)) / (2 * h), rel=1e-7)


@pytest.mark.parametrize("make", [Tucker, CP, TT])
@pytest.mark.parametrize("rank", [0, 1.5, -0.1, True, "all"])
def test_ranks_that_are_no_fractions_are_refused(make, rank):
    with pytest.raises(ArgumentError, match=f"{make.__name__}: rank"):
        make(rank)


def test_weights_must_be_a_part(key):
    with pytest.raises(ArgumentError, match="spectral weights"):
        SpectralConvolution(Modes.of((4,)), 1, 1, "tucker", key=key)
