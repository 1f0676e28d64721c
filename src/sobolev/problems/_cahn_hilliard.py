"""The Cahn–Hilliard equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..equations import Initial, Problem, div, grad, laplacian, parameter, unknown
from ..priors import RBF, GaussianField
from ._boxes import unit_box


def cahn_hilliard(ndim: int = 2, interface: Any = 4e-4, stop: float = 0.05) -> Problem:
    r"""c_t = ∇·(3c² ∇c) − Δc − γ Δ²c (that is, Δ(c³ − c − γΔc)) on the periodic unit box.

    A mixture separates into phases c ≈ ±1 with layers of width √(2γ), first quickly (at rate up to 1/4γ), then by slow
    coarsening. Conserves ∫c; descends the energy ∫ ¼(c² − 1)² + ½γ|∇c|².

    **Random input:** the initial value, a Gaussian field of correlation length 0.1, standard deviation 0.1 and mean 0.
    **Source:** Cahn & Hilliard, J. Chem. Phys. 28 (1958).
    """
    domain, axes, t = unit_box(ndim, periodic=True, stop=stop)
    c = unknown("c", *axes, t)
    gamma = parameter("gamma", default=interface)
    twice = laplacian(laplacian(c, *axes), *axes)
    cross = sp.Mul(*(sp.cos(4 * sp.pi * axis) for axis in axes[1:]))
    start = (sp.cos(2 * sp.pi * axes[0]) * cross + sp.sin(4 * sp.pi * axes[0])) / 20
    return Problem(
        name="cahn_hilliard",
        domain=domain,
        equations=[sp.Eq(c.diff(t), div(3 * c**2 * grad(c, *axes), *axes) - laplacian(c, *axes) - gamma * twice)],
        conditions=[Initial(c, start)],
        random_initial={"c": GaussianField(RBF(0.1, variance=0.01), "periodic", modes=32, zero_mean=True)},
        source="Cahn & Hilliard, J. Chem. Phys. 28 (1958)",
    )
