"""How far a prediction departs from what its statement conserves."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import numpy as np

from .. import equations
from ..equations import Problem, draw
from ..fields import Grid


def conserved_quantities(problem: Problem) -> dict[str, str]:
    """Unknown's name → "mean", "energy" (of |u|²) or both joined by a comma; empty where nothing is conserved.

    Found from the text of the statement (see `sobolev.equations.conserved_quantities`); a random family is asked
    through one of its members.
    """
    member = draw(problem, key=jax.random.key(0)) if problem.is_random else problem
    found: dict[str, list[str]] = {}
    for quantity in equations.conserved_quantities(member):
        unknown = quantity.state.unknown
        if quantity.state.time_order == 0 and problem.time_order_of(unknown) == 1:
            found.setdefault(unknown.func.__name__, []).append({"mean": "mean", "square": "energy"}[quantity.kind])
    return {name: ",".join(kinds) for name, kinds in found.items()}


def conservation_error(prediction, truth, grid: Grid, quantities: Sequence[str | None]) -> np.ndarray:
    """Largest departure over the times from the true value, in units of the quantity's own scale.

    `quantities` names per channel what is conserved ("mean", "energy", both with a comma, or None);
    shape `(sample, channels)`, NaN-free; channels that conserve nothing are 0. The scale of a mean is the root
    mean square of the true field, that of the energy is the true energy.
    """
    p, u = np.asarray(prediction), np.asarray(truth)
    w = grid.weights[..., None] / grid.weights.sum()
    space = tuple(range(2, 2 + grid.ndim))
    energy_p, energy_u = (np.sum(w * np.abs(f) ** 2, axis=space) for f in (p, u))
    mean = np.abs(np.sum(w * (p - u), axis=space)).max(axis=1)
    scale = energy_u.max(axis=1)
    found = np.zeros((p.shape[0], p.shape[-1]))
    for channel, kinds in enumerate(quantities):
        parts = {
            "mean": _over(mean[:, channel], np.sqrt(scale[:, channel])),
            "energy": _over(np.abs(energy_p - energy_u).max(axis=1)[:, channel], scale[:, channel]),
        }
        for kind in kinds.split(",") if kinds else ():
            found[:, channel] = np.maximum(found[:, channel], parts[kind])
    return np.where(np.isfinite(found), found, np.inf)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.where(above > 0, np.inf, 0.0))
