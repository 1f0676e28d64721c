"""3, Poisson 2d-C: harmonic between a square at 1 and four discs at 0. Nothing to repair."""

from __future__ import annotations

from sobolev import Dirichlet, Disk, Problem, Rectangle, coordinates, laplacian, unknown
from sobolev.methods import FiniteElement

from ._case import Case, Contender, Published, Refined
from ._places import in_shape

x, y = coordinates("x y")
u = unknown("u", x, y)


def region():
    square = Rectangle((x, -0.5, 0.5), (y, -0.5, 0.5))
    for i, (a, b) in enumerate(((-0.3, -0.3), (-0.3, 0.3), (0.3, -0.3), (0.3, 0.3))):
        square = square - Disk((x, y), (a, b), 0.1, name=f"disc{i}")
    return square


def statement() -> Problem:
    discs = tuple(f"disc{i}" for i in range(4))
    return Problem(
        region(),
        laplacian(u),
        [Dirichlet(u, 1, on="rectangle"), Dirichlet(u, 0, on=discs)],
        name="poisson_2d_discs",
    )


CASE = Case(
    number=3,
    name="Poisson 2d-C",
    statement=statement,
    contenders=(
        Contender("finite elements, P1", FiniteElement(degree=1), (32, 64, 128)),
        Contender("finite elements, P2", FiniteElement(degree=2), (24, 32, 48)),
    ),
    truth=Refined(Contender("finite elements, P2", FiniteElement(degree=2), (64, 96))),
    places=lambda: in_shape(region(), ("x", "y")),
    trivial=0.597,
    published=Published(0.694, 1.23e-2, "sound", 8.5e-4),
    bar=1e-3,
    seconds=0.5,
)
