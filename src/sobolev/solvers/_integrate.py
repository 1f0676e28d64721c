"""Evolutions by diffrax: which scheme, which tolerances, and the outcome."""

from __future__ import annotations

from typing import Any

import diffrax as dfx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
from jaxtyping import Array, Float

from .._core import ArgumentError
from ..assembly import Evolution
from ._block_tridiagonal import BlockTridiagonalLU
from ._march import March
from ._numerov import numerov
from ._outcome import code_of
from ._rosenbrock import rosenbrock, rosenbrock_step
from ._sparse import SparseLU

_MOST_STEPS = 400_000  # of explicit schemes
_SETTLING = 1e-7  # of the whole time: the step that finds consistent initial values
_CRUDE = 1e-6  # tolerance from which undamped motion takes steps of fourth order
_COMPARED = 0.1  # local errors are held this much below the tolerance, for those that add up


def march(form: Evolution, times: np.ndarray, tolerance: float, scheme: dfx.AbstractSolver | None = None) -> March:
    """Integrates an evolution whose unknowns are one real vector, stepping exactly to the saved times.

    `scheme` None: Rodas5P (`rosenbrock`) with a factorisation that knows the pattern when the form is stiff or has
    constraints; `numerov` for undamped motion to a tolerance of 1e-6 or more; otherwise diffrax with Dormand & Prince's
    eighth-order method, or Tsitouras' fifth-order one for tolerances above 1e-5. Reverse-mode derivatives use recursive
    checkpoints. `form.linear` must be None (exponential methods take it). A run that cannot go on says so by its code,
    and repeats its last good state.
    """
    times = checked_times(times, form.start, form.stop)
    local = _COMPARED * tolerance
    initial = form.initial(form.args)
    if scheme is None and (form.is_stiff or form.mass is not None):
        solver = step_solver(form)
        if form.mass is not None and not isinstance(form.mass, lx.AbstractLinearOperator):
            initial = consistent(form, initial, solver)
        if form.constraints is not None:
            initial = settled(form, initial, solver)
        return rosenbrock(form, initial, times, local, solver)
    if scheme is None and form.acceleration is not None and tolerance >= _CRUDE:
        return numerov(form, initial, times, tolerance)
    if scheme is None:
        scheme = dfx.Dopri8() if tolerance <= 1e-5 else dfx.Tsit5()
    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(initial), initial=0.0))
    scale = jnp.where(largest > 0, largest, 1.0)
    stop = float(times[-1]) if times[-1] > form.start else form.stop
    controller = dfx.PIDController(
        rtol=local, atol=local * scale, dtmin=1e-13 * (stop - form.start), force_dtmin=False, pcoeff=0.3, icoeff=0.4
    )
    between = times[(times > form.start) & (times < stop)]
    if between.size:
        controller = dfx.ClipStepSizeController(controller, step_ts=between)
    solution = dfx.diffeqsolve(
        dfx.ODETerm(form.nonlinear),
        scheme,
        t0=form.start,
        t1=stop,
        dt0=None,
        y0=initial,
        args=form.args,
        saveat=dfx.SaveAt(ts=jnp.asarray(times)),
        stepsize_controller=controller,
        max_steps=_MOST_STEPS,
        throw=False,
    )
    steps = {"steps": solution.stats["num_steps"], "rejected": solution.stats["num_rejected_steps"]}
    return March(_kept(initial, solution.ys), code_of(solution.result, dfx.RESULTS, solution.ys), steps)


def _kept(initial: Array, states: Array) -> Array:
    """States with those that diffrax did not reach, which it leaves infinite, replaced by the last before them."""

    def keep(last: Array, state: Array) -> tuple[Array, Array]:
        last = jnp.where(jnp.all(jnp.isfinite(state)), state, last)
        return last, last

    return jax.lax.scan(keep, initial, states)[1]


def step_solver(form: Evolution) -> lx.AbstractLinearSolver:
    """The factorisation for implicit steps: inside XLA where the band is narrow and nothing needs pivots."""
    if form.mass is None and BlockTridiagonalLU.takes(form.sparsity):
        assert form.sparsity is not None
        return BlockTridiagonalLU(form.sparsity)
    return SparseLU(form.sparsity)


def consistent(form: Evolution, y: Array, solver: lx.AbstractLinearSolver, steps: int = 4) -> Array:
    """`y` with its constrained part (mass 0) solved for at the start, by Newton's method (one step when linear)."""
    mass = form.mass

    def improve(y: Array) -> Array:
        value, slope = jax.linearize(lambda y: form.nonlinear(form.start, y, form.args), y)
        operator = lx.FunctionLinearOperator(lambda v: mass * v + (1 - mass) * slope(v), jax.eval_shape(lambda: y))
        return y - lx.linear_solve(operator, (1 - mass) * value, solver, throw=False).value

    for _ in range(steps):
        y = improve(y)
    return y


def settled(form: Evolution, y: Array, solver: lx.AbstractLinearSolver) -> Array:
    """`y` brought onto its constraints by a step too short for anything else to happen, and the multipliers there.

    A first step projects what evolves (velocities become free of divergence) with a pressure that grows with what was
    missing; a second, from there, finds the pressure itself.
    """
    short = _SETTLING * (form.stop - form.start)
    first, _ = rosenbrock_step(form, form.start, short, y, solver)
    second, _ = rosenbrock_step(form, form.start, short, first, solver)
    return jnp.where(form.constraints, second, first)


def rates_of(form: Evolution, times: np.ndarray, states: Array) -> tuple[Array, Array | None]:
    """Coefficients of the field at the saved times, and their time derivatives (None where there are constraints)."""
    saved = (jnp.asarray(times, float), states)
    size = min(16, len(times))
    full = isinstance(form.mass, lx.AbstractLinearOperator) and form.constraints is None
    if form.mass is not None and not full:
        return jax.lax.map(lambda s: form.output(s[0], s[1], form.args), saved, batch_size=size), None

    def at(s: tuple[Array, Array]) -> tuple[Array, Array]:
        t, y = s
        rate = form.nonlinear(t, y, form.args)
        if full:
            rate = lx.linear_solve(form.mass, rate, SparseLU(form.sparsity), throw=False).value
        return jax.jvp(lambda t, y: form.output(t, y, form.args), (t, y), (jnp.ones_like(t), rate))

    return jax.lax.map(at, saved, batch_size=size)


def checked_times(times: Any, start: float, stop: float) -> Float[np.ndarray, " time"]:
    """Saved times as an array: increasing and within [start, stop]."""
    times = np.atleast_1d(np.asarray(times, float))
    slack = 1e-9 * (stop - start)
    if times.size == 0 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise ArgumentError("The saved times do not increase.", given=str(times), expected="t₀ < t₁ < …")
    if times[0] < start - slack or times[-1] > stop + slack:
        raise ArgumentError(
            "A saved time lies outside the statement's time.",
            given=f"{times[0]:g} to {times[-1]:g}",
            expected=f"within [{start:g}, {stop:g}]",
        )
    return np.clip(times, start, stop)
