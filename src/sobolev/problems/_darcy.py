"""Darcy flow through a random medium of two phases."""

from __future__ import annotations

import sympy as sp

from ..equations import Dirichlet, Problem, div, grad, input_field, unknown
from ..priors import AlphaTau, GaussianField, TwoPhase
from ._boxes import box


def darcy(low: float = 3.0, high: float = 12.0, alpha: float = 2.0, tau: float = 3.0) -> Problem:
    r"""−∇·(a ∇u) = 1 on (0, 1)², u = 0 on the boundary.

    The permeability a is `high` where a Gaussian field N(0, (−Δ + τ²)^(−α)) with Neumann conditions is positive, and
    `low` elsewhere; u and the flux a ∂u/∂n are continuous across interfaces, the gradient is not: keep the divergence
    form. As in the published data the field has zero mean in every sample. Without a draw, a is `high` in a disc.

    **Random input:** a. **Source:** Li et al., Fourier neural operator (2021), §5.2 and A.3.2.
    """
    domain, (x, y) = box(2, 0, 1)
    prior = TwoPhase(GaussianField(AlphaTau(alpha, tau), "neumann", zero_mean=True), low, high)
    disc = sp.Piecewise((high, (x - sp.Rational(1, 2)) ** 2 + (y - sp.Rational(1, 2)) ** 2 < 0.09), (low, True))
    u = unknown("u", x, y)
    a = input_field("a", x, y, prior=prior, default=disc)
    return Problem(
        name="darcy",
        domain=domain,
        equations=[sp.Eq(-div(a * grad(u)), 1)],
        conditions=[Dirichlet(u, 0)],
        source="Li et al., Fourier neural operator for parametric PDEs, ICLR 2021, section 5.2",
    )
