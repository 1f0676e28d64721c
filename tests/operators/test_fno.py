"""The Fourier neural operator against a plain implementation, its invariances, refusals, and that it learns."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import scipy.stats

from sobolev._core import precision_context
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import CP, FNO, TT, Dense, DomainPadding, Tucker


def _grid(points, kind="periodic"):
    return Grid(tuple(Axis(name, 0.0, 2.0, n, kind) for name, n in zip("xyz", points, strict=False)))


def _specs(grid, cin=1, cout=1):
    return FieldSpec(tuple(f"a{i}" for i in range(cin)), grid), FieldSpec(tuple(f"u{i}" for i in range(cout)), grid)


@eqx.filter_jit
def _values(operator, values, grid):
    return operator(GridField(values, grid, operator.inputs.names)).values


def _plain(operator, values, grid):
    """The formula of the card, channels last, in NumPy."""

    def affine(layer, x):
        y = x @ np.asarray(layer.weight).T
        return y if layer.bias is None else y + np.asarray(layer.bias)

    def gelu(x):
        return x * scipy.stats.norm.cdf(x)

    def mlp(layers, x):
        for layer in layers[:-1]:
            x = gelu(affine(layer, x))
        return affine(layers[-1], x)

    def convolve(convolution, x):
        space = tuple(range(x.ndim - 1))
        modes = convolution.kernel.modes.on(x.shape[:-1])
        place = np.ix_(*(modes.frequencies(d) % n for d, n in enumerate(x.shape[:-1])))
        c = np.fft.rfftn(x, axes=space)
        out = np.zeros(c.shape, complex)
        out[place] = np.einsum("...i,...io->...o", c[place], np.asarray(convolution.kernel.dense()))
        return np.fft.irfftn(out, s=x.shape[:-1], axes=space) + np.asarray(convolution.bias)

    mesh = np.meshgrid(*((a.coordinates - a.lower) / a.length for a in grid.axes), indexing="ij")
    x = mlp(operator.lift.layers, np.concatenate([values, np.stack(mesh, -1)], -1))
    for i, layer in enumerate(operator.layers):
        y = convolve(layer.convolution, x) + affine(layer.skip, x)
        last = i == len(operator.layers) - 1
        y = y if last else gelu(y)
        y = mlp(layer.mlp.layers, y) + np.asarray(layer.gate.weight) * x
        x = y if last else gelu(y)
    return mlp(operator.project.layers, x)


@pytest.mark.parametrize("weights", [Dense(), Tucker(0.5)], ids=str)
def test_operator_equals_the_plain_implementation(weights, key):
    grid = _grid((8, 10))
    with precision_context("double"):
        operator = FNO(width=6, modes=(4, 6), layers=2, weights=weights).build(*_specs(grid, 2, 3), key=key)
        values = np.random.default_rng(0).standard_normal((8, 10, 2))
        np.testing.assert_allclose(_values(operator, values, grid), _plain(operator, values, grid), atol=1e-12)
    single = FNO(width=6, modes=(4, 6), layers=2, weights=weights).build(*_specs(grid, 2, 3), key=key)
    image = _values(single, jnp.asarray(values, jnp.float32), grid)
    assert image.dtype == jnp.float32
    np.testing.assert_allclose(image, _plain(single, values, grid), atol=2e-5)


def test_parameters_are_as_many_as_in_the_reference_implementation(key):
    # neuraloperator 2.0.0: FNO(n_modes=(16, 16), in_channels=1, out_channels=1, hidden_channels=32, n_layers=4) has
    # 1 192 801 real parameters; with 24 modes 2 569 057.
    for modes, count in ((16, 1_192_801), (24, 2_569_057)):
        build = eqx.filter_eval_shape(FNO(32, modes, 4).build, *_specs(_grid((64, 64))), key=key)
        assert sum(leaf.size for leaf in jax.tree.leaves(build) if hasattr(leaf, "size")) == count


@pytest.mark.parametrize("points", [(12,), (6, 8), (4, 6, 4)], ids=str)
def test_any_dimension_any_resolution_batched(points, key):
    grid = _grid(points, "nodes")
    architecture = FNO(4, 4, 2, weights=CP(0.5), padding=DomainPadding(0.25))
    operator = architecture.build(*_specs(grid), key=key)
    other = grid.resized([n + 3 for n in points])
    values = jax.random.normal(key, (2, *other.shape, 1))
    batch = eqx.filter_jit(jax.vmap(lambda v: _values(operator, v, other)))(values)
    np.testing.assert_allclose(batch[1], _values(operator, values[1], other), atol=1e-5)


def test_without_coordinates_translations_commute(key):
    grid = _grid((9, 8))
    with precision_context("double"):
        operator = FNO(4, 5, 2, weights=TT(0.3), coordinates=False).build(*_specs(grid), key=key)
        values = jax.random.normal(key, (9, 8, 1))
        moved = _values(operator, jnp.roll(values, (4, 3), (0, 1)), grid)
        np.testing.assert_allclose(moved, jnp.roll(_values(operator, values, grid), (4, 3), (0, 1)), atol=1e-12)


def test_both_transforms_give_the_same_operator(key):
    grid = _grid((10, 12))
    values = jax.random.normal(key, (10, 12, 1))
    images = [
        _values(FNO(4, 6, 2, transform=transform).build(*_specs(grid), key=key), values, grid)
        for transform in ("matrix", "fft")
    ]
    np.testing.assert_allclose(images[0], images[1], atol=2e-6)


def test_it_learns_a_few_samples(key):
    """The antiderivative of random waves: overfits eight samples to a twentieth of their size."""
    grid = _grid((32,))
    t = np.arange(32) / 32
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 8, 3, 1))
    waves = 2 * np.pi * np.arange(1, 4)[:, None] * t
    x = jnp.asarray((a * np.sin(waves) + b * np.cos(waves)).sum(1)[..., None], jnp.float32)
    integral = (b * np.sin(waves) - a * np.cos(waves)) / np.arange(1, 4)[:, None]
    y = jnp.asarray(integral.sum(1)[..., None], jnp.float32)
    operator = FNO(12, 8, 2).build(*_specs(grid), key=key)
    weights, rest = eqx.partition(operator, eqx.is_inexact_array)
    adam = optax.adam(5e-3)

    def loss(weights):
        predicted = jax.vmap(lambda v: eqx.combine(weights, rest)(GridField(v, grid, ("a0",))).values)(x)
        return jnp.linalg.norm(predicted - y) / jnp.linalg.norm(y)

    @jax.jit
    def train(weights):
        def step(_, carry):
            weights, state = carry
            updates, state = adam.update(jax.grad(loss)(weights), state)
            return optax.apply_updates(weights, updates), state

        return jax.lax.fori_loop(0, 200, step, (weights, adam.init(weights)))[0]

    assert float(loss(weights)) > 0.5
    assert float(loss(train(weights))) < 0.05
