"""The Gray–Scott reaction–diffusion system."""

from __future__ import annotations

from typing import Any

import sympy as sp

from ..domains import Time
from ..equations import Initial, Problem, coordinates, laplacian, parameter, unknown
from ..priors import RBF, Exponential, GaussianField
from ._boxes import box

_SHIFTS = (sp.Rational(1, 20), sp.Rational(1, 50), sp.S.Zero)


def gray_scott(ndim: int = 2, feed: Any = 0.04, removal: Any = 0.1, stop: float = 200.0) -> Problem:
    r"""u_t = 10⁻⁵ Δu + b (1 − u) − u v², v_t = 5·10⁻⁶ Δv − d v + u v² on [−1, 1]^ndim, periodic.

    Spots of v feed on u, split and spread; (u, v) = (1, 0) is stable against small perturbations, so that a flat guess
    scores well on u: look at v. `removal` is d (feed plus kill rate).

    **Random input:** the initial v, a log-normal field of correlation length 0.1 and median e⁻³.
    **Source:** Pearson, Science 261 (1993); PINNacle's case 17, whose missing boundary condition is periodic here.
    """
    space, axes = box(ndim, -1, 1, periodic=True)
    t = coordinates("t")
    u, v = unknown("u", *axes, t), unknown("v", *axes, t)
    b, d = parameter("b", default=feed), parameter("d", default=removal)
    near, far = (
        sp.exp(-80 * sp.Add(*((axis + sign * shift) ** 2 for axis, shift in zip(axes, _SHIFTS, strict=False))))
        for sign in (1, -1)
    )
    reaction = u * v**2
    return Problem(
        name="gray_scott",
        domain=space * Time(t, 0, stop),
        equations=[
            sp.Eq(u.diff(t), sp.Rational(1, 100_000) * laplacian(u, *axes) + b * (1 - u) - reaction),
            sp.Eq(v.diff(t), sp.Rational(1, 200_000) * laplacian(v, *axes) - d * v + reaction),
        ],
        conditions=[Initial(u, 1 - near), Initial(v, far)],
        random_initial={"v": Exponential(GaussianField(RBF(0.1), "periodic", mean=-3))},
        source="Pearson, Science 261 (1993); PINNacle case Chaotic GS",
    )
