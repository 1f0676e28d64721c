"""7, Heat 2d-VC: u_t = ∇·(a∇u) + f with a ∈ {1, 2} by the sign of a random field.

Repair: the divergence form, with continuous u and a ∂u/∂n across the interfaces; a by the audit's seeded field. The
published residual is u_t − aΔu, which is no statement where a jumps; solved accurately it is 0.21 from the reference.

Interfaces are staircases of single nodes of the field, so that 256² is the coarsest grid that holds the statement; 86²
takes every third node, and the error bar that it gives is wide. In time everything is smooth: with ten saved times,
steps to 1e-2 are already within 2e-6 of those to 1e-5 (on 52²).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, div, grad, input_field, unknown
from sobolev.methods import FiniteDifference

from ._case import Case, Check, Contender, Published, Refined
from ._random_field import at_nodes, by_sign

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
a = input_field("a", x, y)
TIMES = np.linspace(0.5, 5, 10)


def diffusivity(x: Any, y: Any) -> Any:
    return by_sign(1.0, 2.0, x, y)


def statement() -> Problem:
    source = 200 * sp.sin(sp.pi * x) * sp.sin(5 * sp.pi * y) * sp.sin(sp.pi * t)
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 5),
        sp.Eq(u.diff(t), div(a * grad(u)) + source),
        [Initial(u, 0), Dirichlet(u, 0)],
        values={"a": diffusivity},
        name="heat_2d_random",
    )


VOLUMES = Contender("finite volumes (harmonic means)", FiniteDifference(), (86, 256), 1e-2)
CASE = Case(
    number=7,
    name="Heat 2d-VC",
    statement=statement,
    contenders=(VOLUMES,),
    truth=Refined(Contender(VOLUMES.name, FiniteDifference(), (86, 256), 1e-3)),
    places=lambda: at_nodes(0, 1, 5, TIMES),
    trivial=1.00,
    published=Published(1.01, 0.212, "void", 8e-3),
    checks=tuple(
        Check({"x": p, "y": q, "t": s}, "u", value, 5e-3)
        for s in (0.5, 4.5)
        for p, q, value in ((0.5, 0.5, 0.7407), (0.25, 0.1, 0.250), (0.7, 0.9, 0.500))
    ),
    times=(0.0, *TIMES),
)
