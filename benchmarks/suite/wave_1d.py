"""14, Wave 1d-C: two standing waves. The statement is right."""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, unknown
from sobolev.methods import Chebyshev, FiniteDifference

from ._case import Answer, Case, Contender, Exact, Places, Published
from ._places import in_box

x, t = coordinates("x t")
u = unknown("u", x, t)
TIMES = np.linspace(0.05, 1, 20)


def statement() -> Problem:
    start = sp.sin(sp.pi * x) + sp.sin(4 * sp.pi * x) / 2
    return Problem(
        Interval(x, 0, 1) * Time(t, 0, 1),
        sp.Eq(u.diff(t, 2), 4 * u.diff(x, 2)),
        [Initial(u, start), Initial(u.diff(t), 0), Dirichlet(u, 0)],
        name="wave_1d",
    )


def exact(places: Places) -> Answer:
    x, t = places["x"], places["t"]
    slow = np.sin(np.pi * x) * np.cos(2 * np.pi * t)
    return {"u": slow + np.sin(4 * np.pi * x) * np.cos(8 * np.pi * t) / 2}


CASE = Case(
    number=14,
    name="Wave 1d-C",
    statement=statement,
    contenders=(
        Contender("Chebyshev", Chebyshev(), (25, 33)),
        Contender("finite differences, order 2", FiniteDifference(), (129, 513)),
        Contender("finite differences, order 6", FiniteDifference(order=6), (65, 129)),
    ),
    truth=Exact(exact),
    places=lambda: in_box({"x": (0, 1)}, 200, TIMES),
    trivial=1.0,
    published=Published(0.588, 9.79e-2, "sound"),
    times=(0.0, *TIMES),
)
