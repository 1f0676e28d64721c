"""How well a solution keeps the integrals that its statement conserves."""

from __future__ import annotations

import numpy as np

from .._core import UnsupportedError
from ..equations import Problem, Values, conserved_quantities
from ._field import SpaceTimeField
from ._sampling import fine_grid, on_grid, viewing_times

_TIMES = 33


def conservation_errors(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """Drift of every conserved integral: max over saved times |Q(t) − Q(0)| / max(|Q(0)|, mean of |q| at the start)."""
    if not problem.is_evolution:
        raise UnsupportedError(f"'{problem.name}' is steady.", expected="an evolution, to ask what it conserves")
    found = {}
    grid, times = fine_grid(field), viewing_times(field, _TIMES)
    if grid is None:
        return found  # no space, nothing to integrate over
    for quantity in conserved_quantities(problem, values):
        state = quantity.state
        channel = problem.unknown_names.index(state.unknown.func.__name__)
        u = on_grid(field, grid, times, time_order=state.time_order)[..., channel]
        q = np.abs(u) ** 2 if quantity.kind == "square" else u
        axes = tuple(range(1, q.ndim))
        integral = np.sum(grid.weights * q, axis=axes) / np.sum(grid.weights)
        size = np.sum(grid.weights * np.abs(q), axis=axes)[0] / np.sum(grid.weights)
        drift = np.max(np.abs(integral - integral[0]))
        scale = max(abs(integral[0]), size)
        found[quantity.label] = float(drift / scale) if scale > 0 else float(drift)
    return found
