"""DeepONet and UNet: formulas, resolutions, refusals."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from sobolev._core import precision_context
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import DeepONet, FourierFeatures, UNet


def _grid(points, kind="nodes"):
    return Grid(tuple(Axis(name, 0.0, 1.0, n, kind) for name, n in zip("xyz", points, strict=False)))


def _network(layers, x, ends_active):
    for i, layer in enumerate(layers):
        x = np.asarray(layer.weight) @ x + np.asarray(layer.bias).reshape(-1, *(1,) * (x.ndim - 1))
        if i < len(layers) - 1 or ends_active:
            x = x * scipy.stats.norm.cdf(x)
    return x


def test_deeponet_is_the_sum_of_branch_times_trunk(key):
    grid, finer = _grid((5,)), _grid((7,))
    with precision_context("double"):
        operator = DeepONet(basis=4, width=6, depth=2).build(
            FieldSpec(("a", "b"), grid), FieldSpec(("u", "v"), finer), key=key
        )
        operator = eqx.tree_at(lambda o: o.bias, operator, jnp.asarray([0.5, -2.0]))
        values = np.random.default_rng(0).standard_normal((5, 2))
        image = operator(GridField(values, grid, ("a", "b")))
        b = _network(operator.branch.layers, values.reshape(-1), False).reshape(2, 4)
        t = _network(operator.trunk.layers, np.linspace(0, 1, 7)[None], True).reshape(2, 4, 7)
        np.testing.assert_allclose(image.values, np.einsum("ck,ckn->nc", b, t) + np.array([0.5, -2.0]), atol=1e-13)
        assert (image.names, image.grid) == (("u", "v"), finer)


def test_deeponet_sees_the_same_sensors_at_other_resolutions(key):
    """A piecewise linear input on a grid twice as fine has the same sensor values: equal outputs at common points."""
    grid = _grid((4, 5))
    finer = grid.resized((7, 9))
    operator = DeepONet(8, 8, 1, FourierFeatures(2)).build(FieldSpec(("a",), grid), FieldSpec(("u",), grid), key=key)
    coarse = GridField(jax.random.normal(key, (4, 5, 1)), grid, ("a",))
    fine = GridField(coarse(**finer.coordinates)[..., None], finer, ("a",))
    apply = eqx.filter_jit(lambda o, f: o(f).values)
    np.testing.assert_allclose(apply(operator, fine)[::2, ::2], apply(operator, coarse), atol=1e-5)


@pytest.mark.parametrize(("points", "kind"), [((8,), "nodes"), ((4, 8), "cells"), ((4, 4, 4), "periodic")], ids=str)
def test_unet_in_any_dimension(points, kind, key):
    grid = _grid(points, kind)
    operator = UNet(width=2, levels=1).build(FieldSpec(("a",), grid), FieldSpec(("u", "v"), grid), key=key)
    apply = eqx.filter_jit(lambda o, v: o(GridField(v, grid, ("a",))).values)
    values = jax.random.normal(key, (*points, 1))
    image = apply(operator, values)
    assert image.shape == (*points, 2)
    # The coarser level joins points further apart than the two convolutions of three reach.
    pulse = apply(operator, values.at[(0,) * len(points)].add(10.0))
    assert float(jnp.abs(pulse - image)[-1].max()) > 0


def test_unet_commutes_with_translations_by_its_coarsest_cell(key):
    grid = _grid((16,), "periodic")
    operator = UNet(4, 2, coordinates=False).build(FieldSpec(("a",), grid), FieldSpec(("u",), grid), key=key)
    apply = eqx.filter_jit(lambda o, v: o(GridField(v, grid, ("a",))).values)
    values = jax.random.normal(key, (16, 1))
    moved = apply(operator, jnp.roll(values, 4, 0))
    np.testing.assert_allclose(moved, jnp.roll(apply(operator, values), 4, 0), atol=1e-6)


def test_deeponet_maps_its_box_to_the_unit_cube(key):
    """The same values give the same image on [−2, 3] as on [0, 1]: the trunk sees (x − lower) / length."""
    values = jax.random.normal(key, (5, 1))
    images = []
    for lower, upper in ((0.0, 1.0), (-2.0, 3.0)):
        grid = Grid((Axis("x", lower, upper, 5, "nodes"),))
        operator = DeepONet(4, 8, 1).build(FieldSpec(("a",), grid), FieldSpec(("u",), grid), key=key)
        images.append(operator(GridField(values, grid, ("a",))).values)
    np.testing.assert_allclose(images[1], images[0], rtol=1e-6)
    assert float(jnp.abs(images[0] - images[0][0]).max()) > 0
