"""Poisson's equation with a constant or variable coefficient."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..equations import Dirichlet, Problem, div, grad, input_field, laplacian, unknown
from ..equations._symbols import expression
from ..priors import RBF, GaussianField
from ._boxes import box


def poisson(ndim: int = 2, coefficient: Any = 1) -> Problem:
    r"""−∇·(a ∇u) = f on the unit box, u = 0 on its boundary.

    `coefficient` is a positive SymPy expression of x, y, z (smooth, for the exact solution to be of use); with 1 the
    equation is −Δu = f. The source f is an input whose default makes u = Π sin πxᵢ exact.

    **Random input:** f, a Gaussian field of correlation length 0.2. **Source:** the model elliptic problem; with
    a = 1 all its errors are known in closed form.
    """
    domain, axes = box(ndim, 0, 1)
    a = expression(coefficient, "The coefficient of poisson")
    exact = sp.Mul(*(sp.sin(sp.pi * c) for c in axes))
    source = sp.expand(-sp.Add(*(sp.diff(a * sp.diff(exact, c), c) for c in axes)))
    u = unknown("u", *axes)
    f = input_field("f", *axes, prior=GaussianField(RBF(0.2), "neumann", modes=32), default=source)
    left = -laplacian(u, *axes) if a == 1 else -div(a * grad(u, *axes), *axes)
    return Problem(
        name="poisson",
        domain=domain,
        equations=[sp.Eq(left, f)],
        conditions=[Dirichlet(u, 0)],
        exact=exact,
        source="Model elliptic problem, manufactured solution",
    )
