"""Undamped motion, q'' = F(t, q): the explicit two-step scheme of fourth order, with steps as long as is stable."""

from __future__ import annotations

from collections.abc import Callable

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from .._core import Result
from ..assembly import Evolution
from ._march import March
from ._outcome import result_code

# A mode of frequency ω is stable for hω ≤ √12. Leaving the recursion for velocities and coming back multiplies the
# velocity by 1 − (hω)⁴/36, and so is a contraction for hω ≤ 2.91. The rest is for what the power method falls short of.
_LONGEST = 2.8
_POWERS = 40
_GROWTH = 2**0.5  # of the number of steps, where two runs are compared to tell their errors
_ROUNDS = 10
_TRIES = 4  # of runs that are not finite
_MOST_STEPS = 2_000_000
_CHECKPOINTS = 64  # states kept for reverse-mode derivatives between two saved times; others are recomputed


class Motion(eqx.Module):
    """What is carried from step to step: the place, what the recursion remembers, and its estimated error."""

    q: Array
    w: Array  # (qₙ − qₙ₋₁) / h
    before: Array  # Fₙ₋₁
    bend: Array  # h⁴/12 · q'''' at the step before
    error: Array


class Run(eqx.Module):
    """A whole run at one density of steps."""

    states: tuple[Array, Array]  # q and q' at the saved times
    error: Array  # relative, estimated
    density: Array  # steps per unit of time
    count: Int[Array, ""]  # of steps
    steps: Int[Array, ""]  # those of the runs before it included
    rounds: Int[Array, ""]
    finite: Array


def numerov(form: Evolution, y: Array, times: np.ndarray, tolerance: float) -> March:
    """Integrates `form.acceleration` from y, stepping exactly to the saved times (increasing, within the form's span).

    qₙ₊₁ = 2qₙ − qₙ₋₁ + h²/12 (F(tₙ₊₁, q̂) + 10 Fₙ + Fₙ₋₁) with q̂ = 2qₙ − qₙ₋₁ + h² Fₙ (M. M. Chawla, BIT 24 (1984)
    284): order four, two evaluations a step. For linear F this is the leapfrog of the modified equation, which neither
    damps nor amplifies, and its steps are √3 times as long as the leapfrog's. It starts by Nyström's step of order
    four, again only where gaps between saved times change. F may be asked for up to one step beyond the last time.

    Steps are equal. The first run takes the longest stable ones (ω by the power method at the start); shorter ones
    follow until the error of q at the end, root mean square relative to the largest q, is estimated below `tolerance`.
    It is estimated twice: within a run, from h⁴/12 q'''', which counts modes that no grid resolves as though they could
    still get worse; and from the distance of two runs, taking order two for granted. The smaller holds. A run that is
    not finite is repeated with shorter steps; at last its code says so, and the last finite state is returned for all
    later times. Reverse-mode derivatives are checkpointed, and take the lengths of steps for constants.
    """
    assert form.acceleration is not None
    motion = form.acceleration

    def force(t: Array, q: Array) -> Array:
        return motion.function(t, q, form.args)

    nodes = times if times[0] == form.start else np.concatenate([[form.start], times])
    q, v = motion.split(y)
    if nodes.size == 1:
        zero = jnp.asarray(0, jnp.int32)
        return March(y[None], result_code(Result.successful), {"steps": zero, "rejected": zero})
    span = float(nodes[-1] - nodes[0])
    limit = _MOST_STEPS / span
    fixed = jax.lax.stop_gradient(form.args)
    fastest = frequency(lambda q: motion.function(jnp.asarray(form.start, q.dtype), q, fixed), q)
    slowest = jnp.maximum(fastest / _LONGEST, 1 / span)

    def again(run: Run) -> Run:
        """The next run, and its error from the run before where that is the better estimate."""
        first = run.rounds == 0
        wanted = (2 * run.error / tolerance) ** 0.25
        growth = jnp.where(run.finite, jnp.clip(wanted, 1.1, jnp.where(run.rounds == 1, _GROWTH, 8.0)), 2.0)
        density = jnp.minimum(jnp.where(first, slowest, growth * run.density), limit)
        states, own, count, finite = crossing(force, q, v, nodes, density)
        ratio = count / jnp.maximum(run.count, 1)
        apart = jnp.max(_rms(states[0] - run.states[0])) / jnp.maximum(ratio**2 - 1, 0.1)
        compared = jnp.where(first | ~run.finite | (ratio < 1.05), jnp.inf, apart)
        size = jnp.max(_rms(states[0]))
        error = jnp.minimum(own, compared) / jnp.where(size > 0, size, 1.0)
        error, density = jax.lax.stop_gradient((jnp.where(finite, error, jnp.inf), density))
        return Run(states, error, density, count, run.steps + count, run.rounds + 1, finite)

    def unfinished(run: Run) -> Array:
        more = run.finite | (run.rounds < _TRIES)
        return ~(run.error <= tolerance) & (run.density < limit) & more

    still = tuple(jnp.broadcast_to(a, (nodes.size, *a.shape)) for a in (q, v))
    one, zero = jnp.ones((), q.dtype), jnp.asarray(0, jnp.int32)
    good = jnp.all(jnp.isfinite(y))
    run = Run(still, one * jnp.inf, jnp.where(good, 0.0, limit) * one, zero, zero, zero, good)
    run = eqxi.while_loop(unfinished, again, run, max_steps=_ROUNDS, kind="checkpointed", checkpoints=_ROUNDS)
    states = jax.vmap(motion.join)(*run.states)[nodes.size - times.size :]
    code = jnp.where(run.error <= tolerance, result_code(Result.successful), result_code(Result.max_steps))
    code = jnp.where(run.finite, code, result_code(Result.nonfinite))
    return March(states, code, {"steps": run.steps, "rejected": zero})


def crossing(
    force: Callable[[Array, Array], Array], q: Array, v: Array, nodes: np.ndarray, density: Array
) -> tuple[tuple[Array, Array], Array, Array, Array]:
    """(q, q') at all nodes with steps of at most 1/density, the estimated error of q, the number of steps, and whether
    everything was finite."""
    gaps = np.diff(nodes)
    same = np.concatenate([[False], np.isclose(gaps[1:], gaps[:-1], rtol=1e-9, atol=0)])

    def interval(carry: tuple, window: tuple) -> tuple[tuple, tuple[Array, Array]]:
        m, v, steps, finite = carry
        begin, gap, goes_on = window
        count = jnp.maximum(jnp.ceil(gap * density * (1 - 1e-9)), 2).astype(jnp.int32)
        h = jax.lax.stop_gradient(gap / count)
        # Both under `vmap`; otherwise one of them.
        m, done = jax.lax.cond(goes_on, lambda: (m, 0), lambda: (_started(force, begin, h, m.q, v, m.error), 1))

        def step(state: tuple[Array, Motion]) -> tuple[Array, Motion]:
            i, m = state
            return i + 1, _step(force, begin + i * h, h, m, i > 1 - goes_on.astype(i.dtype))

        start = (jnp.asarray(done, jnp.int32), m)
        _, m = eqxi.while_loop(lambda s: s[0] < count, step, start, kind="checkpointed", checkpoints=_CHECKPOINTS)
        # A place further on, for the velocity by central differences.
        t = begin + gap
        ahead = _step(force, t, h, m, jnp.asarray(True))
        v = (m.w + ahead.w) / 2 - h / 12 * (force(t + h, ahead.q) - m.before)
        m = eqx.tree_at(lambda m: m.error, m, ahead.error)
        good = jnp.all(jnp.isfinite(m.q)) & jnp.all(jnp.isfinite(v))
        m, v = jax.tree.map(lambda a, b: jnp.where(good, a, b), (m, v), (carry[0], carry[1]))
        return (m, v, steps + count, finite & good), (m.q, v)

    zero = jnp.zeros((), q.dtype)
    start = (Motion(q, v, jnp.zeros_like(q), jnp.zeros_like(q), zero), v, jnp.asarray(0, jnp.int32), jnp.asarray(True))
    windows = (jnp.asarray(nodes[:-1], q.dtype), jnp.asarray(gaps, q.dtype), jnp.asarray(same))
    (m, _, steps, finite), (places, speeds) = jax.lax.scan(interval, start, windows)
    states = jnp.concatenate([q[None], places]), jnp.concatenate([v[None], speeds])
    return states, m.error, steps, finite


def frequency(force: Callable[[Array], Array], q: Array) -> Array:
    """√ρ(∂F/∂q) by the power method, from below: within 2 % for Laplacians on grids."""
    _, slope = jax.linearize(force, jax.lax.stop_gradient(q))
    start = jax.random.normal(jax.random.key(0), q.shape, q.dtype)

    def power(_: Array, pair: tuple[Array, Array]) -> tuple[Array, Array]:
        x, _ = pair
        x = slope(x)
        size = jnp.linalg.norm(x)
        return x / jnp.where(size > 0, size, 1.0), size

    _, size = jax.lax.fori_loop(0, _POWERS, power, (start / jnp.linalg.norm(start), jnp.zeros((), q.dtype)))
    return jnp.sqrt(size)


def _started(force: Callable[[Array, Array], Array], t: Array, h: Array, q: Array, v: Array, error: Array) -> Motion:
    """The first step, from q and q' at t: Nyström's of order four (Hairer, Nørsett & Wanner, Solving ODEs I, II.14)."""
    now = force(t, q)
    middle = force(t + h / 2, q + h / 2 * v + h**2 / 8 * now)
    w = v + h / 6 * (now + 2 * middle)
    return Motion(q + h * w, w, now, jnp.zeros_like(q), error)


def _step(force: Callable[[Array, Array], Array], t: Array, h: Array, m: Motion, counts: Array) -> Motion:
    """From t to t + h. A mode's phase is off by T h⁴ω⁵/720 in the end: 1/60 of what `bend` changes by, step by step."""
    now = force(t, m.q)
    guess = m.q + h * (m.w + h * now)
    bend = h**2 / 12 * (force(t + h, guess) - 2 * now + m.before)
    w = m.w + h * now + bend / h
    error = m.error + jax.lax.stop_gradient(jnp.where(counts, _rms(bend - m.bend), 0.0)) / 60
    return Motion(m.q + h * w, w, now, bend, error)


def _rms(values: Array) -> Array:
    return jnp.sqrt(jnp.mean(values**2, axis=-1))
