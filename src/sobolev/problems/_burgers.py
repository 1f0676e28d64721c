"""Viscous Burgers' equation."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from .._core import ArgumentError
from ..domains import Interval, Time
from ..equations import Dirichlet, Initial, Problem, coordinates, parameter, unknown
from ..priors import AlphaTau, GaussianField

_BLOCK = 4096  # points evaluated at once by the exact solution


def burgers(
    viscosity: Any = 0.01 / sp.pi,
    periodic: bool = False,
    interval: tuple[float, float] = (-1.0, 1.0),
    stop: float = 1.0,
) -> Problem:
    r"""u_t + u u_x = ν u_xx on [−1, 1] × [0, 1], u(x, 0) = −sin πx.

    A wave steepens towards x = 0 at t ≈ 1/π into a layer of width O(ν), then decays. Below ν ≈ 1e-3 a solver needs
    at least 4/ν points in the layer. On another `interval` the initial value is the same sine, one period long.

    **Conditions:** u = 0 at both ends, or periodic. **Exact:** Cole–Hopf (`problem.exact_solution`).
    **Random input:** the initial value, with `burgers(...).random()`: N(0, 625(−Δ + 25)⁻²) on functions of zero mean
    (all odd ones with u = 0 at the ends). The set-up of Li et al. is `burgers(0.1, periodic=True, interval=(0, 1))`.
    **Source:** Basdevant et al., Comput. Fluids 14 (1986); the learning set-up of Li et al. (2021), §5.1.
    """
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    nu = parameter("nu", default=viscosity)
    if not isinstance(interval, list | tuple) or len(interval) != 2:
        raise ArgumentError("burgers: the interval has no two ends.", given=repr(interval), expected="(lower, upper)")
    space = Interval(x, *interval, periodic=periodic)
    middle, length = sp.nsimplify((space.lower + space.upper) / 2), sp.nsimplify(space.length)
    prior = GaussianField(AlphaTau(2, 5, 625), "periodic" if periodic else "dirichlet", zero_mean=periodic)

    def exact(*, x: ArrayLike, t: ArrayLike, nu: float) -> np.ndarray:
        return cole_hopf(x, t, nu, middle=float(middle), length=float(length))

    return Problem(
        name="burgers",
        domain=space * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2))],
        conditions=[Initial(u, -sp.sin(2 * sp.pi * (x - middle) / length)), *([] if periodic else [Dirichlet(u, 0)])],
        exact=exact,
        random_initial={"u": prior},
        source="Basdevant et al., Computers & Fluids 14 (1986); Li et al., ICLR 2021, section 5.1",
    )


def cole_hopf(x: ArrayLike, t: ArrayLike, nu: float, *, middle: float = 0.0, length: float = 2.0) -> np.ndarray:
    r"""Exact solution from u₀ = −sin(k (x − middle)), k = 2π/length.

    With u = −2ν φ_x/φ and φ_t = ν φ_xx, the solution is the average of u₀(x − √(4νt) z) with the positive weights
    exp(−z² − κ cos k(x − √(4νt) z)), κ = 1/(2kν). The trapezoidal rule in z converges faster than any power, and a
    ratio of positive sums loses no digits: absolute error about 1e-14 for ν ≥ 1e-4.
    """
    shape = np.broadcast_shapes(np.shape(x), np.shape(t))
    points, times = (np.broadcast_to(np.asarray(a, float), shape).ravel() for a in (x, t))
    k = 2 * np.pi / length
    kappa = 1 / (2 * k * nu)
    # exp(−z² ± κ) falls below 1e-17 of the largest weight beyond `reach`; the exponent's curvature sets the step.
    reach = np.sqrt(2 * kappa + 40)
    step = 0.25 / np.sqrt(1 + k * np.max(times, initial=0.0))
    z = step * np.arange(-np.ceil(reach / step), np.ceil(reach / step) + 1)
    result = np.empty(points.shape)
    for begin in range(0, len(points), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        phase = k * (points[part, None] - middle - np.sqrt(4 * nu * times[part, None]) * z)
        exponent = -(z**2) - kappa * np.cos(phase)
        weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        result[part] = -(weights * np.sin(phase)).sum(axis=1) / weights.sum(axis=1)
    return result.reshape(shape)
