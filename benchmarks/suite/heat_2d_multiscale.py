"""8, Heat 2d-MS: two very different rates of diffusion. The statement is right; scored against the formula."""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, unknown
from sobolev.methods import Chebyshev, FiniteDifference

from ._case import Answer, Case, Contender, Exact, Places, Published
from ._places import in_box

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
TIMES = np.linspace(0.5, 5, 10)


def statement() -> Problem:
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 5),
        sp.Eq(u.diff(t), u.diff(x, 2) / (500 * sp.pi) ** 2 + u.diff(y, 2) / sp.pi**2),
        [Initial(u, sp.sin(20 * sp.pi * x) * sp.sin(sp.pi * y)), Dirichlet(u, 0)],
        name="heat_2d_multiscale",
    )


def exact(places: Places) -> Answer:
    x, y, t = places["x"], places["y"], places["t"]
    return {"u": np.sin(20 * np.pi * x) * np.sin(np.pi * y) * np.exp(-626 / 625 * t)}


CASE = Case(
    number=8,
    name="Heat 2d-MS",
    statement=statement,
    contenders=(
        Contender("Chebyshev", Chebyshev(), ((49, 17), (65, 17))),
        Contender("finite differences, order 2", FiniteDifference(), ((129, 33), (257, 33))),
        Contender("finite differences, order 6", FiniteDifference(order=6), ((129, 17), (257, 33))),
    ),
    truth=Exact(exact),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 50, TIMES),
    trivial=1.0,
    published=Published(6.21e-2, 1.73e-2, "sound", 1.28e-2),
    times=(0.0, *TIMES),
)
