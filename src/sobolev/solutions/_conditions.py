"""How well a solution meets its conditions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import precision_context
from ..domains import Interval
from ..equations import Initial, Problem, Robin, Values, evaluate_expression
from ._field import SpaceTimeField
from ._sampling import demand_box, fine_grid, on_grid, some_times, viewing_times

_TIMES = 17


def boundary_errors(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """max |α u + β ∂u/∂n − g| / scale for every condition and boundary part, by its text.

    The scale is the largest |u| of the solution (1 where that is zero); the maximum is over a fine grid of the
    part and up to 17 saved times. Empty when the box is periodic, where the space meets the conditions exactly.
    """
    demand_box(field, "boundary_error")
    found = {}
    for c in problem.conditions:
        if not isinstance(c, Robin) or problem.space is None:
            continue
        for side in problem.domain.sides:
            for part in side.parts:
                if c.on is None or part in c.on:
                    where = f"{c}" if c.on == (part,) else f"{c} at {part}"
                    found[where] = _boundary_error(field, problem, values, c, side, part.endswith(".max"))
    return found


def initial_errors(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """Relative L2 distance to each initial condition, by its text (of ∂u/∂t where it is about that)."""
    demand_box(field, "initial_error")
    found = {}
    grid = fine_grid(field)
    weights = np.ones(()) if grid is None else grid.weights
    for c in problem.conditions:
        if isinstance(c, Initial):
            channel = problem.unknowns.index(c.unknown)
            start = field.saved[:1]
            u = on_grid(field, grid, start, time_order=c.time_order)[0, ..., channel]
            points: dict[str, Any] = {} if grid is None else dict(grid.coordinates)
            goal = _expression(problem, values, c.value, {**points, field.time_name: np.asarray(start[0])})
            goal = np.broadcast_to(goal, u.shape)
            distance, size = (np.sqrt(np.sum(weights * np.abs(v) ** 2)) for v in (u - goal, goal))
            found[str(c)] = float(distance / size) if size > 0 else float(distance)
    return found


def _boundary_error(
    field: SpaceTimeField, problem: Problem, values: Values, c: Robin, side: Interval, upper: bool
) -> float:
    grid = fine_grid(field)
    assert grid is not None and problem.space is not None  # a boundary has a box
    points = dict(grid.coordinates)
    points[side.name] = np.full((1,) * grid.ndim, side.upper if upper else side.lower)
    if field.times is not None:
        points[field.time_name] = some_times(field, _TIMES).reshape((-1,) + (1,) * grid.ndim)
    channel = problem.unknowns.index(c.unknown)
    normal = tuple(int(name == side.name) for name in problem.space.names)
    u = field.jet(points, (0,) * grid.ndim)[..., channel]
    flux = field.jet(points, normal)[..., channel] * (1 if upper else -1)
    alpha, beta, goal = (_expression(problem, values, e, points) for e in (c.alpha, c.beta, c.value))
    scale = np.max(np.abs(u_inside)) if (u_inside := _inside(field, channel)).size else 0.0
    return float(np.max(np.abs(alpha * u + beta * flux - goal)) / (scale or 1.0))


def _inside(field: SpaceTimeField, channel: int) -> np.ndarray:
    return on_grid(field, fine_grid(field), viewing_times(field, 3))[..., channel]


def _expression(problem: Problem, values: Values, expression: Any, points: dict[str, Any]) -> np.ndarray:
    with precision_context("double"):
        return np.asarray(evaluate_expression(problem, expression, points, values))
