"""Particles in wells: eigenproblems of Schrödinger's equation, in units where ħ = m = 1."""

from __future__ import annotations

import sympy as sp

from ..domains import Interval
from ..equations import Dirichlet, Normalised, Problem, coordinates, eigenvalue, laplacian, parameter, unknown
from ..priors import Uniform
from ._boxes import box


def infinite_well(ndim: int = 1) -> Problem:
    r"""−Δu/(2 mass) = E u on [−1, 1]ⁿ, u = 0 on the boundary, ∫u² = 1.

    E = π² Σ kᵢ² / (8 mass), kᵢ = 1, 2, …, for every n.

    **Random parameter:** mass (1 by default). **Source:** the textbook particle in a box.
    """
    domain, axes = box(ndim, -1, 1)
    u, energy = unknown("u", *axes), eigenvalue("E")
    mass = parameter("mass", default=1, prior=Uniform(0.5, 2))
    return Problem(
        name="infinite_well",
        domain=domain,
        equations=[sp.Eq(-laplacian(u, *axes) / (2 * mass), energy * u)],
        conditions=[Dirichlet(u, 0), Normalised(u)],
        source="Particle in a box",
    )


def finite_well() -> Problem:
    r"""−u″/2 + V u = E u with V = −depth for |x| < 1 and 0 elsewhere; u = 0 at x = ±4, ∫u² = 1.

    Energies below zero solve k tan k = κ coth 3κ (even) or −k cot k = κ coth 3κ (odd), k² = 2(E + depth), κ² = −2E.

    **Random parameter:** depth (10 by default). **Source:** the textbook finite square well, between distant walls.
    """
    x = coordinates("x")
    depth = parameter("depth", default=10, prior=Uniform(5, 20))
    return _between(x, "finite_well", sp.Piecewise((-depth, sp.Abs(x) < 1), (0, True)), 4, "Finite square well")


def double_well() -> Problem:
    r"""−u″/2 + V u = E u with V = height for |x| < 1/5 and 0 elsewhere; u = 0 at x = ±1, ∫u² = 1.

    A barrier between two wells: states come in pairs, even and odd, whose energies approach as it rises.

    **Random parameter:** height (20 by default). **Source:** the textbook tunnel splitting.
    """
    x = coordinates("x")
    height = parameter("height", default=20, prior=Uniform(10, 200))
    barrier = (x > -sp.Rational(1, 5)) & (x < sp.Rational(1, 5))
    return _between(x, "double_well", sp.Piecewise((height, barrier), (0, True)), 1, "Tunnel splitting")


def _between(x: sp.Symbol, name: str, potential: sp.Expr, half: int, source: str) -> Problem:
    u, energy = unknown("u", x), eigenvalue("E")
    return Problem(
        name=name,
        domain=Interval(x, -half, half),
        equations=[sp.Eq(-u.diff(x, 2) / 2 + potential * u, energy * u)],
        conditions=[Dirichlet(u, 0), Normalised(u)],
        source=source,
    )
