"""Poisson's equation where boxes do not reach: a corner that points inwards, and holes."""

from __future__ import annotations

import sympy as sp

from ..domains import Disk, Polygon, Rectangle
from ..equations import Dirichlet, Problem, coordinates, input_field, laplacian, parameter, unknown
from ..priors import RBF, GaussianField, Uniform


def poisson_l_shape() -> Problem:
    r"""−Δu = f on (−1, 1)² without its lower right quarter, u = 0 on the boundary.

    At the corner that points inwards the gradient grows like r^{−1/3}, for any smooth f with f ≠ 0 near it: uniform
    meshes lose their order there, adapted ones keep it.

    **Random input:** f (1 by default), a Gaussian field of correlation length 0.5. **Source:** the model problem of
    adaptive finite elements, e.g. Dörfler, SIAM J. Numer. Anal. 33 (1996).
    """
    x, y = coordinates("x y")
    u = unknown("u", x, y)
    f = input_field("f", x, y, prior=GaussianField(RBF(0.5), "neumann", modes=16), default=1)
    return Problem(
        name="poisson_l_shape",
        domain=Polygon((x, y), [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)]),
        equations=[sp.Eq(-laplacian(u), f)],
        conditions=[Dirichlet(u, 0)],
        source="Dörfler (1996); the L-shape of adaptive finite elements",
    )


def poisson_holes() -> Problem:
    r"""Δu = 0 on (−½, ½)² without four disks of radius 0.1 around (±0.3, ±0.3); u = 1 on the square, u = level on them.

    **Random parameter:** level (0 by default), between 0 and 1; u depends on it affinely. **Source:** case 3 (Poisson
    2d-C) of the PINNacle benchmark, Hao et al. (2023).
    """
    x, y = coordinates("x y")
    u = unknown("u", x, y)
    level = parameter("level", default=0, prior=Uniform(0, 1))
    plate = Rectangle((x, -0.5, 0.5), (y, -0.5, 0.5))
    for i, centre in enumerate([(0.3, 0.3), (-0.3, 0.3), (0.3, -0.3), (-0.3, -0.3)]):
        plate = plate - Disk((x, y), centre, 0.1, name=f"hole{i + 1}")
    sides = ("x.min", "x.max", "y.min", "y.max")
    return Problem(
        name="poisson_holes",
        domain=plate,
        equations=[sp.Eq(laplacian(u), 0)],
        conditions=[
            Dirichlet(u, 1, on=sides),
            Dirichlet(u, level, on=tuple(part for part in plate.parts if part not in sides)),
        ],
        source="PINNacle, case 3 (Poisson 2d-C)",
    )
