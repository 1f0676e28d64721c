"""Modes of membranes: eigenvalues of the Laplacian on a plate and on a disk."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Disk, Rectangle
from ..equations import Dirichlet, Normalised, Problem, coordinates, eigenvalue, laplacian, parameter, unknown
from ..priors import Uniform


def plate_modes() -> Problem:
    r"""−tension Δu = E u on [0, 1] × [0, 2], u = 0 on the boundary, ∫u² = 1.

    E = tension π² (k² + l²/4), k, l = 1, 2, …; squares of the membrane's frequencies.

    **Random parameter:** tension (1 by default). **Source:** Courant & Hilbert, Methods of Mathematical Physics I, V.
    """
    x, y = coordinates("x y")
    return _modes("plate_modes", Rectangle((x, 0, 1), (y, 0, 2)), x, y)


def disk_modes() -> Problem:
    r"""−tension Δu = E u on the unit disk, u = 0 on the circle, ∫u² = 1.

    E = tension j², j the zeros of Bessel functions J₀, J₁ (twice), J₂ (twice), …: 5.783186, 14.681971 (twice),
    26.374616 (twice), 30.471262, …

    **Random parameter:** tension (1 by default). **Source:** Courant & Hilbert, Methods of Mathematical Physics I, V.
    """
    x, y = coordinates("x y")
    return _modes("disk_modes", Disk((x, y), (0, 0), 1), x, y)


def _modes(name: str, domain: Any, x: sp.Symbol, y: sp.Symbol) -> Problem:
    u, energy = unknown("u", x, y), eigenvalue("E")
    tension = parameter("tension", default=1, prior=Uniform(0.5, 2))
    return Problem(
        name=name,
        domain=domain,
        equations=[sp.Eq(-tension * laplacian(u), energy * u)],
        conditions=[Dirichlet(u, 0), Normalised(u)],
        source="Courant & Hilbert I, chapter V",
    )
