"""The Lorenz system, an ordinary differential equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Time
from ..equations import Initial, Problem, coordinates, parameter, unknown
from ..priors import Uniform


def lorenz(rho: Any = 28.0, stop: float = 3.0) -> Problem:
    r"""x′ = σ(y − x), y′ = x(ρ − z) − y, z′ = xy − βz from (−8, 7, 27), with σ = 10 and β = 8/3.

    Chaotic at ρ = 28: neighbours separate like e^{0.9t}. For 1 < ρ < 24.7 two fixed points
    (±√(β(ρ − 1)), the same, ρ − 1) attract.

    **Random input:** ρ, uniform on [10, 30]. **Source:** Lorenz, J. Atmos. Sci. 20 (1963); with ρ = 15 DeepXDE's
    example.
    """
    t = coordinates("t")
    x, y, z = (unknown(name, t) for name in "xyz")
    sigma, beta = parameter("sigma", default=10), parameter("beta", default=sp.Rational(8, 3))
    r = parameter("rho", default=rho, prior=Uniform(10, 30))
    return Problem(
        name="lorenz",
        domain=Time(t, 0, stop),
        equations=[
            sp.Eq(x.diff(t), sigma * (y - x)),
            sp.Eq(y.diff(t), x * (r - z) - y),
            sp.Eq(z.diff(t), x * y - beta * z),
        ],
        conditions=[Initial(x, -8), Initial(y, 7), Initial(z, 27)],
        source="Lorenz, J. Atmos. Sci. 20 (1963)",
    )
