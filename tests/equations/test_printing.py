"""Statements read as in a textbook: text, LaTeX, MathML."""

import xml.etree.ElementTree as ElementTree

import pytest
import sympy as sp
from statement_zoo import EVERY, LINE, TIME, t, x

import sobolev as sv

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def test_plain_burgers():
    assert str(sv.problems.burgers()).splitlines() == [
        "burgers on x in [-1, 1], t in [0, 1]",
        "  u_t + u*u_x = nu*u_xx",
        "  u = -sin(pi*x)  at t = 0",
        "  u = 0  on the boundary",
        "  nu = 0.01/pi",
    ]


def test_plain_darcy_keeps_the_divergence():
    assert "  -div(a*grad(u)) = 1" in str(sv.problems.darcy().replace(a=1)).splitlines()


def test_plain_shows_values_and_laws():
    text = str(sv.problems.fisher_kpp().replace(D=0.25))
    assert "D = 0.25" in text and "r = 1, random: Uniform(lower=0.5, upper=2.0)" in text


def test_conditions_say_where():
    u = sv.unknown("u", x, t)
    conditions = [
        sv.Initial(u, 2),
        sv.Initial(u.diff(t), 1),
        sv.Robin(u, 2, 3, 4, on="x.min"),
        sv.Neumann(u, 0, on="x.max"),
    ]
    p = sv.Problem(LINE * TIME, u.diff(t, 2) - u.diff(x, 2), conditions)
    text = str(p)
    assert "3*u_n + 2*u = 4  at x = 0" in text
    assert "u_n = 0  at x = 1" in text
    assert "u_t = 1  at t = 0" in text
    assert r"3 \frac{\partial u}{\partial n} + 2 u &= 4 \quad \text{at x = 0}" in p.latex()
    assert "<mfrac><mrow><mo>∂</mo><mi>u</mi></mrow><mrow><mo>∂</mo><mi>n</mi></mrow></mfrac>" in p.mathml()


def test_latex_burgers():
    assert sv.problems.burgers().latex().splitlines() == [
        r"\begin{aligned}",
        r"u_{t} + u u_{x} &= \nu u_{xx} \\",
        r"u &= - \sin{\left(\pi x \right)} \quad \text{at t = 0} \\",
        r"u &= 0 \quad \text{on the boundary}",
        r"\end{aligned}",
    ]
    assert sv.problems.burgers()._repr_latex_().startswith("$$\\begin{aligned}")


def test_latex_of_divergences_powers_and_means():
    assert r"- \nabla \cdot \left(a\,\nabla u\right) &= 1" in sv.problems.darcy().latex()
    assert r"\overline{\psi} &= 0" in sv.problems.navier_stokes().latex()
    assert r"\nabla \cdot \left(3 c^{2}\,\nabla c\right)" in sv.problems.cahn_hilliard().latex()
    u = sv.unknown("u_1", x)
    assert r"{u_{1}}_{xx}" in sv.Problem(LINE, u.diff(x, 2), sv.Dirichlet(u, 0)).latex()
    flux = sv.div([u * x], x)
    assert r"\nabla \cdot \left(x u_{1}\right)" in sv.Problem(LINE, flux + u, sv.Dirichlet(u, 0, on="x.min")).latex()


@pytest.mark.parametrize("name", EVERY)
def test_every_statement_prints(name):
    problem = EVERY[name]()
    assert str(problem).startswith(problem.name)
    assert problem.latex().count("&=") == len(problem.equations) + len(problem.conditions)
    root = ElementTree.fromstring(problem.mathml())
    assert root.tag == f"{MATHML}math"
    rows = root.findall(f"{MATHML}mtable/{MATHML}mtr")
    assert len(rows) == len(problem.equations) + len(problem.conditions)
    for text in (problem.latex(), problem.mathml(), str(problem)):
        assert "Derivative" not in text and "DivergenceIndex" not in text
    fields = "".join(rows[0].itertext())
    assert "(x,t)" not in fields.replace(" ", "")
    assert repr(problem).startswith("Problem(")


def test_mathml_has_subscripts_and_nabla():
    burgers = sv.problems.burgers().mathml()
    assert "<msub><mi>u</mi><mrow><mi>x</mi><mi>x</mi></mrow></msub>" in burgers
    assert "ν" in burgers
    assert "<mo>∇</mo>" in sv.problems.darcy().mathml()
    assert "<mover><mi>ψ</mi><mo>¯</mo></mover>" in sv.problems.navier_stokes().mathml()


def test_divergence_prints_by_itself():
    a, u = sv.input_field("a", x, default=1), sv.unknown("u", x)
    flux = sv.div(a * sv.grad(u))
    assert str(flux) == "div(a(x)*Derivative(u(x), x))"
    assert r"\nabla \cdot" in sp.latex(flux)
