"""Rodas5P and the choice of schemes: order, constraints, dense output, what goes wrong and how it is said."""

import diffrax as dfx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import Evolution
from sobolev.solvers import March, Rodas5P, SparseLU, checked_times, march, rates_of


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _form(rate, start, stop=1.0, args=None, stiff=True, mass=None):
    return Evolution(
        rate,
        lambda args: jnp.asarray(start, float),
        lambda t, y, args: y,
        args,
        0.0,
        stop,
        is_stiff=stiff,
        mass=None if mass is None else jnp.asarray(mass),
    )


def _prothero_robinson(t, y, args):
    """y' = λ(y − φ) + φ' for two λ, and a product that couples; exact: y = φ(t)."""
    phi = jnp.stack([jnp.sin(t), jnp.exp(-t)])
    slope = jnp.stack([jnp.cos(t), -jnp.exp(-t)])
    return slope - jnp.asarray([3.0, 1.0]) * (y - phi) + (y[0] * y[1] - phi[0] * phi[1])


def _fixed(steps, mass=None, rate=_prothero_robinson, start=(0.0, 1.0), at=None):
    solution = dfx.diffeqsolve(
        dfx.ODETerm(rate),
        Rodas5P(SparseLU(), None if mass is None else jnp.asarray(mass)),
        0.0,
        1.0,
        1 / steps,
        jnp.asarray(start, float),
        saveat=dfx.SaveAt(t1=True) if at is None else dfx.SaveAt(ts=jnp.asarray(at)),
    )
    return np.asarray(solution.ys)


def test_rodas5p_has_order_five():
    exact = np.array([np.sin(1.0), np.exp(-1.0)])
    errors = [np.abs(_fixed(n)[-1] - exact).max() for n in (8, 16, 32)]
    assert np.log2(errors[0] / errors[1]) > 4.6 and np.log2(errors[1] / errors[2]) > 4.6


def test_dense_output_has_order_four():
    at = np.array([0.123, 0.457, 0.811])
    exact = np.stack([np.sin(at), np.exp(-at)], -1)
    errors = [np.abs(_fixed(n, at=at) - exact).max() for n in (8, 32)]
    assert np.log(errors[0] / errors[1]) / np.log(4) > 3.6


def test_constraints_are_solved_with_the_same_order():
    """u' = −z, 0 = z − u + u sin(z − u)/3: z = u, u = exp(−t)."""

    def rate(t, y, args):
        u, z = y
        return jnp.stack([-z, z - u + u * jnp.sin(z - u) / 3])

    errors = [np.abs(_fixed(n, [1.0, 0.0], rate, (1.0, 1.0))[-1] - np.exp(-1)).max() for n in (8, 16)]
    assert np.log2(errors[0] / errors[1]) > 4.5
    form = _form(rate, [1.0, 0.3], mass=[1.0, 0.0])  # the start of z is solved for, whatever is given
    result = march(form, np.array([0.0, 1.0]), 1e-8)
    assert isinstance(result, March) and int(result.code) == 0
    assert np.asarray(result.states) == pytest.approx(np.exp(-np.array([[0, 0], [1, 1]])), abs=1e-8)
    assert rates_of(form, np.array([0.0, 1.0]), result.states)[1] is None


def test_stiffness_costs_nothing():
    rates = jnp.asarray([1e6, 1.0])

    def rate(t, y, args):
        return -rates * (y - jnp.cos(t)) - jnp.sin(t)

    result = march(_form(rate, [1.0, 1.0]), np.array([0.0, 0.5, 1.0]), 1e-8)
    assert int(result.code) == 0 and int(result.steps["steps"]) < 60
    assert np.asarray(result.states[:, 0]) == pytest.approx(np.cos([0, 0.5, 1]), abs=1e-8)
    _, slopes = rates_of(_form(rate, [1.0, 1.0]), np.array([0.0, 0.5, 1.0]), result.states)
    assert np.asarray(slopes[:, 1]) == pytest.approx(-np.sin([0, 0.5, 1]), abs=1e-6)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-9])
def test_explicit_schemes(tolerance):
    def rate(t, y, k):
        return k * jnp.stack([y[1], -y[0]])

    form = _form(rate, [0.0, 1.0], 2.0, jnp.asarray(3.0), stiff=False)
    times = np.linspace(0, 2, 9)
    result = march(form, times, tolerance)
    assert np.asarray(result.states[:, 0]) == pytest.approx(np.sin(3 * times), abs=5 * tolerance)


def test_gradients_through_a_stiff_solve():
    def loss(k):
        form = _form(lambda t, y, k: -k * jnp.asarray([50.0, 1.0]) * y + y[0] * y[1], [1.0, 2.0], args=k)
        return jnp.sum(march(form, np.array([0.0, 1.0]), 1e-9).states[-1])

    loss = jax.jit(loss)
    slope, h = float(jax.grad(loss)(jnp.asarray(1.3))), 1e-3
    exact = (8 * (loss(1.3 + h) - loss(1.3 - h)) - (loss(1.3 + 2 * h) - loss(1.3 - 2 * h))) / (12 * h)
    assert slope == pytest.approx(float(exact), rel=1e-6)


@pytest.mark.parametrize("stiff", [True, False])
def test_blow_up_is_reported(stiff):
    result = march(_form(lambda t, y, args: y**2, [1.0], 2.0, stiff=stiff), np.array([0.0, 2.0]), 1e-6)
    assert not tuple(sv.Result)[int(result.code)]


def test_times_are_checked():
    with pytest.raises(sv.ArgumentError, match="do not increase"):
        checked_times([0.0, 0.5, 0.4], 0.0, 1.0)
    with pytest.raises(sv.ArgumentError, match="outside"):
        checked_times([0.0, 1.5], 0.0, 1.0)
    assert checked_times(0.5, 0.0, 1.0).shape == (1,)
