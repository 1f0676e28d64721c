"""Two-dimensional incompressible Navier–Stokes flow in vorticity–stream function form."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..equations import Initial, Mean, Problem, laplacian, parameter, unknown
from ..priors import AlphaTau, GaussianField
from ._boxes import unit_box

_SCALE = 7.0**1.5


def navier_stokes(viscosity: Any = 1e-3, forced: bool = True, stop: float = 10.0) -> Problem:
    r"""ω_t + u·∇ω = ν Δω + f on the periodic unit square, u = (ψ_y, −ψ_x), −Δψ = ω.

    f = 0.1 (sin 2π(x + y) + cos 2π(x + y)), or 0 with `forced=False`. The stream function ψ is a diagnostic: it has no
    time derivative and is solved for; its mean is fixed at 0. The mean of ω is conserved, and must be 0.

    **Exact:** for `forced=False`, which starts from the Taylor–Green vortex ω = sin 2πx sin 2πy: that vortex times
    e^{−8π²νt}. **Random input:** the initial vorticity, N(0, 7^{3/2}(−Δ + 49)^{−5/2}) on functions of zero mean.
    **Source:** Li et al., Fourier neural operator (2021), §5.3 (ν = 1e-3 … 1e-5); Taylor & Green (1937).
    """
    domain, (x, y), t = unit_box(2, periodic=True, stop=stop)
    omega, psi = unknown("omega", x, y, t), unknown("psi", x, y, t)
    nu = parameter("nu", default=viscosity)
    turns = 2 * sp.pi * (x + y)
    force = sp.Rational(1, 10) * (sp.sin(turns) + sp.cos(turns)) if forced else sp.S.Zero
    vortex = sp.sin(2 * sp.pi * x) * sp.sin(2 * sp.pi * y)
    start = vortex + sp.cos(2 * sp.pi * (x - 2 * y)) / 2 if forced else vortex
    decaying = vortex * sp.exp(-8 * sp.pi**2 * nu * t)
    advection = psi.diff(y) * omega.diff(x) - psi.diff(x) * omega.diff(y)
    return Problem(
        name="navier_stokes",
        domain=domain,
        equations=[
            sp.Eq(omega.diff(t) + advection, nu * laplacian(omega) + force),
            sp.Eq(-laplacian(psi), omega),
        ],
        conditions=[Initial(omega, start), Mean(psi, 0)],
        exact=None if forced else {"omega": decaying, "psi": decaying / (8 * sp.pi**2)},
        random_initial={"omega": GaussianField(AlphaTau(2.5, 7, _SCALE), "periodic", zero_mean=True)},
        source="Li et al., Fourier neural operator for parametric PDEs, ICLR 2021, section 5.3",
    )
