"""Exponential time differencing: y' = L y + N(t, y) from an `Evolution`, saved at given times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from .._core import ArgumentError, Result
from ..assembly import Evolution
from ._etd_adaptive import adaptive_interval
from ._etd_control import FixedStep, StepControl
from ._etd_step import StepCoefficients, etd_step, step_coefficients
from ._etd_tableaux import ExponentialTableau
from ._integrate import checked_times

_FINEST = 17  # the shortest adaptive step is about 2⁻¹⁷ of the run
_CHECKPOINTS = 64  # states kept for reverse-mode derivatives inside one interval; others are recomputed


class Trajectory(eqx.Module):
    """States at the saved times `(time, *modes, states)`, the index of a `Result`, and numbers of steps."""

    states: Array
    code: Int[Array, ""]
    steps: dict[str, Array]


class Progress(eqx.Module):
    """What is carried from one saved time to the next."""

    y: Array
    scale: Array  # largest norm of each state so far
    rung: Int[Array, ""]
    accepted: Int[Array, ""]
    rejected: Int[Array, ""]
    broken: Bool[Array, ""]  # not finite
    limited: Bool[Array, ""]  # a step was as short as can be and still not accurate enough, or steps ran out


def integrate(
    form: Evolution, tableau: ExponentialTableau, control: StepControl, times: Sequence[float], tolerance: float
) -> Trajectory:
    """Integrates `form` from its start to `times[-1]`, saving at `times` (increasing, within the form's span).

    Pure JAX in `form.args`; reverse-mode derivatives go through (checkpointed). After a NaN, or when the steps are used
    up, the last good state is repeated and `code` says which.
    """
    saved = checked_times(times, form.start, form.stop)
    nodes = saved if saved[0] == form.start else np.concatenate([[form.start], saved])
    y = form.initial(form.args)
    start = _progress(y)
    if nodes.size == 1:
        return _trajectory(y[None], start)
    begins, gaps = nodes[:-1], np.diff(nodes)
    coefficients, advance = _recipe(form, y, tableau, control, gaps, tolerance)
    uniform = np.allclose(gaps, gaps[0], rtol=1e-9, atol=0)
    shared = coefficients(jnp.asarray(gaps.mean())) if uniform else None

    def interval(progress: Progress, window: tuple[Array, Array]) -> tuple[Progress, Array]:
        begin, gap = window
        progress = advance(shared if uniform else coefficients(gap), begin, gap, progress)
        return progress, progress.y

    end, states = jax.lax.scan(interval, start, (jnp.asarray(begins), jnp.asarray(gaps)))
    if saved[0] == form.start:
        states = jnp.concatenate([y[None], states])
    return _trajectory(states, end)


def _recipe(
    form: Evolution, y: Array, tableau: ExponentialTableau, control: StepControl, gaps: np.ndarray, tolerance: float
) -> tuple[Callable[[Array], Any], Callable[[Any, Array, Array, Progress], Progress]]:
    """How coefficients follow from the length of an interval, and how an interval is crossed with them."""
    if form.linear is None:
        raise ArgumentError("Exponential integrators need a form with a linear part.", given="linear=None")
    linear = form.linear(form.args)
    blocks = linear.ndim > y.ndim

    def nonlinear(t: Array, y: Array) -> Array:
        return form.nonlinear(t, y, form.args)

    if isinstance(control, FixedStep):
        count = max(1, int(np.ceil(gaps.max() / control.dt * (1 - 1e-9))))

        def coefficients(gap: Array) -> StepCoefficients:
            return step_coefficients(tableau, linear, gap / count, blocks)

        return coefficients, _fixed_interval(tableau, nonlinear, count)

    rungs = int(np.clip(_FINEST - np.floor(np.log2((form.stop - form.start) / gaps.max())), 6, _FINEST))
    lengths = 0.5 ** np.arange(rungs + 1)

    def ladder(gap: Array) -> StepCoefficients:
        return jax.vmap(lambda part: step_coefficients(tableau, linear, gap * part, blocks))(jnp.asarray(lengths))

    limit = control.safety * tolerance / (form.stop - form.start)
    return ladder, adaptive_interval(tableau, nonlinear, rungs, limit, control.max_steps, _CHECKPOINTS)


def _fixed_interval(tableau: ExponentialTableau, nonlinear: Callable[[Array, Array], Array], count: int):
    def advance(coefficients: StepCoefficients, begin: Array, gap: Array, progress: Progress) -> Progress:
        def step(carry: tuple[Array, Array]) -> tuple[Array, Array]:
            i, y = carry
            t = begin + i * coefficients.step
            return i + 1, etd_step(tableau, coefficients, nonlinear, t, y, nonlinear(t, y))

        _, y = eqxi.while_loop(
            lambda carry: carry[0] < count,
            step,
            (jnp.asarray(0), progress.y),
            kind="checkpointed",  # without max_steps XLA sees how many rounds there are, and does not ask after each
            checkpoints=min(count, _CHECKPOINTS),
        )
        finite = jnp.all(jnp.isfinite(y))
        return eqx.tree_at(
            lambda p: (p.y, p.broken, p.accepted),
            progress,
            (jnp.where(finite, y, progress.y), progress.broken | ~finite, progress.accepted + count),
        )

    return advance


def _progress(y: Array) -> Progress:
    zero, no = jnp.asarray(0, jnp.int32), jnp.asarray(False)
    return Progress(y, jnp.zeros(y.shape[-1], y.real.dtype), zero, zero, zero, ~jnp.all(jnp.isfinite(y)), no)


def _trajectory(states: Array, end: Progress) -> Trajectory:
    index = {result: i for i, result in enumerate(Result)}
    code = jnp.where(
        end.broken,
        index[Result.nonfinite],
        jnp.where(end.limited, index[Result.max_steps], index[Result.successful]),
    )
    return Trajectory(states, code.astype(jnp.int32), {"steps": end.accepted, "rejected": end.rejected})
