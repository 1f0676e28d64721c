"""20, HNd: the heat equation in the unit ball of R⁵. The statement is right.

Data and solution depend on |x| and t only, so that it is stated for u(r, t): Δu = u_rr + 4 u_r/r. The published vanilla
score is worse than the mean and was not reproducible: a rerun of the same code gave 5.4e-3.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Initial, Interval, Neumann, Problem, Time, coordinates, unknown
from sobolev.methods import Chebyshev, FiniteDifference

from ._case import Answer, Case, Contender, Exact, Places, Published

r, t = coordinates("r t")
u = unknown("u", r, t)
D = 5
TIMES = np.linspace(0.1, 1, 10)


def statement() -> Problem:
    growth = sp.exp(r**2 / 2 + t)
    return Problem(
        Interval(r, 0, 1) * Time(t, 0, 1),
        sp.Eq(u.diff(t), (u.diff(r, 2) + (D - 1) * u.diff(r) / r) / D - r**2 / D * growth),
        [
            Initial(u, sp.exp(r**2 / 2)),
            Neumann(u, 0, on="r.min"),
            Neumann(u, sp.exp(sp.Rational(1, 2) + t), on="r.max"),
        ],
        name="heat_5d_ball",
    )


def exact(places: Places) -> Answer:
    return {"u": np.exp(places["r"] ** 2 / 2 + places["t"])}


def places() -> Places:
    """As uniform points of the ball are spread in r: with density 5 r⁴."""
    radius = ((np.arange(200) + 0.5) / 200) ** (1 / D)
    return {"r": radius[None, :], "t": TIMES[:, None]}


CASE = Case(
    number=20,
    name="HNd, d = 5",
    statement=statement,
    contenders=(
        Contender("radial symmetry, Chebyshev", Chebyshev(), (9, 13, 17), 1e-8),
        Contender("radial symmetry, finite differences, order 2", FiniteDifference(), (33, 129), 1e-6),
    ),
    truth=Exact(exact),
    places=places,
    trivial=0.291,
    published=Published(0.361, 1.19e-4, "sound"),
    times=(0.0, *TIMES),
)
