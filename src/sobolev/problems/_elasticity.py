"""Elastic bodies: a plate with a hole that is pulled, and a block stretched to a large strain."""

from __future__ import annotations

import sympy as sp

from ..domains import Disk, Rectangle
from ..equations import Dirichlet, Flux, Problem, coordinates, div, grad, inner, parameter, unknown, variation
from ..priors import Uniform


def elasticity() -> Problem:
    r"""∇·σ = 0, σ = λ tr ε 1 + 2μ ε, on a quarter of a plate with a hole: [0, 4]² without the unit disk, plane strain.

    Symmetry on x = 0 and y = 0, a traction of `pull` on x = 4, nothing on y = 4 and on the hole. In an infinite plate
    the stress at (0, 1) would be three times the pull (Kirsch); here the plate's width makes it larger.

    **Random parameter:** pull (1 by default); λ and μ are parameters too. **Source:** Kirsch (1898), the benchmark of
    finite elements in elasticity.
    """
    x, y = coordinates("x y")
    u, v = unknown("u", x, y), unknown("v", x, y)
    lame, mu = parameter("lame", default=1), parameter("mu", default=1)
    pull = parameter("pull", default=1, prior=Uniform(0.5, 2))
    trace, shear = lame * (u.diff(x) + v.diff(y)), mu * (u.diff(y) + v.diff(x))
    plate = Rectangle((x, 0, 4), (y, 0, 4)) - Disk((x, y), (0, 0), 1, name="hole")
    return Problem(
        name="elasticity",
        domain=plate,
        equations=[
            sp.Eq(div([trace + 2 * mu * u.diff(x), shear], x, y), 0),
            sp.Eq(div([shear, trace + 2 * mu * v.diff(y)], x, y), 0),
        ],
        conditions=[
            Dirichlet(u, 0, on="x.min"),
            Flux(v, 0, on="x.min"),
            Flux(u, 0, on="y.min"),
            Dirichlet(v, 0, on="y.min"),
            Flux(u, pull, on="x.max"),
            Flux(v, 0, on="x.max"),
            Flux(u, 0, on=("y.max", "hole")),
            Flux(v, 0, on=("y.max", "hole")),
        ],
        source="Kirsch (1898)",
    )


def hyperelastic_stretch() -> Problem:
    r"""A block [0, 2] × [0, 1] of compressible neo-Hookean material, clamped at both ends, one of which is pulled away.

    ∫ P : ∇δ dx = 0 with P = μ (F − F⁻ᵀ) + λ ln J F⁻ᵀ, F = 1 + ∇(u, v), J = det F, in plane strain: the gradient of the
    energy μ/2 (tr FᵀF − 2 − 2 ln J) + λ/2 (ln J)². At x = 2 the displacement is (stretch, 0).

    **Random parameter:** stretch (1 by default, 50 %); λ and μ are parameters too. **Source:** Bonet & Wood, Nonlinear
    Continuum Mechanics for Finite Element Analysis, section 6.4.
    """
    x, y = coordinates("x y")
    u, v = unknown("u", x, y), unknown("v", x, y)
    stretch = parameter("stretch", default=1, prior=Uniform(0.2, 1))
    return Problem(
        name="hyperelastic_stretch",
        domain=Rectangle((x, 0, 2), (y, 0, 1)),
        weak=neo_hookean(u, v, x, y),
        conditions=[
            Dirichlet(u, 0, on="x.min"),
            Dirichlet(v, 0, on="x.min"),
            Dirichlet(u, stretch, on="x.max"),
            Dirichlet(v, 0, on="x.max"),
            Flux(u, 0, on=("y.min", "y.max")),
            Flux(v, 0, on=("y.min", "y.max")),
        ],
        source="Bonet & Wood, section 6.4",
    )


def neo_hookean(u: sp.Expr, v: sp.Expr, x: sp.Symbol, y: sp.Symbol) -> sp.Expr:
    """P : ∇(δu, δv) with parameters `lame` (1) and `mu` (1)."""
    lame, mu = parameter("lame", default=1), parameter("mu", default=1)
    a, b, c, d = 1 + u.diff(x), u.diff(y), v.diff(x), 1 + v.diff(y)
    volume = a * d - b * c
    inverse = sp.Matrix([[d, -c], [-b, a]]) / volume  # F⁻ᵀ
    stress = mu * (sp.Matrix([[a, b], [c, d]]) - inverse) + lame * sp.log(volume) * inverse
    rows = [grad(variation(f), x, y) for f in (u, v)]
    return sp.Add(*(inner(stress[i, :], rows[i]) for i in range(2)))
