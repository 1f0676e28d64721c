"""The heat equation."""

from __future__ import annotations

from typing import Any, Literal

import sympy as sp

from ..equations import Dirichlet, Initial, Neumann, Problem, laplacian, parameter, unknown
from ..priors import RBF, GaussianField
from ._arguments import one_of
from ._boxes import unit_box


def heat(
    ndim: int = 1,
    diffusivity: Any = 0.4,
    boundary: Literal["dirichlet", "neumann", "periodic"] = "dirichlet",
    stop: float = 1.0,
) -> Problem:
    r"""u_t = κ Δu on the unit box, t ∈ [0, stop].

    Everything decays; the mode of wave number k with rate κ k². Starts from Π sin πxᵢ (Dirichlet), Π cos πxᵢ (Neumann)
    or Π sin 2πxᵢ (periodic), each a single eigenfunction.

    **Exact:** that eigenfunction times e^{−κλt}. **Random input:** the initial value, with `heat(...).random()`: a
    Gaussian field of correlation length 0.2 with the same boundary behaviour.
    **Source:** separation of variables (Fourier, 1822); κ = 0.4 in one dimension is DeepXDE's heat example.
    """
    eigenfunctions = {"dirichlet": sp.sin, "neumann": sp.cos, "periodic": sp.sin}
    one_of(boundary, tuple(eigenfunctions), "heat does not know this boundary.")
    domain, axes, t = unit_box(ndim, periodic=boundary == "periodic", stop=stop)
    wave = sp.pi * (2 if boundary == "periodic" else 1)
    u = unknown("u", *axes, t)
    kappa = parameter("kappa", default=diffusivity)
    start = sp.Mul(*(eigenfunctions[boundary](wave * c) for c in axes))
    conditions = {"dirichlet": [Dirichlet(u, 0)], "neumann": [Neumann(u, 0)], "periodic": []}[boundary]
    return Problem(
        name="heat",
        domain=domain,
        equations=[sp.Eq(u.diff(t), kappa * laplacian(u, *axes))],
        conditions=[Initial(u, start), *conditions],
        exact=start * sp.exp(-kappa * ndim * wave**2 * t),
        random_initial={"u": GaussianField(RBF(0.2), boundary, modes=32)},
        source="Separation of variables; DeepXDE heat example for kappa = 0.4 in one dimension",
    )
