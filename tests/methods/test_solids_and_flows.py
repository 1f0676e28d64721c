"""Systems by finite elements: stated weak forms, tractions, large strains with load steps, steady flow at Re 100."""

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq

import sobolev as sv
from sobolev.assembly import weak_form
from sobolev.equations import Variation, strong_form
from sobolev.methods import Chebyshev, FiniteElement, applicable
from sobolev.problems import hyperelastic_stretch, lid_driven_cavity, obstacle_flow, poisson_boltzmann

pytest.importorskip("gmsh")
pytest.importorskip("skfem")

x, y = sv.coordinates("x y")
u, v = sv.unknown("u", x, y), sv.unknown("v", x, y)
BOX = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
SIDES = ("x.min", "x.max", "y.min", "y.max")


def test_a_stated_weak_form_is_the_strong_statement():
    w, a = sv.variation(u), 1 + x
    weak = sv.inner(a * sv.grad(u), sv.grad(w)) + u * w - x * w
    conditions = [sv.Dirichlet(u, y, on="x.min"), sv.Flux(u, 2 + y, on="x.max"), sv.Flux(u, 1, on="y.min", alpha=3)]
    conditions.append(sv.Flux(u, 0, on="y.max"))
    stated = sv.Problem(BOX, weak=weak, conditions=conditions)
    assert isinstance(w, Variation) and w.unknown == u
    ((who, source, flux),) = strong_form(weak, (x, y))
    assert (who, sp.expand(source), flux) == (u, u - x, tuple(sp.expand(a * u.diff(c)) for c in (x, y)))
    assert "div" in str(stated) and "flux" in str(stated)
    solution = sv.solve(stated, FiniteElement(), resolution=6, quiet=True)
    # The same flux, whatever sign stands before it.
    for sign in (1, -1):
        strong = sv.Problem(BOX, sp.Eq(sign * sv.div(a * sv.grad(u)), sign * (u - x)), conditions)
        assert weak_form(strong)[0].sign == sign
        again = sv.solve(strong, FiniteElement(), resolution=6, quiet=True)
        assert again.compare(solution).relative_l2 < 1e-12
    # And Robin conditions on ∂u/∂n that say the same of it.
    robin = [
        conditions[0],
        sv.Neumann(u, (2 + y) / 2, on="x.max"),
        sv.Robin(u, 3 / a, 1, 1 / a, on="y.min"),
        sv.Neumann(u, 0, on="y.max"),
    ]
    again = sv.solve(sv.Problem(BOX, strong.equations, robin), FiniteElement(), resolution=6, quiet=True)
    assert again.compare(solution).relative_l2 < 1e-12
    with pytest.raises(sv.UnsupportedError, match="prescribes a flux"):
        sv.solve(stated, Chebyshev(), quiet=True)


BAD = {
    "no variation": (u**2, "contains no variation"),
    "a square": (sv.variation(u) ** 2 + u, "not linear"),
    "a second derivative": (u * sv.variation(u).diff(x, 2), "more than once"),
    "affine": (sv.variation(u) * u + 1, "not linear"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_weak_forms(case):
    weak, words = BAD[case]
    with pytest.raises(sv.StatementError, match=words):
        sv.Problem(BOX, weak=weak, conditions=[sv.Dirichlet(u, 0)])


def test_other_bad_forms():
    with pytest.raises(sv.StatementError, match="needs equations"):
        sv.Problem(BOX)
    with pytest.raises(sv.ArgumentError, match="variation"):
        sv.variation(x)
    with pytest.raises(sv.ArgumentError, match="one length"):
        sv.inner([x, y], [x])


def test_traction_on_a_bar():
    """Pulled by T at one end, rollers elsewhere, free above: uniaxial plane strain, u = T x/E', v = −ν' T y/E'."""
    lame, mu, pull = 1.5, 0.8, 0.3
    trace, shear = lame * (u.diff(x) + v.diff(y)), mu * (u.diff(y) + v.diff(x))
    equations = [
        sp.Eq(-sv.div([trace + 2 * mu * u.diff(x), shear], x, y), 0),
        sp.Eq(-sv.div([shear, trace + 2 * mu * v.diff(y)], x, y), 0),
    ]
    conditions = [
        sv.Dirichlet(u, 0, on="x.min"),
        sv.Flux(v, 0, on=("x.min", "x.max", "y.max")),
        sv.Flux(u, pull, on="x.max"),
        sv.Dirichlet(v, 0, on="y.min"),
        sv.Flux(u, 0, on=("y.min", "y.max")),
    ]
    solution = sv.solve(sv.Problem(BOX, equations, conditions), FiniteElement(), resolution=3, quiet=True)
    strain = np.linalg.solve([[lame + 2 * mu, lame], [lame, lame + 2 * mu]], [pull, 0])
    assert solution["u"](x=0.7, y=0.4) == pytest.approx(0.7 * strain[0], rel=1e-10)
    assert solution["v"](x=0.7, y=0.4) == pytest.approx(0.4 * strain[1], rel=1e-10)


def test_hyperelastic_block():
    """On rollers a block is stretched homogeneously: F = diag(l, m) with P₂₂ = 0. Clamped and pressed, it bulges."""
    problem = hyperelastic_stretch()
    rollers = problem.replace(
        conditions=[
            sv.Dirichlet(u, 0, on="x.min"),
            sv.Dirichlet(u, sv.parameter("stretch", default=1), on="x.max"),
            sv.Dirichlet(v, 0, on="y.min"),
            sv.Flux(v, 0, on=("x.min", "x.max", "y.max")),
            sv.Flux(u, 0, on=("y.min", "y.max")),
        ]
    )
    solution = sv.solve(rollers, FiniteElement(degree=1), resolution=4, quiet=True)
    length = 1.5
    m = brentq(lambda m: m - 1 / m + np.log(length * m) / m, 0.3, 1.0, xtol=1e-14)
    assert solution["u"](x=1.3, y=0.5) == pytest.approx(0.65, rel=1e-9)
    assert solution["v"](x=1.3, y=0.8) == pytest.approx(0.8 * (m - 1), rel=1e-8)
    # Compressed to half its length at once, cells at the end would turn over: the load is raised in steps.
    pressed = sv.solve(problem.replace(stretch=-1.0), FiniteElement(degree=1), resolution=8, quiet=True)
    assert int(pressed.steps["newton"]) > 8
    assert pressed["u"](x=1.0, y=0.5) == pytest.approx(-0.5, abs=1e-8)  # by symmetry
    assert pressed["v"](x=1.0, y=1.0) > 0.05


def test_poisson_boltzmann_is_symmetric_and_screened():
    solution = sv.solve(poisson_boltzmann(), FiniteElement(degree=1), tolerance=2e-2, quiet=True)
    assert solution(x=0.1, y=0.15) == pytest.approx(solution(x=-0.1, y=-0.15), rel=0.03)
    assert 1.3 < solution(x=0.0, y=0.0) < 1.6
    bar = solution.error_bar
    assert bar.relative_l2 < 2e-2 < bar.gradient


def test_flow_over_a_step():
    """The check values of PINNacle's case 12, repaired: p = 0 and v = 0 where the flow leaves."""
    solution = sv.solve(obstacle_flow(obstacles=False), FiniteElement(), resolution=24, quiet=True)
    assert solution["u"](x=3.0, y=0.5) == pytest.approx(0.886, abs=0.01)
    assert solution["u"](x=3.0, y=1.5) == pytest.approx(-0.0566, abs=0.01)
    assert solution["v"](x=3.0, y=0.5) == pytest.approx(0.0675, abs=0.01)
    with pytest.raises(sv.ArgumentError, match="obstacles"):
        obstacle_flow(obstacles="many")


def test_lid_driven_cavity():
    """Centre of the vortex and symmetry breaking at Re 100: values of the benchmark's reference solution."""
    assert [name for name, yes in applicable(lid_driven_cavity()).items() if yes] == ["FiniteElement"]
    solution = sv.solve(lid_driven_cavity(), FiniteElement(), resolution=12, quiet=True)
    divergence = solution["u"].derivative({"x": 1}, x=0.4, y=0.6) + solution["v"].derivative({"y": 1}, x=0.4, y=0.6)
    assert abs(divergence) < 0.05
    assert solution["v"](x=0.2, y=0.6) > 0.1 > -0.1 > solution["v"](x=0.85, y=0.6)
