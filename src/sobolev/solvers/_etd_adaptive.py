"""Adaptive exponential time differencing on a ladder of step sizes, by step doubling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import equinox.internal as eqxi
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact

from ._etd_step import StepCoefficients, etd_step
from ._etd_tableaux import ExponentialTableau

_UP = 0.5  # a rung is climbed when the error predicted for the longer step is below half of the limit
_DROP = 4  # at most four rungs down at once
_ROUNDING = 20  # differences of the two solutions below 20 units of rounding are no information


def adaptive_interval(
    tableau: ExponentialTableau,
    nonlinear: Callable[[Array, Array], Array],
    rungs: int,
    limit: float,
    max_steps: int,
    checkpoints: int,
) -> Callable[[StepCoefficients, Array, Array, Any], Any]:
    """`advance(ladder, begin, gap, progress)` crosses one interval of length `gap`.

    `ladder` holds the coefficients of the steps gap · 2⁻ᵏ, k = 0 … `rungs`, along its leading axis. An attempt on rung
    k compares one step of rung k with two of rung k + 1. Positions are integers in units of the shortest step, so that
    steps stay aligned and end exactly at the end. `limit` bounds the relative local error per unit of time.
    """
    total = 2**rungs
    gain = 2.0**tableau.order

    def advance(ladder: StepCoefficients, begin: Array, gap: Array, progress: Any) -> Any:
        unit = gap / total
        floor = _ROUNDING * jnp.finfo(progress.y.real.dtype).eps

        def both_ways(ladder: StepCoefficients, t: Array, p: Any) -> tuple[Array, Array, Array]:
            """One step of the current rung, and two of half its length; one compiled step serves all three."""

            def part(carry: tuple[Array, Array], down: Array) -> tuple[tuple[Array, Array], Array]:
                t, y = carry
                coefficients = jax.tree.map(lambda a: a[p.rung + down], ladder)
                after = etd_step(tableau, coefficients, nonlinear, t, y, nonlinear(t, y))
                restart = down == 0
                return (jnp.where(restart, t, t + coefficients.step), jnp.where(restart, y, after)), after

            _, (once, _, twice) = jax.lax.scan(part, (t, p.y), jnp.asarray([0, 1, 1]))
            return once, twice, ladder.step[p.rung]

        def attempt(carry):
            position, p = carry
            t = begin + position * unit
            once, twice, step = both_ways(ladder, t, p)
            scale = jnp.maximum(p.scale, jnp.maximum(state_norms(p.y), state_norms(twice)))
            error = _relative(state_norms(twice - once), scale) / (gain - 1)
            ratio = error / jnp.maximum(limit * step, floor)
            finite, finest = jnp.isfinite(ratio), p.rung == rungs - 1
            accept = finite & ((ratio <= 1) | finest)
            y = jnp.where(accept, twice + (twice - once) / (gain - 1), p.y)
            length = jnp.left_shift(jnp.ones_like(p.rung), rungs - p.rung)
            position = position + jnp.where(accept, length, 0)
            may_climb = (p.rung > 0) & (position % (2 * length) == 0) & (ratio * gain < _UP)
            drop = jnp.clip(jnp.ceil(jnp.log2(jnp.where(finite, ratio, 1.0)) / tableau.order), 1, _DROP).astype(int)
            rung = jnp.where(
                accept & (ratio <= 1),
                p.rung - may_climb,
                jnp.minimum(p.rung + jnp.where(finite, drop, 2), rungs - 1),
            )
            after = eqx.tree_at(
                lambda q: (q.y, q.scale, q.rung, q.accepted, q.rejected, q.broken, q.limited),
                p,
                (
                    y,
                    jnp.where(accept, scale, p.scale),
                    rung.astype(p.rung.dtype),
                    p.accepted + jnp.where(accept, 2, 0),
                    p.rejected + jnp.where(accept, 0, 2),
                    p.broken | (~finite & finest),
                    p.limited | (accept & (ratio > 1)),
                ),
            )
            return position, after

        def unfinished(carry):
            position, p = carry
            return (position < total) & ~p.broken & (p.accepted + p.rejected < max_steps)

        position, progress = eqxi.while_loop(
            unfinished,
            attempt,
            (jnp.asarray(0, jnp.int32), progress),
            max_steps=max_steps,
            kind="checkpointed",
            checkpoints=checkpoints,
        )
        stopped = (position < total) & ~progress.broken
        return eqx.tree_at(lambda p: p.limited, progress, progress.limited | stopped)

    return advance


def state_norms(y: Inexact[Array, "*modes states"]) -> Float[Array, " states"]:
    """Root of the summed squares of each state's coefficients; constant under differentiation."""
    y = jax.lax.stop_gradient(y)
    return jnp.sqrt(jnp.sum(jnp.abs(y) ** 2, axis=tuple(range(y.ndim - 1))))


def _relative(errors: Float[Array, " states"], scale: Float[Array, " states"]) -> Float[Array, ""]:
    """The worst error relative to its state; states that are (nearly) zero are measured by the others."""
    return jnp.max(errors / (scale + 1e-6 * jnp.max(scale) + jnp.finfo(scale.dtype).tiny))
