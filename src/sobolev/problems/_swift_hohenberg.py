"""The Swift–Hohenberg equation."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Time
from ..equations import Initial, Problem, coordinates, laplacian, parameter, unknown
from ..priors import RBF, GaussianField
from ._boxes import box


def swift_hohenberg(ndim: int = 2, drive: Any = 0.3, quadratic: Any = 0.0, stop: float = 20.0) -> Problem:
    r"""u_t = r u − (1 + Δ)² u + g u² − u³ on [0, 16π]^ndim, periodic.

    For r > 0 waves of length 2π grow at rate r and saturate: rolls for g = 0, hexagons for larger g. Descends the
    energy ∫ ½((1 + Δ)u)² − ½ru² − ⅓gu³ + ¼u⁴.

    **Random input:** the initial value, a Gaussian field of correlation length 2 and standard deviation 0.1.
    **Source:** Swift & Hohenberg, Phys. Rev. A 15 (1977).
    """
    space, axes = box(ndim, 0, 16 * sp.pi, periodic=True)
    t = coordinates("t")
    u = unknown("u", *axes, t)
    r, g = parameter("r", default=drive), parameter("g", default=quadratic)
    twice = laplacian(laplacian(u, *axes), *axes)
    cross = sp.Mul(*(sp.cos(sp.Rational(3, 4) * axis) for axis in axes[1:]))
    return Problem(
        name="swift_hohenberg",
        domain=space * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t), r * u - u - 2 * laplacian(u, *axes) - twice + g * u**2 - u**3)],
        conditions=[Initial(u, (sp.cos(axes[0]) + sp.sin(sp.Rational(5, 8) * axes[0]) * cross) / 10)],
        random_initial={"u": GaussianField(RBF(2.0, variance=0.01), "periodic", modes=32)},
        source="Swift & Hohenberg, Phys. Rev. A 15 (1977)",
    )
