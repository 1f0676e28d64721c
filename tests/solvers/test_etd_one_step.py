"""A single exponential step by hand: exact for the linear part and for constant forcing."""

import jax.numpy as jnp
import numpy as np
import pytest

from sobolev._core import precision_context
from sobolev.solvers import (
    ETDRK1,
    ETDRK2,
    ETDRK3,
    ETDRK4,
    ExponentialTableau,
    StepCoefficients,
    Trajectory,
    etd_step,
    step_coefficients,
)


@pytest.mark.parametrize("tableau", [ETDRK1, ETDRK2, ETDRK3, ETDRK4], ids=lambda s: f"order {s.order}")
def test_constant_forcing_is_exact(tableau: ExponentialTableau):
    """y' = L y + f has y(h) = e^{hL} y + (e^{hL} − 1)/L f, which every scheme gives whatever the step."""
    with precision_context("double"):
        linear, forcing, y, step = jnp.array([[-40.0], [-0.5], [3.0j]]), 2.0, jnp.ones((3, 1)) + 0j, 0.7
        coefficients = step_coefficients(tableau, linear, jnp.asarray(step), blocks=False)
        assert isinstance(coefficients, StepCoefficients)
        constant = jnp.full_like(y, forcing)
        got = etd_step(tableau, coefficients, lambda t, y: constant, jnp.asarray(0.0), y, constant)
        growth = np.exp(step * np.asarray(linear))
        expected = growth * np.asarray(y) + (growth - 1) / np.asarray(linear) * forcing
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_trajectory_is_a_pytree_of_arrays():
    trajectory = Trajectory(jnp.zeros((2, 3, 1)), jnp.asarray(0), {"steps": jnp.asarray(4)})
    assert trajectory.states.shape == (2, 3, 1) and int(trajectory.steps["steps"]) == 4
