"""What a statement conserves, found from the statement."""

import pytest
import sympy as sp

import sobolev as sv
from sobolev import problems
from sobolev.equations import Conserved, conserved_quantities
from sobolev.equations._conserved import _euler_derivative

x, y, t = sv.coordinates("x y t")
u, q = sv.unknown("u", x, t), sv.unknown("q", x, t, complex=True)
nu = sv.parameter("nu", default=0.1)


def _evolution(equation, field=u, periodic=True):
    ends = [] if periodic else [sv.Dirichlet(field, 0)]
    return sv.Problem(
        domain=sv.Interval(x, 0, 2 * sp.pi, periodic=periodic) * sv.Time(t, 0, 1),
        equations=[equation],
        conditions=[sv.Initial(field, sp.sin(x)), *ends],
    )


def _labels(problem):
    found = conserved_quantities(problem)
    assert all(isinstance(quantity, Conserved) for quantity in found)
    return {quantity.label for quantity in found}


@pytest.mark.parametrize(
    ("equation", "field", "expected"),
    [
        (sp.Eq(u.diff(t), -u.diff(x)), u, {"mean of u", "mean of u^2"}),
        (sp.Eq(u.diff(t), nu * u.diff(x, 2)), u, {"mean of u"}),
        (sp.Eq(u.diff(t) + u * u.diff(x), nu * u.diff(x, 2)), u, {"mean of u"}),
        (sp.Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0), u, {"mean of u", "mean of u^2"}),
        (sp.Eq(u.diff(t) + u * u.diff(x), 1), u, set()),  # a source feeds the mean
        (sp.Eq(u.diff(t) + u * u.diff(x), sp.sin(3 * x)), u, {"mean of u"}),  # this one does not
        (sp.Eq(u.diff(t), nu * u.diff(x, 2) + u - u**3), u, set()),
        (sp.Eq(sp.I * q.diff(t) + q.diff(x, 2) / 2 + q * sp.Abs(q) ** 2, 0), q, {"mean of |q|^2"}),
    ],
    ids=["advection", "heat", "Burgers", "KdV", "source", "balanced source", "Allen–Cahn", "Schrödinger"],
)
def test_textbook_invariants(equation, field, expected):
    assert _labels(_evolution(equation, field)) == expected


@pytest.mark.parametrize(
    ("problem", "labels"),
    [
        (lambda: problems.kdv(), {"mean of u", "mean of u^2"}),
        (lambda: problems.heat(2, boundary="periodic"), {"mean of u"}),
        (lambda: problems.allen_cahn(), set()),
        (lambda: problems.nonlinear_schroedinger(), {"mean of |psi|^2"}),
        (lambda: problems.navier_stokes(), {"mean of omega"}),
        (lambda: problems.heat(1), set()),
    ],
)
def test_named_problems(problem, labels):
    assert _labels(problem()) == labels


def test_walls_conserve_nothing_that_we_know():
    assert conserved_quantities(_evolution(sp.Eq(u.diff(t), nu * u.diff(x, 2)), periodic=False)) == ()


def test_euler_derivative_of_divergences_vanishes():
    a, b = sv.unknown("a", x, y), sv.unknown("b", x, y)
    divergence = sp.expand((sp.diff(a**2 * b.diff(x), x) + sp.diff(sp.sin(a) * x, y)).doit())
    for field in (a, b):
        assert sp.expand(_euler_derivative(divergence, field).doit()) == 0
    assert _euler_derivative(a * a.diff(x, 2), a) == 2 * a.diff(x, 2)
    assert _euler_derivative(a, a) == 1
