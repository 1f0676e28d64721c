"""Burgers' equation without viscosity."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ..domains import Interval, Time
from ..equations import Initial, Problem, coordinates, div, parameter, unknown
from ..priors import RandomFourierSeries


def inviscid_burgers(mean: Any = 0.5, amplitude: Any = 1.0, stop: float = 0.5) -> Problem:
    r"""u_t + (u²/2)_x = 0 on the periodic unit interval, u(x, 0) = c + a sin 2πx, a > 0.

    Smooth until t = 1/(2πa); then a shock at x = 1/2 + c t (modulo 1), which moves with the mean of the values on its
    two sides (Rankine–Hugoniot), here c by symmetry, and decays like 1/t.

    **Exact:** by characteristics, on both sides of the shock. **Random input:** the initial value, two sines of wave
    numbers up to 8. **Source:** LeVeque, *Finite Volume Methods for Hyperbolic Problems* (2002), chapter 11.
    """
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    c, a = parameter("c", default=mean), parameter("a", default=amplitude)
    return Problem(
        name="inviscid_burgers",
        domain=Interval(x, 0, 1, periodic=True) * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t) + div([u**2 / 2], x), 0)],
        conditions=[Initial(u, c + a * sp.sin(2 * sp.pi * x))],
        exact=characteristics,
        random_initial={"u": RandomFourierSeries(modes=8, terms=2)},
        source="LeVeque, Finite Volume Methods for Hyperbolic Problems (2002), chapter 11",
    )


def characteristics(*, x: ArrayLike, t: ArrayLike, c: float, a: float) -> np.ndarray:
    """c + a sin 2πξ where x − ct = ξ + a t sin 2πξ; in the moving frame odd about 1/2, where the shock stands.

    On [0, 1/2] the entropy solution comes from the branch of ξ that starts at 0 and rises until ∂x/∂ξ = 0: bisection.
    """
    place, time = np.broadcast_arrays(np.asarray(x, float), np.asarray(t, float))
    y = np.mod(place - c * time, 1.0)
    mirrored = y > 0.5
    near = np.where(mirrored, 1 - y, y)
    steep = 2 * np.pi * a * time
    top = np.where(steep > 1, np.arccos(-1 / np.maximum(steep, 1.0)) / (2 * np.pi), 0.5)
    low, high = np.zeros_like(near), top
    for _ in range(60):
        middle = (low + high) / 2
        above = middle + a * time * np.sin(2 * np.pi * middle) > near
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    value = a * np.sin(np.pi * (low + high))
    return c + np.where(mirrored, -value, value)
