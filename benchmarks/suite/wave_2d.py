"""16 again, as the wave equation it was meant to be: u_tt = u_xx + 2 u_yy, two standing waves, T = 100."""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, unknown
from sobolev.methods import Chebyshev, FiniteDifference

from ._case import Answer, Case, Contender, Exact, Places, Published
from ._places import in_box

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
TIMES = np.linspace(2, 100, 50)


def statement() -> Problem:
    start = sp.sin(sp.pi * x) * sp.sin(sp.pi * y) + sp.sin(3 * sp.pi * x) * sp.sin(2 * sp.pi * y)
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 100),
        sp.Eq(u.diff(t, 2), u.diff(x, 2) + 2 * u.diff(y, 2)),
        [Initial(u, start), Initial(u.diff(t), 0), Dirichlet(u, 0)],
        name="wave_2d",
    )


def exact(places: Places) -> Answer:
    x, y, t = (np.pi * places[name] for name in "xyt")
    first = np.sin(x) * np.sin(y) * np.cos(np.sqrt(3) * t)
    return {"u": first + np.sin(3 * x) * np.sin(2 * y) * np.cos(np.sqrt(17) * t)}


CASE = Case(
    number=16,
    name="Wave 2d-MS, true wave",
    statement=statement,
    contenders=(
        Contender("Chebyshev", Chebyshev(), (17, 21), 1e-4),
        Contender("finite differences, order 6", FiniteDifference(order=6), (41,), 1e-4),
    ),
    truth=Exact(exact),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 30, TIMES),
    trivial=1.0,
    published=Published(1.34, 0.982, "void"),
    seconds=60.0,
    times=(0.0, *TIMES),
)
