"""Nonlinear least squares: the minimum, its derivatives through what it depends on, and how it may end."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.solvers import solve_least_squares

T = np.linspace(0, 2, 30)


def decay(y, data):
    """Amplitude and rate of a decay, with a weak prior."""
    return jnp.concatenate([y[0] * jnp.exp(-y[1] * T) - data, 0.05 * (y - 1)])


def test_linear_least_squares_are_the_normal_equations():
    with precision_context("double"):
        a = jax.random.normal(jax.random.key(0), (12, 4))
        b = jax.random.normal(jax.random.key(1), (12,))
        y, code, _ = solve_least_squares(lambda y, b: a @ y - b, jnp.zeros(4), b)
        assert tuple(sv.Result)[int(code)] is sv.Result.successful
        np.testing.assert_allclose(y, np.linalg.lstsq(a, b)[0], rtol=1e-7)
        slopes = jax.jacrev(lambda b: solve_least_squares(lambda y, b: a @ y - b, jnp.zeros(4), b)[0])(b)
        np.testing.assert_allclose(slopes, np.linalg.pinv(a), atol=1e-9)


@pytest.mark.parametrize("mode", [jax.jacfwd, jax.jacrev])
def test_derivatives_with_respect_to_readings(mode):
    """The minimum has a residual: what the linearised problem alone would say is wrong in the second digit."""
    with precision_context("double"):
        data = 2 * np.exp(-1.5 * T) + 0.3 * np.sin(9 * T)

        def fitted(data):
            return solve_least_squares(decay, jnp.ones(2), data, tolerance=1e-12)[0]

        found = mode(fitted)(jnp.asarray(data))
        for i in (0, 7):
            step = 1e-3 * np.eye(len(T))[i]
            expected = (fitted(data + step) - fitted(data - step)) / 2e-3
            np.testing.assert_allclose(found[:, i], expected, rtol=1e-6, atol=1e-9)


def test_how_it_ends():
    with precision_context("double"):
        _, code, _ = solve_least_squares(lambda y, _: jnp.log(y), -jnp.ones(1))
        assert tuple(sv.Result)[int(code)] is not sv.Result.successful
        _, code, _ = solve_least_squares(lambda y, _: jnp.exp(-y), jnp.zeros(1), tolerance=1e-300)
        assert tuple(sv.Result)[int(code)] is not sv.Result.successful
