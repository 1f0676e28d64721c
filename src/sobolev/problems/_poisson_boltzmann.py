"""The Poisson–Boltzmann equation around charged disks."""

from __future__ import annotations

import sympy as sp

from ..domains import Disk, Rectangle
from ..equations import Dirichlet, Problem, coordinates, laplacian, parameter, unknown
from ..priors import Uniform


def poisson_boltzmann() -> Problem:
    r"""−Δu + κ² sinh u = 0 on [−1, 1]² around two disks, u = zeta on the disks and 0 on the square.

    The potential of two charged cylinders in an electrolyte; it decays over the Debye length 1/κ, and faster near them
    where it is large.

    **Random parameter:** zeta (4 by default); κ (5) is a parameter too. **Source:** Debye & Hückel (1923), Gouy (1910),
    Chapman (1913).
    """
    x, y = coordinates("x y")
    u = unknown("u", x, y)
    kappa, zeta = parameter("kappa", default=5), parameter("zeta", default=4, prior=Uniform(1, 5))
    plate = Rectangle((x, -1, 1), (y, -1, 1))
    for name, centre in (("left", (-0.4, 0.1)), ("right", (0.4, -0.1))):
        plate = plate - Disk((x, y), centre, 0.2, name=name)
    return Problem(
        name="poisson_boltzmann",
        domain=plate,
        equations=[sp.Eq(-laplacian(u) + kappa**2 * sp.sinh(u), 0)],
        conditions=[
            Dirichlet(u, 0, on=("x.min", "x.max", "y.min", "y.max")),
            Dirichlet(u, zeta, on=("left", "right")),
        ],
        source="Gouy (1910), Chapman (1913)",
    )
