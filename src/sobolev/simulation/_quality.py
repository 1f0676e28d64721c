"""How good the samples are: a few of them solved again at twice the resolution (rules R3 and R4)."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._core import precision_context
from ..fields import Axis
from ._plan import Plan
from ._runner import Runner, compiled, on_grid


def estimated_errors(runner: Runner, samples: int) -> dict[str, Any]:
    """Relative L2 distance of the first `samples` samples to solves at twice the resolution, a tenth of the tolerance.

    By unknown, over all saved times: the median and the largest. For a method of order p on a smooth solution the
    error of the samples is 2^p / (2^p − 1) times this. A sample whose finer solve fails counts as infinite.
    """
    plan: Plan = runner.plan
    numbers = jnp.arange(min(samples, plan.samples), dtype=jnp.uint32)
    if not len(numbers):
        return {}
    with precision_context(plan.width.precision):
        resolution = None if plan.problem.is_ode else tuple(_doubled(a) for a in runner.grid.axes)
        times = None if runner.times is None else tuple(runner.times.tolist())
        fine = compiled(plan.problem, plan.method, plan.tolerance / 10, resolution, times)
        points = runner.grid.coordinates
        orders = (0,) * runner.grid.ndim

        def at_points(coefficients: Any) -> Any:
            return fine.space.jet(coefficients, orders, points)

        def distance(number: Any) -> Any:
            values = runner.values(number)
            coarse = on_grid(runner.compiled, runner.compiled.run(values).coefficients)
            outcome = fine.run(values)
            if plan.problem.is_ode:
                finer = outcome.coefficients
            else:
                finer = (at_points if times is None else jax.vmap(at_points))(outcome.coefficients)
            axes = tuple(range(coarse.ndim - 1))
            error = jnp.sqrt(jnp.sum(jnp.abs(coarse - finer) ** 2, axes) / jnp.sum(jnp.abs(finer) ** 2, axes))
            return jnp.where(outcome.code == 0, error, jnp.inf)

        errors = np.asarray(eqx.filter_jit(lambda: jax.lax.map(distance, numbers))())
    names = plan.problem.unknown_names
    return {
        "estimated_relative_error": {n: _number(np.median(errors[:, i])) for i, n in enumerate(names)},
        "estimated_relative_error_worst": {n: _number(np.max(errors[:, i])) for i, n in enumerate(names)},
        "estimated_from": f"samples 0 to {len(numbers) - 1} at twice the resolution",
    }


def _doubled(axis: Axis) -> int:
    ends = 1 if axis.kind in ("nodes", "chebyshev") else 0
    return 2 * (axis.points - ends) + ends


def _number(value: Any) -> float | str:
    return float(value) if np.isfinite(value) else "not solved"
