"""1, Burgers 1d-C: a layer of width ν steepens at x = 0.

Repair: scored against Cole–Hopf. The published reference is 1.33e-2 from it, which is what all good methods scored.
"""

from __future__ import annotations

import numpy as np

from sobolev.methods import Chebyshev, FiniteDifference
from sobolev.problems import burgers
from sobolev.problems._burgers import cole_hopf

from ._case import Answer, Case, Contender, Exact, Places, Published
from ._places import in_box

TIMES = np.linspace(0.1, 1, 10)


def exact(places: Places) -> Answer:
    return {"u": cole_hopf(**places, nu=0.01 / np.pi)}


CASE = Case(
    number=1,
    name="Burgers 1d-C",
    statement=burgers,
    contenders=(
        Contender("Chebyshev", Chebyshev(), (129, 193, 257), 1e-5),
        Contender("finite differences, order 2", FiniteDifference(), (513, 1025, 2049), 1e-5),
        Contender("finite differences, order 4", FiniteDifference(order=4), (513, 1025), 1e-5),
        Contender("finite differences, order 6", FiniteDifference(order=6), (513, 1025), 1e-5),
    ),
    truth=Exact(exact),
    places=lambda: in_box({"x": (-1, 1)}, 500, TIMES),
    trivial=1.0,
    published=Published(1.45e-2, 1.43e-2, "floor", 1.33e-2),
    times=(0.0, *TIMES),
)
