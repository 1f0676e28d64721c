"""Truncated transforms: the two algorithms against NumPy's FFT and the defining sum, and the choice between them."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from sobolev._core import ArgumentError, precision_context
from sobolev.nn import Modes, analyse, choose_transform, synthesise, transform_cost

CASES = [
    ((12,), (5,)),
    ((9,), (9,)),
    ((8, 10), (4, 6)),
    ((7, 9), (5, 5)),
    ((8, 8), (8, 8)),  # Nyquist frequencies kept on both axes
    ((6, 5), (16, 16)),  # more modes than the grid resolves
    ((6, 8, 10), (4, 3, 6)),
]


def _defining_sum(pair, modes, shape):
    """Re Σ w_k c_k exp(2πi k·j/n), term by term."""
    c = np.asarray(pair[0]) + 1j * np.asarray(pair[1])
    j = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    total = np.zeros((c.shape[-1], *shape))
    for index in itertools.product(*(range(s) for s in modes.shape)):
        k = [modes.frequencies(d)[i] for d, i in enumerate(index)]
        weight = 1 if k[-1] == 0 or 2 * k[-1] == shape[-1] else 2
        wave = np.exp(2j * np.pi * sum(kd * jd / n for kd, jd, n in zip(k, j, shape, strict=True)))
        total += weight * np.real(c[index][:, *(None for _ in shape)] * wave)
    return total


@pytest.mark.parametrize("transform", ["matrix", "fft"])
@pytest.mark.parametrize(("shape", "counts"), CASES, ids=str)
def test_transforms_are_the_truncated_fourier_transform(shape, counts, transform):
    rng = np.random.default_rng(0)
    modes = Modes.of(counts).on(shape)
    with precision_context("double"):
        x = rng.standard_normal((3, *shape))
        real, imaginary = jax.jit(lambda x: analyse(x, modes, transform))(x)
        full = np.moveaxis(np.fft.rfftn(x, axes=range(1, x.ndim), norm="forward"), 0, -1)
        expected = full[np.ix_(*(modes.frequencies(d) % n for d, n in enumerate(shape)))]
        np.testing.assert_allclose(np.asarray(real) + 1j * np.asarray(imaginary), expected, atol=1e-14)

        pair = tuple(jnp.asarray(rng.standard_normal(real.shape)) for _ in range(2))
        y = jax.jit(lambda *pair: synthesise(pair, modes, shape, transform))(*pair)
        np.testing.assert_allclose(np.asarray(y), _defining_sum(pair, modes, shape), atol=1e-12)


def test_both_transforms_have_the_same_derivatives(key):
    modes = Modes.of((5, 6)).on((9, 8))
    with precision_context("double"):
        x = jax.random.normal(key, (2, 9, 8))

        def energy(x, transform):
            real, imaginary = analyse(x, modes, transform)
            return jnp.sum(synthesise((real**2, jnp.sin(imaginary)), modes, (9, 8), transform) ** 3)

        by_matrix, by_fft = (jax.jit(jax.grad(lambda x, t=t: energy(x, t)))(x) for t in ("matrix", "fft"))
        np.testing.assert_allclose(by_matrix, by_fft, atol=1e-12)


def test_the_cheaper_transform_is_chosen():
    few, many = Modes.of((16, 16)), Modes.of((1024,))
    assert choose_transform((64, 64), few) == "matrix"
    assert choose_transform((128, 128), Modes.of((24, 24))) == "matrix"
    assert choose_transform((8192,), many) == "fft"
    for shape, modes in (((64, 64), few), ((8192,), many)):
        cost = transform_cost(shape, modes)
        assert choose_transform(shape, modes) == min(cost, key=cost.__getitem__)
        assert choose_transform(shape, modes, "fft") == "fft"
        assert choose_transform(shape, modes, "matrix") == "matrix"


def test_cost_counts_the_operations_of_the_matrix_products():
    # Last axis: 2·64·64·18, then first axis: 2·18·64·18 multiply-adds per channel.
    assert transform_cost((64, 64), Modes.of((16, 16)))["matrix"] == 2 * 64 * 64 * 18 + 2 * 18 * 64 * 18


def test_refusals():
    with pytest.raises(ArgumentError, match="Unknown transform"):
        choose_transform((8,), Modes.of((4,)), "wavelet")
    with pytest.raises(ArgumentError, match="modes"):
        Modes.of((4, 0))


def test_modes_on_a_coarser_grid_are_those_it_resolves():
    modes = Modes.of((16, 16)).on((6, 5))
    assert modes.frequencies(0).tolist() == [0, 1, 2, -1, -2, -3]
    assert modes.frequencies(1).tolist() == [0, 1, 2]
