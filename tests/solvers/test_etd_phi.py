import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from sobolev._core import precision_context
from sobolev.solvers import phi_blocks, phi_functions


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def exact(k: int, z: complex) -> complex:
    """φ_k from its hypergeometric series ₁F₁(1; k + 1; z)/k!, in 60 digits."""
    with mpmath.workdps(60):
        return complex(mpmath.hyp1f1(1, k + 1, mpmath.mpmathify(z)) / mpmath.factorial(k))


ARGUMENTS = [0, 1e-12, -1e-7, -1e-3, 0.1, -0.5, -0.999, -1.001, 1, -1, -3, 7.5, -30, -1e4, -1e8]
COMPLEX = [1e-9j, 0.3j, -0.9j, 1j, -0.7 + 0.7j, 5j, -200j, -3 + 40j, 1e5j, -1e7 + 1e3j]


@pytest.mark.parametrize("dtype", [float, complex])
def test_phi_functions_against_60_digits(dtype):
    z = ARGUMENTS if dtype is float else ARGUMENTS + COMPLEX
    found = phi_functions(jnp.asarray(z, dtype), 3)
    assert all(jnp.iscomplexobj(f) == (dtype is complex) for f in found)
    for k, values in enumerate(found):
        expected = np.array([exact(k, s) for s in z])
        scale = np.maximum(np.abs(expected), np.exp(-10) if k == 0 else 0)
        # exp(i y) is known to |y| ε only
        assert np.all(np.abs(values - expected) <= 1e-14 * scale * np.maximum(1, np.abs(np.imag(z)) / 10)), k


def test_phi_functions_in_single_precision():
    with precision_context("single"):
        found = phi_functions(jnp.asarray(ARGUMENTS, jnp.float32), 3)
        for k, values in enumerate(found):
            assert values.dtype == jnp.float32
            np.testing.assert_allclose(values, [exact(k, s).real for s in ARGUMENTS], rtol=3e-6, atol=1e-7)


def test_phi_blocks_agree_with_the_augmented_exponential():
    """exp([[Z, 1, 0], [0, 0, 1], [0, 0, 0]]) holds φ₁(Z), φ₂(Z) in its first row of blocks."""
    rng = np.random.default_rng(0)
    rotation = np.array([[0, 1], [-400.0, 0]])
    defective = np.array([[0, 1.0], [0, 0]])
    blocks = np.stack([rng.normal(size=(2, 2)), 30 * rng.normal(size=(2, 2)), rotation, defective, np.zeros((2, 2))])
    blocks[1] -= 60 * np.eye(2)
    found = phi_blocks(jnp.asarray(blocks), 3)
    for index, z in enumerate(blocks):
        with mpmath.workdps(40):
            augmented = mpmath.zeros(8)
            for i in range(2):
                for j in range(2):
                    augmented[i, j] = z[i, j]
            for i in range(6):
                augmented[i, i + 2] = 1
            exponential = mpmath.expm(augmented)
            for k in range(4):
                expected = np.array(exponential[0:2, 2 * k : 2 * k + 2].tolist(), float)
                np.testing.assert_allclose(found[k][index], expected, rtol=1e-11, atol=1e-12 * np.abs(z).max())


def test_diagonal_blocks_are_elementwise():
    z = jnp.asarray([-1e6, -12.0, -0.2, 0.0])
    blocks = phi_blocks(z[:, None, None] * jnp.eye(2), 3)
    for matrix, value in zip(blocks, phi_functions(z, 3), strict=True):
        np.testing.assert_allclose(matrix, value[:, None, None] * np.eye(2), rtol=1e-12, atol=1e-14)


def test_derivatives_are_finite_and_right_everywhere():
    """φ_k′ = φ_k − k φ_{k+1} + …: checked against central differences."""
    for z in (-1e5, -1.0, -1e-3, 0.0, 0.5):
        for k in range(4):
            slope = jax.grad(lambda s, k=k: phi_functions(s, 3)[k])(jnp.asarray(z))
            h = 1e-5 * max(1, abs(z))
            assert slope == pytest.approx((exact(k, z + h) - exact(k, z - h)).real / (2 * h), rel=1e-6, abs=1e-12)
