import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import Evolution
from sobolev.solvers import ETDRK1, ETDRK2, ETDRK3, ETDRK4, AdaptiveStep, FixedStep, integrate

SCHEMES = (ETDRK1, ETDRK2, ETDRK3, ETDRK4)


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def damped(rate=-3.0, stop=1.0) -> Evolution:
    """y' = λ y + y² cos t, a Bernoulli equation, for several λ: 1/y solves a linear equation."""
    return Evolution(
        nonlinear=lambda t, y, args: y**2 * jnp.cos(t),
        initial=lambda args: jnp.full((2, 1), 0.8),
        output=lambda t, y, args: y,
        linear=lambda args: args * jnp.asarray([[1.0], [0.1]]),
        args=jnp.asarray(rate),
        start=0.0,
        stop=stop,
    )


def bernoulli(t, lam, y0=0.8):
    """w = 1/y solves w' = −λ w − cos t."""

    def particular(t):
        return (lam * np.cos(t) + np.sin(t)) / (1 + lam**2) * -1

    return 1 / (np.exp(-lam * t) * (1 / y0 - particular(0.0)) + particular(t))


def pendulum(stop=2.0) -> Evolution:
    """x'' = −x + x³ as a block: linear part [[0, 1], [−1, 0]], plus a second, stiffer oscillator."""
    blocks = jnp.asarray([[[0.0, 1.0], [-1.0, 0.0]], [[0.0, 1.0], [-25.0, 0.0]]])
    return Evolution(
        nonlinear=lambda t, y, args: jnp.stack([jnp.zeros(2), y[:, 0] ** 3], axis=-1),
        initial=lambda args: jnp.asarray([[0.5, 0.0], [0.3, 1.0]]),
        output=lambda t, y, args: y,
        linear=lambda args: blocks,
        args=jnp.zeros(()),
        start=0.0,
        stop=stop,
    )


def fitted_order(form, scheme, exact, counts):
    errors = []
    for n in counts:
        end = jax.jit(lambda n=n: integrate(form, scheme, FixedStep(form.stop / n), [form.stop], 1e-6).states[-1])()
        errors.append(float(np.abs(end - exact).max()))
    return np.polyfit(np.log(1 / np.asarray(counts)), np.log(errors), 1)[0]


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_observed_order_diagonal(scheme):
    exact = np.array([[bernoulli(1.0, -3.0)], [bernoulli(1.0, -0.3)]])
    assert fitted_order(damped(), scheme, exact, (16, 32, 64)) == pytest.approx(scheme.order, abs=0.2)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_observed_order_blocks(scheme):
    form = pendulum()
    exact = integrate(form, ETDRK4, FixedStep(2e-3), [form.stop], 1e-6).states[-1]
    counts = (24, 48, 96) if scheme.order < 4 else (16, 32, 64)
    assert fitted_order(form, scheme, exact, counts) == pytest.approx(scheme.order, abs=0.25)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_linear_problems_are_solved_exactly_by_one_step(scheme):
    form = Evolution(
        nonlinear=lambda t, y, args: jnp.full_like(y, 2.0),
        initial=lambda args: jnp.ones((3, 1)),
        output=lambda t, y, args: y,
        linear=lambda args: jnp.asarray([[-1e5], [-1.0], [0.0]]),
        args=None,
        start=0.0,
        stop=1.0,
    )
    end = integrate(form, scheme, FixedStep(1.0), [1.0], 1e-6).states[-1]
    lam = np.array([-1e5, -1.0])
    expected = np.append(np.exp(lam) * (1 + 2 / lam) - 2 / lam, 3.0)
    np.testing.assert_allclose(end[:, 0], expected, rtol=1e-14)


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_adaptive_steps_meet_the_tolerance_at_all_times(scheme):
    tolerance = 10.0 ** -(scheme.order + 2)
    times = np.array([0.0, 0.1, 0.7, 1.0])  # uneven: coefficients are made for each interval
    result = integrate(damped(), scheme, AdaptiveStep(), times, tolerance)
    exact = np.stack([[[bernoulli(t, -3.0)], [bernoulli(t, -0.3)]] for t in times])
    error = np.linalg.norm(result.states - exact, axis=(1, 2)) / 0.8
    assert error.max() <= tolerance
    assert tuple(sv.Result)[int(result.code)] is sv.Result.successful


def test_tighter_tolerances_take_more_steps():
    counts = [int(integrate(damped(), ETDRK4, AdaptiveStep(), [1.0], 10.0**-e).steps["steps"]) for e in (5, 10)]
    assert counts[0] < counts[1]


def test_forcing_that_depends_on_time_only_is_noticed():
    form = Evolution(
        nonlinear=lambda t, y, args: jnp.sin(40 * t) * jnp.ones_like(y),
        initial=lambda args: jnp.ones((1, 1)),
        output=lambda t, y, args: y,
        linear=lambda args: jnp.zeros((1, 1)),
        args=None,
        start=0.0,
        stop=1.0,
    )
    end = integrate(form, ETDRK4, AdaptiveStep(), [1.0], 1e-8).states[-1, 0, 0]
    assert end == pytest.approx(1 + (1 - np.cos(40)) / 40, abs=1e-8)


@pytest.mark.parametrize("control", [FixedStep(0.01), AdaptiveStep(max_steps=500)])
def test_blow_up_is_reported_and_the_last_good_state_kept(control):
    form = damped(rate=3.0, stop=2.0)  # 1/y vanishes before t = 1
    result = integrate(form, ETDRK4, control, np.linspace(0, 2, 9), 1e-6)
    assert tuple(sv.Result)[int(result.code)] in (sv.Result.nonfinite, sv.Result.max_steps)
    assert np.all(np.isfinite(result.states))


def test_running_out_of_steps_is_reported():
    result = integrate(damped(), ETDRK4, AdaptiveStep(max_steps=4), np.linspace(0, 1, 5), 1e-10)
    assert tuple(sv.Result)[int(result.code)] is sv.Result.max_steps


@pytest.mark.parametrize("control", [FixedStep(0.02), AdaptiveStep()])
def test_gradient_through_the_loop(control):
    import dataclasses

    def end(rate):
        form = damped()
        form = dataclasses.replace(form, args=rate)
        return integrate(form, ETDRK4, control, [0.3, 1.0], 1e-7).states[-1].sum()

    h = 1e-4
    rate = jnp.asarray(-3.0)
    slope = jax.jit(jax.grad(end))(rate)
    exact = sum((bernoulli(1.0, c * (-3.0 + h)) - bernoulli(1.0, c * (-3.0 - h))) / (2 * h) for c in (1.0, 0.1))
    assert slope == pytest.approx(exact, rel=1e-5)


def test_batches_choose_their_own_steps():
    def run(rate):
        result = integrate(dataclasses.replace(damped(), args=rate), ETDRK4, AdaptiveStep(), [1.0], 1e-9)
        return result.states[-1, 0, 0], result.steps["steps"]

    rates = jnp.asarray([-1.0, -30.0])
    ends, steps = jax.vmap(run)(rates)
    np.testing.assert_allclose(ends, [bernoulli(1.0, -1.0), bernoulli(1.0, -30.0)], rtol=1e-9, atol=1e-9)
    assert steps[0] != steps[1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedStep(0.0), "positive"),
        (lambda: FixedStep(float("nan")), "positive"),
        (lambda: AdaptiveStep(safety=0.0), "safety"),
        (lambda: AdaptiveStep(max_steps=0), "max_steps"),
        (lambda: integrate(damped(), ETDRK4, FixedStep(0.1), [0.5, 0.2], 1e-3), "increase"),
        (lambda: integrate(damped(), ETDRK4, FixedStep(0.1), [0.5, 2.0], 1e-3), "outside"),
        (lambda: integrate(damped(), ETDRK4, FixedStep(0.1), [], 1e-3), "increase"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(sv.ArgumentError, match=message):
        make()
