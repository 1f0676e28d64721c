"""The wave equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..equations import Dirichlet, Initial, Problem, laplacian, parameter, unknown
from ..priors import RBF, GaussianField
from ._boxes import unit_box


def wave(ndim: int = 1, speed: Any = 2.0, periodic: bool = False, stop: float = 1.0) -> Problem:
    r"""u_tt = c² Δu on the unit box, at rest at the start, u = 0 on the boundary (or periodic).

    Two standing waves, Π sin πxᵢ and ½ sin 4πx₁ Π_{i>1} sin πxᵢ (twice these wave numbers when periodic), each
    oscillating at its own frequency. Conserves the energy ∫ ½u_t² + ½c²|∇u|².

    **Exact:** both modes times cos ωt. **Random input:** the initial displacement, a Gaussian field of correlation
    length 0.2. **Source:** d'Alembert; in one dimension PINNacle's case 14 (c = 2).
    """
    domain, axes, t = unit_box(ndim, periodic=periodic, stop=stop)
    u = unknown("u", *axes, t)
    c = parameter("c", default=speed)
    unit = (2 if periodic else 1) * sp.pi
    low = sp.Mul(*(sp.sin(unit * axis) for axis in axes))
    high = sp.sin(4 * unit * axes[0]) * sp.Mul(*(sp.sin(unit * axis) for axis in axes[1:])) / 2
    exact = low * sp.cos(c * unit * sp.sqrt(ndim) * t) + high * sp.cos(c * unit * sp.sqrt(ndim + 15) * t)
    return Problem(
        name="wave",
        domain=domain,
        equations=[sp.Eq(u.diff(t, 2), c**2 * laplacian(u, *axes))],
        conditions=[Initial(u, low + high), Initial(u.diff(t), 0), *([] if periodic else [Dirichlet(u, 0)])],
        exact=exact,
        random_initial={"u": GaussianField(RBF(0.2), "periodic" if periodic else "dirichlet", modes=32)},
        source="d'Alembert (1747); PINNacle case Wave 1d-C",
    )
