"""Euler's equations of gas dynamics."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ..domains import Interval, Time
from ..equations import Dirichlet, Initial, Neumann, Problem, coordinates, div, parameter, unknown
from ..priors import Uniform
from ._arguments import one_of
from ._riemann import gas


def euler(boundary: str = "outflow", stop: float = 0.2) -> Problem:
    r"""ρ_t + m_x = 0, m_t + (m²/ρ + p)_x = 0, E_t + ((E + p) m/ρ)_x = 0 on [0, 1], p = (γ − 1)(E − m²/2ρ).

    Sod's shock tube: gas at rest, (ρ, p) = (1, 1) left of x = 1/2 and (1/8, 1/10) right of it. A rarefaction runs to
    the left, a contact and a shock to the right; the shock reaches the end at t ≈ 0.285.

    **Conditions:** `boundary` "outflow" (zero gradients) or "walls" (m = 0, reflecting). **Exact:** the Riemann
    problem's, until a wave reaches an end. **Random input:** the four values of ρ and p. **Source:** Sod, J. Comput.
    Phys. 27 (1978); exact solution as in Toro, *Riemann Solvers and Numerical Methods*, 3rd ed., chapter 4.
    """
    one_of(boundary, ("outflow", "walls"), "euler: the boundary is not known.")
    x, t = coordinates("x t")
    rho, m, E = (unknown(name, x, t) for name in ("rho", "m", "E"))
    gamma = parameter("gamma", default=sp.Rational(7, 5))
    rho_left = parameter("rho_left", default=1, prior=Uniform(0.8, 1.2))
    rho_right = parameter("rho_right", default=sp.Rational(1, 8), prior=Uniform(0.1, 0.2))
    p_left = parameter("p_left", default=1, prior=Uniform(0.8, 1.2))
    p_right = parameter("p_right", default=sp.Rational(1, 10), prior=Uniform(0.08, 0.15))
    p = (gamma - 1) * (E - m**2 / (2 * rho))

    def jump(left: Any, right: Any) -> sp.Expr:
        return sp.Piecewise((left, x < sp.Rational(1, 2)), (right, True))

    wall = Neumann(m, 0) if boundary == "outflow" else Dirichlet(m, 0)
    return Problem(
        name="euler",
        domain=Interval(x, 0, 1) * Time(t, 0, stop),
        equations=[
            sp.Eq(rho.diff(t) + div([m], x), 0),
            sp.Eq(m.diff(t) + div([m**2 / rho + p], x), 0),
            sp.Eq(E.diff(t) + div([(E + p) * m / rho], x), 0),
        ],
        conditions=[
            Initial(rho, jump(rho_left, rho_right)),
            Initial(m, 0),
            Initial(E, jump(p_left, p_right) / (gamma - 1)),
            Neumann(rho, 0),
            wall,
            Neumann(E, 0),
        ],
        exact={name: _exact(k) for k, name in enumerate(("rho", "m", "E"))},
        source="Sod, J. Comput. Phys. 27 (1978); Toro, Riemann Solvers, 3rd ed., chapter 4",
    )


def _exact(channel: int) -> Any:
    def exact(
        *,
        x: ArrayLike,
        t: ArrayLike,
        gamma: float,
        rho_left: float,
        rho_right: float,
        p_left: float,
        p_right: float,
    ) -> np.ndarray:
        offset, time = np.broadcast_arrays(np.asarray(x, float) - 0.5, np.asarray(t, float))
        # At the start x/t is infinite, apart from the jump itself, which belongs to the right side.
        s = np.where(time > 0, offset / np.where(time > 0, time, 1.0), np.where(offset < 0, -1e9, 1e9))
        rho, v, p = gas(s, (rho_left, 0.0, p_left), (rho_right, 0.0, p_right), gamma)
        return (rho, rho * v, p / (gamma - 1) + rho * v**2 / 2)[channel]

    return exact
