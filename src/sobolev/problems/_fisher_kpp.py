"""The Fisher–KPP equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Interval, Time
from ..equations import Dirichlet, Initial, Problem, coordinates, parameter, unknown
from ..priors import Uniform


def fisher_kpp(diffusivity: Any = 1.0, growth: Any = 1.0, stop: float = 4.0) -> Problem:
    r"""u_t = D u_xx + r u (1 − u) on [−15, 15]: a front from 1 to 0 that travels to the right.

    u = 0 is unstable: whatever leaks ahead of the front grows like e^{rt}.

    **Exact:** u = (1 + e^ξ)⁻², ξ = √(r/6D) x − 5rt/6, of speed 5√(rD/6); the boundary values are taken from it.
    **Random input:** the growth rate r, uniform on [0.5, 2].
    **Source:** Fisher (1937); Ablowitz & Zeppetella, Bull. Math. Biol. 41 (1979).
    """
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    d, r = parameter("D", default=diffusivity), parameter("r", default=growth, prior=Uniform(0.5, 2))
    exact = (1 + sp.exp(sp.sqrt(r / (6 * d)) * x - sp.Rational(5, 6) * r * t)) ** -2
    return Problem(
        name="fisher_kpp",
        domain=Interval(x, -15, 15) * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t), d * u.diff(x, 2) + r * u * (1 - u))],
        conditions=[
            Initial(u, exact.subs(t, 0)),
            Dirichlet(u, exact.subs(x, -15), on="x.min"),
            Dirichlet(u, exact.subs(x, 15), on="x.max"),
        ],
        exact=exact,
        source="Ablowitz & Zeppetella, Bull. Math. Biol. 41 (1979)",
    )
