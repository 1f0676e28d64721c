"""19, PNd: Poisson's equation in [0, 1]⁵. The statement is right.

Solved as it stands, on a product of Chebyshev points: the matrix is a Kronecker sum, inverted by the eigenvectors of
its five factors. A quadratic fit in each variable to 100 values already scores 6e-3.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Interval, Problem, coordinates, laplacian, unknown
from sobolev.methods import Chebyshev

from ._case import Answer, Case, Contender, Exact, Places, Published

NAMES = "abcde"
axes = coordinates(" ".join(NAMES))
u = unknown("u", *axes)


def statement() -> Problem:
    box, *others = (Interval(x, 0, 1) for x in axes)
    for other in others:
        box = box * other
    exact = sum(sp.sin(sp.pi * x / 2) for x in axes)
    return Problem(box, sp.Eq(laplacian(u), -(sp.pi**2) / 4 * exact), Dirichlet(u, exact), name="poisson_5d")


def exact(places: Places) -> Answer:
    return {"u": sum(np.sin(np.pi * places[name] / 2) for name in NAMES)}


def places() -> Places:
    return dict(zip(NAMES, np.random.default_rng(0).random((5, 20_000)), strict=True))


CASE = Case(
    number=19,
    name="PNd, d = 5",
    statement=statement,
    contenders=(Contender("Kronecker sum, Chebyshev", Chebyshev(), (4, 5, 7, 9)),),
    truth=Exact(exact),
    places=places,
    trivial=0.211,
    published=Published(3.04e-3, 4.67e-4, "sound"),
)
