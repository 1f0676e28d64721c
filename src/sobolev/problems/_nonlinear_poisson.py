"""A nonlinear steady problem."""

from __future__ import annotations

import sympy as sp

from ..equations import Dirichlet, Problem, input_field, laplacian, unknown
from ..priors import RBF, GaussianField
from ._boxes import box


def nonlinear_poisson(ndim: int = 2) -> Problem:
    r"""−Δu + u³ = f on the unit box, u = 0 on the boundary.

    The nonlinearity is monotone: one solution for every f, and Newton's method finds it.

    **Exact:** Π sin πxᵢ for the default f. **Random input:** f, a Gaussian field of correlation length 0.2 and
    standard deviation 30.
    **Source:** the model semilinear problem of the finite-element literature; manufactured solution.
    """
    domain, axes = box(ndim, 0, 1)
    exact = sp.Mul(*(sp.sin(sp.pi * axis) for axis in axes))
    u = unknown("u", *axes)
    prior = GaussianField(RBF(0.2, variance=900), "neumann", modes=32)
    f = input_field("f", *axes, prior=prior, default=ndim * sp.pi**2 * exact + exact**3)
    return Problem(
        name="nonlinear_poisson",
        domain=domain,
        equations=[sp.Eq(-laplacian(u, *axes) + u**3, f)],
        conditions=[Dirichlet(u, 0)],
        exact=exact,
        source="Model semilinear elliptic problem, manufactured solution",
    )
