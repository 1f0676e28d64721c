"""9, Heat 2d-CG: a plate with 17 holes that heat it, exchanging heat with all its edges. Nothing to repair.

The published reference imposes the same Robin conditions, n pointing out of the plate. Data jump at the holes at t = 0:
the scheme in time must be L-stable.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Disk, Initial, Problem, Rectangle, Robin, Time, coordinates, laplacian, unknown
from sobolev.methods import FiniteElement

from ._case import Case, Check, Contender, Published, Refined
from ._places import in_shape

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
TIMES = np.linspace(0.3, 3, 10)
LARGE = (
    *((a, b) for a in (-4, 4) for b in (-9, -3, 3, 9)),
    *((0, b) for b in (-6, 0, 6)),
)
SMALL = tuple((a, b) for a in (-3.2, 3.2) for b in (-6, 0, 6))


def region():
    plate = Rectangle((x, -8, 8), (y, -12, 12))
    for i, centre in enumerate(LARGE):
        plate = plate - Disk((x, y), centre, 1, name=f"large{i}")
    for i, centre in enumerate(SMALL):
        plate = plate - Disk((x, y), centre, 0.4, name=f"small{i}")
    return plate


def statement() -> Problem:
    return Problem(
        region() * Time(t, 0, 3),
        sp.Eq(u.diff(t), laplacian(u)),
        [
            Initial(u, 0),
            Robin(u, 1, 1, 5, on=tuple(f"large{i}" for i in range(len(LARGE)))),
            Robin(u, 1, 1, 1, on=tuple(f"small{i}" for i in range(len(SMALL)))),
            Robin(u, 1, 1, sp.Rational(1, 10), on="rectangle"),
        ],
        name="heat_2d_holes",
    )


CASE = Case(
    number=9,
    name="Heat 2d-CG",
    statement=statement,
    contenders=(
        Contender("finite elements, P1", FiniteElement(degree=1), (32, 64), 1e-3),
        Contender("finite elements, P2", FiniteElement(degree=2), (24, 32), 1e-3),
    ),
    # Steps to 1e-2 are accurate to 1e-9 already: the initial layer and the saved times decide their lengths.
    truth=Refined(Contender("finite elements, P2", FiniteElement(degree=2), (48, 64), 1e-3)),
    places=lambda: in_shape(region(), ("x", "y"), 4096, TIMES),
    trivial=0.657,
    published=Published(3.64e-2, 2.39e-2, "sound"),
    checks=(
        Check({"x": 0.0, "y": 1.5, "t": 3.0}, "u", 2.540, 2e-3),
        Check({"x": 2.0, "y": 0.0, "t": 3.0}, "u", 2.146, 2e-3),
        Check({"x": -6.0, "y": -6.0, "t": 3.0}, "u", 0.849, 2e-3),
        Check({"x": 7.9, "y": 11.9, "t": 3.0}, "u", 0.190, 2e-3),
    ),
    times=(0.0, *TIMES),
)
