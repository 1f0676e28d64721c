"""7, Heat 2d-VC: u_t = ∇·(a∇u) + f with a ∈ {1, 2} by the sign of a random field.

Repair: the divergence form, with continuous u and a ∂u/∂n across the interfaces; a by the audit's seeded field. The
published residual is u_t − aΔu, which is no statement where a jumps; solved accurately it is 0.21 from the reference.

Interfaces are staircases of single nodes of the field, so that 256² is the coarsest grid that holds the statement; 86²
takes every third node, and 766² and 1276² divide each cell into 3² and 5², interfaces still on faces. In time all is
smooth: with ten saved times, steps to 1e-2 are already within 2e-6 of those to 1e-5 (on 52²).

The source is Im e^{iπt} S(x, y), and what the start adds has decayed below 1e-6 at the first time measured (all rates
are above 2π²). So u = Im e^{iπt} w with (iπ + A) w = S, A = −∇·(a∇): w = Σ (−iπ)ᵏ A^{−k−1} S, a few steady problems,
whose terms fall by π/2π² each. This has no error in time, and affords grids that steps do not: the reference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

import sobolev as sv
from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, div, grad, input_field, unknown
from sobolev.fields import GridField
from sobolev.methods import FiniteDifference

from ._case import Answer, Attempt, Case, Check, Contender, Places, Published, Refined
from ._random_field import at_nodes, by_sign

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
a = input_field("a", x, y)
w, s = unknown("w", x, y), input_field("s", x, y)
SHAPE = 200 * sp.sin(sp.pi * x) * sp.sin(5 * sp.pi * y)
TIMES = np.linspace(0.5, 5, 10)
TERMS = 7  # (π/2π²)⁷ < 3e-6


def diffusivity(x: Any, y: Any) -> Any:
    return by_sign(1.0, 2.0, x, y)


def statement() -> Problem:
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 5),
        sp.Eq(u.diff(t), div(a * grad(u)) + SHAPE * sp.sin(sp.pi * t)),
        [Initial(u, 0), Dirichlet(u, 0)],
        values={"a": diffusivity},
        name="heat_2d_random",
    )


def harmonic(case: Case, points: int) -> Attempt:
    """u = Im e^{iπt} w, by `TERMS` steady problems on a grid of finite volumes."""
    steady = Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1),
        sp.Eq(-div(a * grad(w)), s),
        Dirichlet(w, 0),
        values={"a": diffusivity, "s": sp.lambdify((x, y), SHAPE, "jax")},
        name="heat_2d_random_steady",
    )
    terms, seconds, compiling = [], 0.0, 0.0
    for _ in range(TERMS):
        found = sv.solve(steady, FiniteDifference(), resolution=points, tolerance=1e-5, quiet=True)
        terms.append(found["w"])
        seconds += found.statistics.run_seconds
        compiling += found.statistics.compile_seconds
        steady = steady.replace(s=GridField(found.coefficients, found.space.grid, "s"))

    def evaluate(places: Places) -> Answer:
        phase = np.exp(1j * np.pi * places["t"])
        values = (np.asarray(term(x=places["x"], y=places["y"])) for term in terms)
        return {"u": (phase * sum((-1j * np.pi) ** k * v for k, v in enumerate(values))).imag}

    return Attempt(evaluate, seconds, compiling, str(points))


VOLUMES = Contender("finite volumes (harmonic means)", FiniteDifference(), (86, 256), 1e-2)
CASE = Case(
    number=7,
    name="Heat 2d-VC",
    statement=statement,
    contenders=(VOLUMES, Contender("finite volumes, harmonic in time", harmonic, (256, 766))),
    truth=Refined(Contender("finite volumes, harmonic in time", harmonic, (766, 1276))),
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
