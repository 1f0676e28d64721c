"""18, Chaotic KS: u_t + α u u_x + β u_xx + γ u_xxxx = 0 on a ring.

Repair: periodic in x. Only the initial value had been imposed, so every published row solved something else.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Initial, Interval, Problem, Time, coordinates, unknown
from sobolev.methods import FiniteDifference, SpectralETD

from ._case import Case, Contender, Published, Refined
from ._places import in_box

x, t = coordinates("x t")
u = unknown("u", x, t)
TIMES = np.linspace(0.05, 1, 20)


def statement() -> Problem:
    a, b, c = sp.Rational(100, 16), sp.Rational(100, 16**2), sp.Rational(100, 16**4)
    return Problem(
        Interval(x, 0, 2 * sp.pi, periodic=True) * Time(t, 0, 1),
        sp.Eq(u.diff(t) + a * u * u.diff(x) + b * u.diff(x, 2) + c * u.diff(x, 4), 0),
        [Initial(u, sp.cos(x) * (1 + sp.sin(x)))],
        name="kuramoto_sivashinsky_suite",
    )


CASE = Case(
    number=18,
    name="Chaotic KS",
    statement=statement,
    contenders=(
        Contender("exponential Fourier", SpectralETD(), (128, 256), 1e-4),
        Contender("finite differences, order 6", FiniteDifference(order=6), (512, 1024), 1e-4),
    ),
    truth=Refined(Contender("exponential Fourier", SpectralETD(), (256, 512), 1e-5)),
    places=lambda: in_box({"x": (0, 2 * np.pi)}, 256, TIMES),
    trivial=1.0,
    published=Published(1.01, 0.957, "void"),
    times=(0.0, *TIMES),
)
