"""Undamped motion: order four at even and uneven times, stability, error estimates, gradients, what is left alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, parameter, unknown
from sobolev._core import Result, precision_context
from sobolev.assembly import Acceleration, Evolution, assemble
from sobolev.methods import FiniteDifference
from sobolev.solvers import crossing, march

x, t = coordinates("x t")
u = unknown("u", x, t)
k = parameter("k", default=1.0)


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _form(force, q, v, stop, args=None):
    n = len(q)
    motion = Acceleration(force, lambda y: (y[:n], y[n:]), lambda q, v: jnp.concatenate([q, v]))
    return Evolution(
        lambda t, y, args: jnp.concatenate([y[n:], force(t, y[:n], args)]),
        lambda args: jnp.concatenate([jnp.asarray(q, float), jnp.asarray(v, float)]),
        lambda t, y, args: y,
        args,
        0.0,
        stop,
        acceleration=motion,
    )


@pytest.mark.parametrize("nodes", [np.linspace(0, 2, 5), np.array([0, 0.3, 0.35, 1.1, 1.2, 2.0])])
def test_order_four_in_place_and_velocity(nodes):
    """Two coupled nonlinear equations with a force that depends on time; exact: (sin t, cos t)."""

    def force(t, q):
        s, c = jnp.sin(t), jnp.cos(t)
        return jnp.stack([-(q[0] ** 3) * q[1] + s**3 * c - s, -4 * q[1] + 3 * c + q[0] ** 2 - s**2])

    exact = np.stack([np.sin(nodes), np.cos(nodes)], -1), np.stack([np.cos(nodes), -np.sin(nodes)], -1)
    run = jax.jit(lambda density: crossing(force, jnp.asarray(exact[0][0]), jnp.asarray(exact[1][0]), nodes, density))
    found = [run(jnp.asarray(d)) for d in (40.0, 80.0)]
    errors = np.array([[np.abs(a - b).max() for a, b in zip(f[0], exact, strict=True)] for f in found])
    assert (errors[1] < 1e-7).all() and (np.log2(errors[0] / errors[1]) > 3.8).all()


def test_uneven_saved_times_do_not_amplify_what_no_step_resolves():
    """150 restarts at the longest steps, with frequencies from 1 to the highest one allowed."""
    omega = jnp.linspace(1.0, 100.0, 40)
    times = np.concatenate([[0.0], np.cumsum(np.random.default_rng(0).uniform(0.05, 0.3, 150))])
    (q, v), *_ = jax.jit(lambda q: crossing(lambda t, q: -(omega**2) * q, q, 0 * q, times, jnp.asarray(100 / 2.8)))(
        jnp.ones(40)
    )
    assert float(jnp.abs(q).max()) < 1.6 and float(jnp.abs(v / omega).max()) < 1.6


def _wave(damping=0):
    return Problem(
        Interval(x, 0, 1) * Time(t, 0, 1),
        sp.Eq(u.diff(t, 2) + damping * u.diff(t), k**2 * u.diff(x, 2)),
        [Initial(u, sp.sin(sp.pi * x)), Initial(u.diff(t), 0), Dirichlet(u, 0)],
        name="test_wave",
    )


def test_waves_are_stepped_this_way_to_the_tolerance_and_damped_ones_are_not():
    times = np.linspace(0, 1, 4)
    errors = []
    for tolerance in (1e-3, 1e-6):
        recipe = FiniteDifference(order=6)
        s = sv.solve(_wave(), recipe, resolution=33, tolerance=10 * tolerance, times=times, quiet=True)
        errors.append(float(np.abs(s(x=0.5, t=times) - np.cos(np.pi * times)).max()))
    assert errors[0] < 2e-3 and errors[1] < 5e-6
    space = sv.spaces.FiniteDifference(_wave().space, 17)
    assert assemble(_wave(), space).acceleration is not None
    assert assemble(_wave(damping=1), space).acceleration is None


def test_gradients_pass_through():
    """d/dk cos(kπt) = −πt sin(kπt)."""

    def middle(speed):
        wave = _wave().replace(k=speed)
        s = sv.solve(wave, FiniteDifference(order=6), resolution=33, tolerance=1e-5, times=(0, 0.7), quiet=True)
        return s(x=0.5, t=0.7)

    slope = jax.grad(lambda s: jnp.sum(middle(s)))(jnp.asarray(1.2))
    assert float(slope) == pytest.approx(-0.7 * np.pi * np.sin(0.7 * 1.2 * np.pi), rel=1e-4)


def test_a_run_that_ends_says_so():
    """q'' = 6 q² from (1, 2) is q = 1/(1 − t)², which ends at t = 1."""
    form = _form(lambda t, q, args: 6 * q**2, [1.0], [2.0], 2.0)
    result = march(form, np.array([0.5, 1.5, 2.0]), 1e-3)
    assert tuple(Result)[int(result.code)] is not Result.successful and np.isfinite(result.states).all()
    assert float(result.states[0, 0]) == pytest.approx(4.0, rel=1e-2)
    still = march(_form(lambda t, q, args: jnp.ones(1), [0.0], [0.0], 2.0), np.array([1.0, 2.0]), 1e-3)
    assert int(still.code) == 0 and np.asarray(still.states) == pytest.approx(np.array([[0.5, 1], [2, 2]]))
