"""16, Wave 2d-MS: u_tt = u_xx + 2 u_yy − 2π² u to T = 100, with the published solution and data.

Repair: the published "solution" u* = (sin πx sinh πy + sinh 3πx sin 2πy) cos πt leaves −2π² u* in the published wave
equation (a slip of sign), and no initial velocity was given. With the term −2π² u and u_t = 0 at the start, solution
and data are right. Its first term holds 1e-5 of the energy; `wave_2d.py` is the true wave of the same intent.
"""

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
    shape = sp.sin(sp.pi * x) * sp.sinh(sp.pi * y) + sp.sinh(3 * sp.pi * x) * sp.sin(2 * sp.pi * y)
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 100),
        sp.Eq(u.diff(t, 2), u.diff(x, 2) + 2 * u.diff(y, 2) - 2 * sp.pi**2 * u),
        [Initial(u, shape), Initial(u.diff(t), 0), Dirichlet(u, shape * sp.cos(sp.pi * t))],
        name="wave_2d_klein_gordon",
    )


def exact(places: Places) -> Answer:
    x, y, t = places["x"], places["y"], places["t"]
    shape = np.sin(np.pi * x) * np.sinh(np.pi * y) + np.sinh(3 * np.pi * x) * np.sin(2 * np.pi * y)
    return {"u": shape * np.cos(np.pi * t)}


CASE = Case(
    number=16,
    name="Wave 2d-MS, Klein–Gordon",
    statement=statement,
    contenders=(
        Contender("Chebyshev", Chebyshev(), (15, 19), 1e-4),
        Contender("finite differences, order 6", FiniteDifference(order=6), (41,), 1e-4),
    ),
    truth=Exact(exact),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 30, TIMES),
    trivial=1.0,
    published=Published(1.34, 0.982, "void"),
    seconds=60.0,
    times=(0.0, *TIMES),
)
