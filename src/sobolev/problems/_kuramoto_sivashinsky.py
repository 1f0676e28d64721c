"""The Kuramoto–Sivashinsky equation."""

from __future__ import annotations

import sympy as sp

from ..domains import Interval, Time
from ..equations import Initial, Problem, coordinates, unknown
from ..priors import RandomFourierSeries
from ._arguments import whole


def kuramoto_sivashinsky(periods: int = 16, stop: float = 100.0) -> Problem:
    r"""u_t + u u_x + u_xx + u_xxxx = 0 on [0, 2π·periods], periodic; u(x, 0) = cos(x/periods)(1 + sin(x/periods)).

    Long waves grow, short ones are damped, and u u_x passes energy between them: spatio-temporal chaos. Two solutions
    a distance ε apart separate like ε e^{0.09 t}, so that pointwise comparison makes sense up to t ≈ 100 only.
    Conserves the mean.

    **Random input:** the initial value, three sines of wave numbers up to `periods`/2.
    **Source:** Kassam & Trefethen, SIAM J. Sci. Comput. 26 (2005), §5; PINNacle's case 18 is this one, rescaled.
    """
    whole(periods, "kuramoto_sivashinsky: the number of periods is no whole number.")
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    return Problem(
        name="kuramoto_sivashinsky",
        domain=Interval(x, 0, 2 * sp.pi * periods, periodic=True) * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t) + u * u.diff(x) + u.diff(x, 2) + u.diff(x, 4), 0)],
        conditions=[Initial(u, sp.cos(x / periods) * (1 + sp.sin(x / periods)))],
        random_initial={"u": RandomFourierSeries(modes=max(periods // 2, 1), terms=3)},
        source="Kassam & Trefethen, SIAM J. Sci. Comput. 26 (2005)",
    )
