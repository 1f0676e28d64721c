"""Linear advection."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..equations import Initial, Problem, parameter, unknown
from ..priors import RandomFourierSeries
from ._boxes import unit_box


def advection(ndim: int = 1, speed: Any = 1.0, stop: float = 1.0) -> Problem:
    r"""u_t + c Σ ∂u/∂xᵢ = 0 on the periodic unit box, u(x, 0) = sin 2πΣxᵢ.

    Everything moves along the diagonal at speed c per axis and keeps its shape; at c t = 1 it is back. What a method
    changes is its own doing: damping shows its dissipation, a lag its dispersion.

    **Exact:** sin 2π(Σxᵢ − ndim·c t). **Random input:** the initial value, two sines of wave numbers up to 8.
    **Source:** PDEBench (Takamoto et al., 2022), §D.1.
    """
    domain, axes, t = unit_box(ndim, periodic=True, stop=stop)
    u = unknown("u", *axes, t)
    c = parameter("c", default=speed)
    return Problem(
        name="advection",
        domain=domain,
        equations=[sp.Eq(u.diff(t) + c * sp.Add(*(u.diff(axis) for axis in axes)), 0)],
        conditions=[Initial(u, sp.sin(2 * sp.pi * sp.Add(*axes)))],
        exact=sp.sin(2 * sp.pi * (sp.Add(*axes) - ndim * c * t)),
        random_initial={"u": RandomFourierSeries(modes=8, terms=2)},
        source="Takamoto et al., PDEBench, NeurIPS 2022",
    )
