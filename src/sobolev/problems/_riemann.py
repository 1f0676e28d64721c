"""Exact Riemann problems: two constant states, let go. Solutions depend on x/t alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_STEPS = 200  # bisections: the bracket ends at two neighbouring numbers


def gas(
    s: np.ndarray, left: tuple[float, float, float], right: tuple[float, float, float], gamma: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Density, velocity, pressure at s = x/t of an ideal gas from states (ρ, v, p); no vacuum.

    Toro, *Riemann Solvers and Numerical Methods for Fluid Dynamics*, 3rd ed., §4.2–4.5: the pressure between the
    waves is the root of f_L(p) + f_R(p) + v_R − v_L, found by bisection.
    """

    def side(p: float, rho: float, p0: float) -> float:
        a = np.sqrt(gamma * p0 / rho)
        if p > p0:  # shock, eq. 4.6
            return (p - p0) * np.sqrt(2 / ((gamma + 1) * rho) / (p + (gamma - 1) / (gamma + 1) * p0))
        return 2 * a / (gamma - 1) * ((p / p0) ** ((gamma - 1) / (2 * gamma)) - 1)

    def total(p: float) -> float:
        return side(p, left[0], left[2]) + side(p, right[0], right[2]) + right[1] - left[1]

    p = _root(total, 1e-14, max(left[2], right[2]))
    v = (left[1] + right[1] + side(p, right[0], right[2]) - side(p, left[0], left[2])) / 2

    def branch(s: np.ndarray, state: tuple[float, float, float], v: float) -> tuple:
        """The states left of the contact, for the left state as seen from there."""
        rho, w, p0 = state
        a = np.sqrt(gamma * p0 / rho)
        if p > p0:
            share = (gamma - 1) / (gamma + 1)
            speed = w - a * np.sqrt((gamma + 1) / (2 * gamma) * p / p0 + (gamma - 1) / (2 * gamma))
            dense = rho * (p / p0 + share) / (share * p / p0 + 1)
            return tuple(np.where(s < speed, b, c) for b, c in zip(state, (dense, v, p), strict=True))
        dense = rho * (p / p0) ** (1 / gamma)
        slow = a * (p / p0) ** ((gamma - 1) / (2 * gamma))
        fan = np.maximum(2 / (gamma + 1) * (a + (gamma - 1) / 2 * (w - s)), 1e-300) / a
        inside = (rho * fan ** (2 / (gamma - 1)), 2 / (gamma + 1) * (a + (gamma - 1) / 2 * w + s), None)
        inside = (*inside[:2], p0 * fan ** (2 * gamma / (gamma - 1)))
        found = (np.where(s < v - slow, b, c) for b, c in zip(inside, (dense, v, p), strict=True))
        return tuple(np.where(s < w - a, b, c) for b, c in zip(state, found, strict=True))

    near = branch(s, left, v)
    far = branch(-s, (right[0], -right[1], right[2]), -v)
    far = (far[0], -far[1], far[2])
    density, velocity, pressure = (np.where(s < v, b, c) for b, c in zip(near, far, strict=True))
    return density, velocity, pressure


def water(s: np.ndarray, left: float, right: float, g: float) -> tuple[np.ndarray, np.ndarray]:
    """Depth and velocity at s = x/t of water at rest with depths left > right > 0: a dam break.

    Stoker, *Water Waves* (1957), §10.8: a rarefaction runs to the left, a bore to the right, and the depth h between
    them is where their velocities 2(√(g h_L) − √(g h)) and (h − h_R) √(g (1/h + 1/h_R)/2) agree.
    """

    def total(h: float) -> float:
        return (h - right) * np.sqrt(g / 2 * (1 / h + 1 / right)) - 2 * (np.sqrt(g * left) - np.sqrt(g * h))

    h = _root(total, right, left)
    v, c = 2 * (np.sqrt(g * left) - np.sqrt(g * h)), np.sqrt(g * left)
    bore = h * v / (h - right)
    fan = (2 * c - s) / 3
    rows = [s < -c, s < v - np.sqrt(g * h), s < bore]
    depth = np.select(rows, [left + 0 * s, fan**2 / g, h + 0 * s], right)
    velocity = np.select(rows, [0 * s, 2 / 3 * (s + c), v + 0 * s], 0.0)
    return depth, velocity


def _root(increasing: Callable[[float], float], lower: float, upper: float) -> float:
    while increasing(upper) < 0:
        upper *= 2
    for _ in range(_STEPS):
        middle = (lower + upper) / 2
        lower, upper = (lower, middle) if increasing(middle) > 0 else (middle, upper)
    return (lower + upper) / 2
