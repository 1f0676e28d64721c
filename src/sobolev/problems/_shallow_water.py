"""The shallow water equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ..domains import Interval, Time
from ..equations import Dirichlet, Initial, Neumann, Problem, coordinates, div, input_field, parameter, unknown
from ..priors import RBF, GaussianField
from ._arguments import one_of
from ._riemann import water


def shallow_water(case: str = "dam", stop: float | None = None) -> Problem:
    r"""η_t + q_x = 0, q_t + (q²/(η − b) + g(η² − 2ηb)/2)_x = −g η b_x: level η, discharge q, bottom b, depth η − b.

    - `case="dam"`: flat bottom on [−1, 1], water at rest of level 1 left of x = 0 and 1/4 right of it, g = 1, until
      t = 0.5: a rarefaction runs to the left, a bore to the right. Outflow at both ends.
    - `case="lake"`: a bump b = exp(−50 (x − 1/2)²)/2 between walls on [0, 1], level 1, at rest until t = 1. Nothing
      must move; schemes that do not balance flux and slope make waves.

    In terms of the level, flux and slope balance in a lake at rest for any scheme that keeps constants and integrates
    the slope exactly (Liang & Marche, Adv. Water Resour. 32 (2009), eq. 4).
    **Exact:** Stoker's for the dam until a wave reaches an end, rest for the lake. **Random input:** the bottom, 0.05
    times a smooth Gaussian field. **Source:** Stoker, *Water Waves* (1957), §10.8; Bermúdez & Vázquez, Comput. Fluids
    23 (1994) for lakes at rest.
    """
    one_of(case, ("dam", "lake"), "shallow_water: the case is not known.")
    is_dam = case == "dam"
    x, t = coordinates("x t")
    eta, q = unknown("eta", x, t), unknown("q", x, t)
    g = parameter("g", default=1)
    left, right = parameter("level_left", default=1), parameter("level_right", default=sp.Rational(1, 4))
    bump = sp.S.Zero if is_dam else sp.exp(-50 * (x - sp.Rational(1, 2)) ** 2) / 2
    b = input_field("b", x, prior=GaussianField(RBF(0.2, 0.0025), "neumann", modes=16), default=bump)
    level = sp.Piecewise((left, x < 0), (right, True)) if is_dam else sp.S.One
    lower, default_stop = (-1, 0.5) if is_dam else (0, 1.0)
    return Problem(
        name="shallow_water",
        domain=Interval(x, lower, 1) * Time(t, 0, default_stop if stop is None else stop),
        equations=[
            sp.Eq(eta.diff(t) + div([q], x), 0),
            sp.Eq(q.diff(t) + div([q**2 / (eta - b) + g * (eta**2 - 2 * eta * b) / 2], x), -g * eta * b.diff(x)),
        ],
        conditions=[
            Initial(eta, level),
            Initial(q, 0),
            Neumann(eta, 0),
            Neumann(q, 0) if is_dam else Dirichlet(q, 0),
        ],
        exact={"eta": _dam(0), "q": _dam(1)} if is_dam else {"eta": sp.S.One, "q": sp.S.Zero},
        source="Stoker, Water Waves (1957), section 10.8; Bermudez & Vazquez, Comput. Fluids 23 (1994)",
    )


def _dam(channel: int) -> Any:
    def exact(*, x: ArrayLike, t: ArrayLike, g: float, level_left: float, level_right: float) -> np.ndarray:
        place, time = np.broadcast_arrays(np.asarray(x, float), np.asarray(t, float))
        s = np.where(time > 0, place / np.where(time > 0, time, 1.0), np.where(place < 0, -1e9, 1e9))
        depth, velocity = water(s, level_left, level_right, g)
        return (depth, depth * velocity)[channel]

    return exact
