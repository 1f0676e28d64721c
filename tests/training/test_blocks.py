import jax
import jax.numpy as jnp
import numpy as np
import pytest

from sobolev.training._blocks import cache_bytes, choose_block, value_and_grad_in_blocks, working_set


@pytest.mark.parametrize("block", [1, 2, 3, 6])
def test_blocks_give_the_whole_gradient(block):
    rng = np.random.default_rng(0)
    w = {"a": jnp.asarray(rng.standard_normal((3, 2)), "f4"), "b": jnp.ones(2)}
    batch = (jnp.asarray(rng.standard_normal((6, 3)), "f4"), jnp.arange(6.0))

    def loss(w, batch):
        x, y = batch
        return jnp.sum((jnp.tanh(x @ w["a"]) @ w["b"] - y) ** 2)

    whole = jax.value_and_grad(loss)(w, batch)
    parts = value_and_grad_in_blocks(loss, w, batch, block)
    jax.tree.map(lambda p, q: np.testing.assert_allclose(p, q, rtol=1e-5), parts, whole)


def test_the_choice_divides_and_fits():
    assert choose_block(16, 5, 1, "cpu") == 4
    assert choose_block(16, "auto", 1, "cpu") == 16
    assert choose_block(16, "auto", 10**12, "cpu") == 1
    assert choose_block(16, "auto", 10**12, "gpu") == 16
    assert cache_bytes() > 2**15


def test_the_working_set_counts_what_products_keep():
    size = working_set(lambda x: jnp.sum(jnp.tanh(x @ x) + x), jnp.ones((10, 10)))
    assert 2 * 400 <= size <= 4 * 400  # the product and its tanh
