"""4, Poisson 2d-CG: −Δu + 64u = f between a square at 0.2 and four discs at 1. Nothing to repair."""

from __future__ import annotations

import sympy as sp

from sobolev import Dirichlet, Disk, Problem, Rectangle, coordinates, laplacian, unknown
from sobolev.methods import FiniteElement

from ._case import Case, Contender, Published, Refined
from ._places import in_shape

x, y = coordinates("x y")
u = unknown("u", x, y)
DISCS = ((0.5, 0.5, 0.2), (0.4, -0.4, 0.4), (-0.2, -0.7, 0.1), (-0.6, 0.5, 0.3))


def region():
    square = Rectangle((x, -1, 1), (y, -1, 1))
    for i, (a, b, radius) in enumerate(DISCS):
        square = square - Disk((x, y), (a, b), radius, name=f"disc{i}")
    return square


def statement() -> Problem:
    f = 10 * (17 + x**2 + y**2) * sp.sin(sp.pi * x) * sp.sin(4 * sp.pi * y)
    return Problem(
        region(),
        sp.Eq(-laplacian(u) + 64 * u, f),
        [Dirichlet(u, sp.Rational(1, 5), on="rectangle"), Dirichlet(u, 1, on=tuple(f"disc{i}" for i in range(4)))],
        name="poisson_2d_helmholtz",
    )


CASE = Case(
    number=4,
    name="Poisson 2d-CG",
    statement=statement,
    contenders=(
        Contender("finite elements, P1", FiniteElement(degree=1), (64, 128)),
        Contender("finite elements, P2", FiniteElement(degree=2), (32, 48, 64)),
    ),
    truth=Refined(Contender("finite elements, P2", FiniteElement(degree=2), (96, 128))),
    places=lambda: in_shape(region(), ("x", "y")),
    trivial=0.762,
    published=Published(0.636, 1.43e-2, "sound", 5.8e-4),
)
