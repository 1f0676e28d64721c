"""17, Chaotic GS: Gray–Scott to T = 200.

Repair: periodic in both directions. No boundary condition had been given; u − 1 and v stay below 4e-7 at the boundary,
so that it does not matter. The joint score hides v, of which the constant (1, 0) misses all: scored per unknown.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Initial, Interval, Problem, Time, coordinates, laplacian, unknown
from sobolev.methods import SpectralETD
from sobolev.solvers import FixedStep

from ._case import Case, Check, Contender, Published, Refined
from ._places import in_box

x, y, t = coordinates("x y t")
u, v = unknown("u", x, y, t), unknown("v", x, y, t)
TIMES = np.linspace(20, 200, 10)
RECIPE = SpectralETD(step=FixedStep(1 / 2))  # no rate of the reactions is above one
# Products of degree three take a grid of 512² for 256² modes; where the spectrum decays, aliases are as small as what
# is cut off, at a quarter of the time.
QUICK = SpectralETD(step=FixedStep(1 / 2), dealias="none")


def statement() -> Problem:
    b, d = sp.Rational(4, 100), sp.Rational(1, 10)
    left = sp.exp(-80 * ((x + 0.05) ** 2 + (y + 0.02) ** 2))
    right = sp.exp(-80 * ((x - 0.05) ** 2 + (y - 0.02) ** 2))
    return Problem(
        Interval(x, -1, 1, periodic=True) * Interval(y, -1, 1, periodic=True) * Time(t, 0, 200),
        [
            sp.Eq(u.diff(t), 1e-5 * laplacian(u) + b * (1 - u) - u * v**2),
            sp.Eq(v.diff(t), 5e-6 * laplacian(v) - d * v + u * v**2),
        ],
        [Initial(u, 1 - left), Initial(v, right)],
        name="gray_scott_suite",
    )


CASE = Case(
    number=17,
    name="Chaotic GS",
    statement=statement,
    contenders=(Contender("exponential Fourier, aliased", QUICK, (128, 192, 256)),),
    truth=Refined(Contender("exponential Fourier", RECIPE, (256, 320))),
    places=lambda: in_box({"x": (-0.4, 0.4), "y": (-0.4, 0.4)}, 50, TIMES),
    trivial=0.095,
    published=Published(0.319, 7.99e-2, "sound"),
    checks=(  # the audit's largest v on 256² nodes, where it is found
        Check({"x": -0.078125, "y": 0.09375, "t": 100.0}, "v", 0.3846, 5e-4),
        Check({"x": -0.0703125, "y": 0.0625, "t": 200.0}, "v", 0.4358, 5e-4),
    ),
    times=(0.0, *TIMES),
)
