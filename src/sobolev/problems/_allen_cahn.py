"""The Allen–Cahn equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Interval, Time
from ..equations import Dirichlet, Initial, Problem, coordinates, parameter, unknown
from ..priors import RBF, GaussianField


def allen_cahn(diffusivity: Any = 1e-3, rate: Any = 5.0, periodic: bool = False, stop: float = 1.0) -> Problem:
    r"""u_t = D u_xx + r (u − u³) on [−1, 1], u(x, 0) = x² cos πx, u = −1 at both ends (or periodic).

    Values run to ±1 within t ≈ 1/r; layers of width √(D/r) between the phases then move exponentially slowly.
    The periodic initial value has a kink at ±1, which is gone at once.

    **Random input:** the initial value, a Gaussian field of correlation length 0.3 (−1 at the ends).
    **Source:** Allen & Cahn, Acta Metall. 27 (1979); DeepXDE's example (D = 1e-3, Dirichlet); the usual
    physics-informed benchmark is `allen_cahn(1e-4, periodic=True)`.
    """
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    d, r = parameter("D", default=diffusivity), parameter("r", default=rate)
    prior = GaussianField(RBF(0.3), "periodic") if periodic else GaussianField(RBF(0.3), "dirichlet", mean=-1)
    return Problem(
        name="allen_cahn",
        domain=Interval(x, -1, 1, periodic=periodic) * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t), d * u.diff(x, 2) + r * (u - u**3))],
        conditions=[Initial(u, x**2 * sp.cos(sp.pi * x)), *([] if periodic else [Dirichlet(u, -1)])],
        random_initial={"u": prior},
        source="Allen & Cahn, Acta Metallurgica 27 (1979); DeepXDE Allen-Cahn example",
    )
