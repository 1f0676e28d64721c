"""Steady incompressible flow: a cavity with a moving lid, and a channel with a step and obstacles."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Disk, Polygon, Rectangle
from ..equations import Dirichlet, Mean, Parameter, Problem, coordinates, parameter, unknown
from ..priors import Uniform
from ._arguments import one_of
from ._boxes import box


def lid_driven_cavity() -> Problem:
    r"""(w·∇)w + ∇p = ν Δw, ∇·w = 0 for w = (u, v) in the unit square; u = 4 lid x(1 − x) on top, w = 0 elsewhere.

    The mean of p is zero. With lid 1 and ν = 1/100 the Reynolds number is 100. At the upper corners p is infinite, like
    a logarithm, because the slope of the lid's speed jumps there.

    **Random parameter:** lid (1 by default); ν is a parameter too. **Source:** case 11 (NS 2d-C) of the PINNacle
    benchmark, Hao et al. (2023), with lid 4x(1 − x).
    """
    domain, (x, y) = box(2, 0, 1)
    nu, lid = parameter("nu", default=sp.Rational(1, 100)), parameter("lid", default=1, prior=Uniform(0.5, 4))
    (u, v, p), equations = _navier_stokes(x, y, nu)
    walls = ("x.min", "x.max", "y.min")
    return Problem(
        name="lid_driven_cavity",
        domain=domain,
        equations=equations,
        conditions=[
            Dirichlet(u, 4 * lid * x * (1 - x), on="y.max"),
            Dirichlet(u, 0, on=walls),
            Dirichlet(v, 0),
            Mean(p, 0),
        ],
        source="PINNacle, case 11 (NS 2d-C)",
    )


def obstacle_flow(obstacles: bool = True) -> Problem:
    r"""(w·∇)w + ∇p = ν Δw, ∇·w = 0 in a channel [0, 4] × [0, 2] behind a step [0, 2] × [1, 2], with four obstacles.

    u = 4 inflow y(1 − y), v = 0 on x = 0; p = 0, v = 0 on x = 4 (then u_x = 0 follows); w = 0 on all other walls.
    `obstacles=False` leaves the step alone.

    **Random parameter:** inflow (1 by default); ν (1/100) is a parameter too. **Source:** case 12 (NS 2d-CG) of the
    PINNacle benchmark, Hao et al. (2023), with the condition on v that its outflow lacks.
    """
    one_of(str(obstacles), ("True", "False"), "obstacle_flow: obstacles are there or not.")
    x, y = coordinates("x y")
    nu = parameter("nu", default=sp.Rational(1, 100))
    inflow = parameter("inflow", default=1, prior=Uniform(0.5, 1.5))
    (u, v, p), equations = _navier_stokes(x, y, nu)
    channel: Any = Polygon((x, y), [(0, 0), (4, 0), (4, 2), (2, 2), (2, 1), (0, 1)])
    if obstacles:
        for i, (centre, radius) in enumerate([((1, 0.5), 0.2), ((2, 0.5), 0.3), ((2.7, 1.6), 0.2)]):
            channel = channel - Disk((x, y), centre, radius, name=f"pillar{i + 1}")
        channel = channel - Rectangle((x, 2.8, 3.6), (y, 0.8, 1.1), name="block")
    edge = sp.Rational(1, 1000)
    entry, walls = (channel.boundary.where(where) for where in (x < edge, (x > edge) & (x < 4 - edge)))
    exit_ = channel.boundary.where(x > 4 - edge)
    return Problem(
        name="obstacle_flow",
        domain=channel,
        equations=equations,
        conditions=[
            Dirichlet(u, 4 * inflow * y * (1 - y), on=entry),
            Dirichlet(u, 0, on=walls),
            Dirichlet(v, 0),
            Dirichlet(p, 0, on=exit_),
        ],
        source="PINNacle, case 12 (NS 2d-CG)",
    )


def _navier_stokes(x: sp.Symbol, y: sp.Symbol, nu: Parameter) -> tuple[tuple[Any, Any, Any], list[sp.Eq]]:
    u, v, p = (unknown(name, x, y) for name in ("u", "v", "p"))

    def momentum(f: Any, c: sp.Symbol) -> sp.Eq:
        return sp.Eq(u * f.diff(x) + v * f.diff(y) + p.diff(c), nu * (f.diff(x, 2) + f.diff(y, 2)))

    return (u, v, p), [momentum(u, x), momentum(v, y), sp.Eq(u.diff(x) + v.diff(y), 0)]
