"""Rodas5P and the choice of schemes: order, constraints, steps that are not taken, and how a run ends."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import Evolution
from sobolev.solvers import March, SparseLU, checked_times, march, rates_of, rosenbrock_step
from sobolev.solvers._rosenbrock import equal_share


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


def _fixed(steps, mass=None, rate=_prothero_robinson, start=(0.0, 1.0)):
    form, h = _form(rate, start, mass=mass), 1 / steps
    step = jax.jit(lambda y, t: (rosenbrock_step(form, t, h, y, SparseLU())[0], None))
    return np.asarray(jax.lax.scan(step, jnp.asarray(start, float), h * jnp.arange(steps))[0])


def test_rodas5p_has_order_five():
    exact = np.array([np.sin(1.0), np.exp(-1.0)])
    errors = [np.abs(_fixed(n) - exact).max() for n in (8, 16, 32)]
    assert np.log2(errors[0] / errors[1]) > 4.6 and np.log2(errors[1] / errors[2]) > 4.6


def test_constraints_are_solved_with_the_same_order():
    """u' = −z, 0 = z − u + u sin(z − u)/3: z = u, u = exp(−t)."""

    def rate(t, y, args):
        u, z = y
        return jnp.stack([-z, z - u + u * jnp.sin(z - u) / 3])

    errors = [np.abs(_fixed(n, [1.0, 0.0], rate, (1.0, 1.0)) - np.exp(-1)).max() for n in (8, 16)]
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
def test_blow_up_is_reported_and_the_last_good_state_kept(stiff):
    """y' = y² from 1 ends at t = 1."""
    result = march(_form(lambda t, y, args: y**2, [1.0], 2.0, stiff=stiff), np.array([0.0, 0.5, 1.5, 2.0]), 1e-6)
    assert not tuple(sv.Result)[int(result.code)]
    assert np.isfinite(result.states).all() and float(result.states[1, 0]) == pytest.approx(2, rel=1e-5)
    assert float(result.states[2, 0]) == float(result.states[3, 0]) > 1.99


def test_steps_that_are_not_finite_are_repeated_shorter():
    """y' = −100 √y: a long step makes y negative, and its root NaN; the solution (1 − 50 t)² stays positive."""

    def rate(t, y, args):
        return -100 * jnp.sqrt(y)

    result = march(_form(rate, [1.0], 0.019), np.array([0.0, 0.01, 0.019]), 1e-2)
    assert int(result.code) == 0 and int(result.steps["rejected"]) > 0
    assert np.asarray(result.states[:, 0]) == pytest.approx([1, 0.25, 0.0025], abs=2e-3)
    beyond = march(_form(rate, [1.0], 0.05), np.array([0.0, 0.01, 0.05]), 1e-2)  # where it stops being defined
    assert not tuple(sv.Result)[int(beyond.code)] and np.isfinite(beyond.states).all()
    nan = march(_form(lambda t, y, args: y * jnp.nan, [1.0]), np.array([0.0, 1.0]), 1e-2)
    assert tuple(sv.Result)[int(nan.code)] is sv.Result.nonfinite and np.asarray(nan.states) == pytest.approx(1.0)


def test_times_are_checked():
    with pytest.raises(sv.ArgumentError, match="do not increase"):
        checked_times([0.0, 0.5, 0.4], 0.0, 1.0)
    with pytest.raises(sv.ArgumentError, match="outside"):
        checked_times([0.0, 1.5], 0.0, 1.0)
    assert checked_times(0.5, 0.0, 1.0).shape == (1,)


def test_steps_between_saved_times_have_one_length():
    """So that factors can be used again, also in the next interval; as many as with a remainder at the end."""
    for start, until in ((0.0, 1.0), (0.7, 1.7)):
        t, lengths = jnp.asarray(start), []
        while t < until - 1e-9:
            h = equal_share(until - t, jnp.asarray(0.3))
            lengths.append(float(h))
            t = t + h
        assert lengths == [0.25] * 4
    assert float(equal_share(jnp.asarray(0.2), jnp.asarray(0.3))) == pytest.approx(0.2, rel=1e-12)
    assert float(equal_share(jnp.asarray(0.9), jnp.asarray(0.3))) == pytest.approx(0.3, rel=1e-12)
