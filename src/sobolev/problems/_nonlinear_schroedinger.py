"""The nonlinear Schrödinger equation."""

from __future__ import annotations

import sympy as sp

from ..domains import Interval, Time
from ..equations import Initial, Problem, coordinates, unknown
from ..priors import RBF, GaussianField


def nonlinear_schroedinger(stop: float = 1.5) -> Problem:
    r"""i ψ_t + ½ ψ_xx + |ψ|² ψ = 0 on [−20, 20], periodic; ψ(x, 0) = 2 sech x.

    ψ is complex. The two solitons bound in this initial value beat: |ψ| returns after t = π/2, with a spike of height
    4 at t = π/4. Conserves ∫|ψ|² and the energy.

    **Exact:** ψ = 4 e^{it/2} (cosh 3x + 3 e^{4it} cosh x) / (cosh 4x + 4 cosh 2x + 3 cos 4t), periodic up to 1e-8.
    **Random input:** the initial value, a real Gaussian field of correlation length 2.
    **Source:** Satsuma & Yajima, Prog. Theor. Phys. Suppl. 55 (1974); Raissi et al., J. Comput. Phys. 378 (2019),
    on the shorter interval [−5, 5].
    """
    x, t = coordinates("x t")
    psi = unknown("psi", x, t, complex=True)
    exact = (
        4
        * sp.exp(sp.I * t / 2)
        * (sp.cosh(3 * x) + 3 * sp.exp(4 * sp.I * t) * sp.cosh(x))
        / (sp.cosh(4 * x) + 4 * sp.cosh(2 * x) + 3 * sp.cos(4 * t))
    )
    return Problem(
        name="nonlinear_schroedinger",
        domain=Interval(x, -20, 20, periodic=True) * Time(t, 0, stop),
        equations=[sp.Eq(sp.I * psi.diff(t) + psi.diff(x, 2) / 2 + sp.Abs(psi) ** 2 * psi, 0)],
        conditions=[Initial(psi, 2 / sp.cosh(x))],
        exact=exact,
        random_initial={"psi": GaussianField(RBF(2.0), "periodic")},
        source="Satsuma & Yajima (1974); Raissi et al., J. Comput. Phys. 378 (2019)",
    )
