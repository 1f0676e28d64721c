"""Strong-stability-preserving Runge–Kutta of third order, with steps bounded by the speed of waves."""

from __future__ import annotations

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from .._core import Result
from ..assembly import Transport
from ._integrate import checked_times
from ._outcome import result_code

_MOST_STEPS = 2_000_000


class SSPMarch(eqx.Module):
    """States `(time, *state)` at the saved times, result code, and number of steps."""

    states: Array
    code: Int[Array, ""]
    steps: dict[str, Array]


def ssp_rk3(form: Transport, times: np.ndarray, courant: float) -> SSPMarch:
    """Shu & Osher's third-order scheme (J. Comput. Phys. 77 (1988), eq. 2.18) from one saved time to the next.

    A step is `courant` over the frequency that the state itself reports, cut into equal parts up to the next saved
    time. A state that is not admissible ends the march with `Result.inadmissible` (the last admissible one is kept and
    returned for all later times); so does a step that shrinks to nothing, with `Result.max_steps`. Reverse-mode
    derivatives use recursive checkpoints.
    """
    times = checked_times(times, form.start, form.stop)
    least = 1e-12 * (form.stop - form.start)
    bad = result_code(Result.inadmissible)
    slow = result_code(Result.max_steps)

    def march(carry: tuple, until: Array) -> tuple[tuple, Array]:
        def going(state: tuple) -> Array:
            t, _, _, code = state
            return (t < until - least) & (code == 0)

        def step(state: tuple) -> tuple:
            t, y, count, code = state
            flow = form.flow(t, y, form.args)
            left = until - t
            parts = jnp.ceil(left * flow.frequency / courant)
            dt = left / jnp.maximum(jnp.where(jnp.isfinite(parts), parts, 1.0), 1.0)
            first = y + dt * flow.rate
            second = form.flow(t + dt, first, form.args)
            middle = 0.75 * y + 0.25 * (first + dt * second.rate)
            third = form.flow(t + dt / 2, middle, form.args)
            new = y / 3 + 2 / 3 * (middle + dt * third.rate)
            fine = flow.admissible & second.admissible & third.admissible & jnp.all(jnp.isfinite(new))
            code = jnp.where(fine, jnp.where((dt < least) | (count >= _MOST_STEPS), slow, 0), bad)
            return jnp.where(fine, t + dt, t), jnp.where(fine, new, y), count + 1, code.astype(bad.dtype)

        state = eqxi.while_loop(going, step, carry, max_steps=_MOST_STEPS, kind="checkpointed", checkpoints=64)
        t, y, count, code = state
        return (jnp.where(code == 0, until, t), y, count, code), y

    start = form.initial(form.args)
    zero = jnp.zeros((), bad.dtype)
    began = (jnp.asarray(form.start, start.dtype), start, jnp.zeros((), int), zero)
    (_, y, count, code), states = jax.lax.scan(march, began, jnp.asarray(times, start.dtype))
    last = form.flow(jnp.asarray(form.stop, start.dtype), y, form.args).admissible
    return SSPMarch(states, jnp.where((code == 0) & ~last, bad, code), {"steps": count})
