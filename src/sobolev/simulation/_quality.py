"""How good the samples are: a few of them solved again, finer, and put into their equation (rules R3 and R4)."""

from __future__ import annotations

import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .._core import precision_context
from ..assembly import grid_residual
from ..equations import Values
from ..fields import Axis, GridField
from ._plan import Plan
from ._runner import Runner, compiled, on_grid


def quality(runner: Runner, samples: int) -> dict[str, Any]:
    """Estimated errors, and for steady problems residuals, of the first `samples` samples.

    `estimated_relative_error` is by unknown the median, over the samples, of the relative L2 distance (all saved times
    together) to a solve with a tenth of the tolerance and twice the resolution; one and a half times where the
    method's cost grows with the cube of the number of points. For a method of order p on a smooth solution the error
    of the samples is 2^p / (2^p − 1) times this. A finer solve that fails counts as infinite.

    `residual` is by equation the median root mean square of left minus right side at the grid's points, by the
    differences of `grid_residual`. For evolutions it is not given: saved times are too far apart for differences.
    """
    plan: Plan = runner.plan
    numbers = jnp.arange(min(samples, plan.samples), dtype=jnp.uint32)
    if not len(numbers):
        return {}
    with precision_context(plan.width.precision):
        factor = 1.5 if math.isinf(plan.method.order) and not plan.problem.is_periodic and plan.problem.ndim > 1 else 2
        resolution = None if plan.problem.is_ode else tuple(_finer(a, factor) for a in runner.grid.axes)
        times = None if runner.times is None else tuple(runner.times.tolist())
        fine = compiled(plan.problem, plan.method, plan.tolerance / 10, resolution, times)

        def judge(number: Array) -> tuple[Array, Array]:
            values = runner.values(number)
            coarse = on_grid(runner.compiled, runner.compiled.run(values).coefficients)
            outcome = fine.run(values)
            distance = _distance(coarse, _at_points(runner, fine, outcome.coefficients))
            return jnp.where(outcome.code == 0, distance, jnp.inf), _residual(runner, coarse, values)

        errors, residuals = map(np.asarray, eqx.filter_jit(lambda: jax.lax.map(judge, numbers))())
    names = plan.problem.unknown_names
    found: dict[str, Any] = {
        "estimated_relative_error": {n: _number(np.median(errors[:, i])) for i, n in enumerate(names)},
        "estimated_relative_error_worst": {n: _number(np.max(errors[:, i])) for i, n in enumerate(names)},
        "estimated_from": f"samples 0 to {len(numbers) - 1}, {factor} times the resolution",
    }
    if residuals.shape[1]:
        found["residual"] = [_number(np.median(r)) for r in residuals.T]
    return found


def _at_points(runner: Runner, fine: Any, coefficients: Array) -> Array:
    """The finer solution at the points of the samples' grid."""
    if fine.problem.is_ode:
        return coefficients
    orders, points = (0,) * runner.grid.ndim, runner.grid.coordinates

    def jet(c: Array) -> Array:
        return fine.space.jet(c, orders, points)

    return jet(coefficients) if fine.times is None else jax.vmap(jet)(coefficients)


def _distance(values: Array, finer: Array) -> Array:
    """Relative L2 distance of each channel; 0 where both vanish."""
    axes = tuple(range(values.ndim - 1))
    scale = jnp.sum(jnp.abs(finer) ** 2, axes)
    error = jnp.sum(jnp.abs(values - finer) ** 2, axes)
    return jnp.sqrt(jnp.where(error == 0, 0.0, error / jnp.where(scale == 0, error + (error == 0), scale)))


def _residual(runner: Runner, values: Array, given: Values) -> Array:
    problem = runner.plan.problem
    if not problem.is_steady or problem.is_ode:
        return jnp.zeros(0)
    inputs = {
        # Inputs on the whole grid are given by their values, as the solver sees them: the residual then takes the
        # same means between points.
        name: GridField(runner.sampled(name, given), runner.grid, name) if runner.is_everywhere(name) else value
        for name, value in given.inputs.items()
    }
    field = GridField(values, runner.grid, problem.unknown_names)
    order = runner.plan.method.order
    accuracy = int(order) if order in (2, 4, 6) else 2
    return jnp.stack(grid_residual(problem, field, Values(given.parameters, inputs), accuracy).equation_norms())


def _finer(axis: Axis, factor: float) -> int:
    ends = 1 if axis.kind in ("nodes", "chebyshev") else 0
    return 2 * round(factor * (axis.points - ends) / 2) + ends


def _number(value: Any) -> float | str:
    return float(value) if np.isfinite(value) else "not solved"
