"""Weak forms from strong statements, by hand; and what cannot be derived, by name."""

import pytest
import sympy as sp

import sobolev as sv
from sobolev.assembly import weak_form

x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)
BOX = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)


def derived(left, unknown=u):
    return weak_form(sv.Problem(BOX, [sp.Eq(left, 0)], [sv.Dirichlet(unknown, 0)]))[0]


def same(found, goal):
    return sp.simplify(found - goal) == 0


def test_divergence_stays_as_it_is():
    form = derived(-sv.div((1 + u**2) * sv.grad(u)) + sp.diff(u, x) + u - x)
    assert same(form.flux[0], -(1 + u**2) * sp.diff(u, x))
    assert same(form.flux[1], -(1 + u**2) * sp.diff(u, y))
    assert same(form.source, sp.diff(u, x) + u - x)


def test_coefficients_are_drawn_inside():
    """c ∂ᵢᵢu = ∂ᵢ(c ∂ᵢu) − ∂ᵢc ∂ᵢu, for coefficients of coordinates and of u."""
    form = derived((1 + x**2) * sp.diff(u, x, 2) + u**2 * sp.diff(u, y, 2))
    assert same(form.flux[0], (1 + x**2) * sp.diff(u, x))
    assert same(form.flux[1], u**2 * sp.diff(u, y))
    assert same(form.source, -2 * x * sp.diff(u, x) - 2 * u * sp.diff(u, y) ** 2)


def test_mixed_derivatives_are_shared_out():
    form = derived(sv.laplacian(u) + 4 * sp.diff(u, x, y))
    assert same(form.flux[0], sp.diff(u, x) + 2 * sp.diff(u, y))
    assert same(form.flux[1], sp.diff(u, y) + 2 * sp.diff(u, x))


def test_equations_are_tested_with_the_unknown_they_decide():
    v, p = sv.unknown("v", x, y), sv.unknown("p", x, y)
    equations = [
        sp.Eq(sp.diff(u, x) + sp.diff(v, y), 0),
        sp.Eq(sv.laplacian(v) - sp.diff(p, y), 0),
        sp.Eq(sv.laplacian(u) - sp.diff(p, x), 0),
    ]
    problem = sv.Problem(BOX, equations, [sv.Dirichlet(u, 0), sv.Dirichlet(v, 0), sv.Mean(p, 0)])
    for form in weak_form(problem):
        own = sp.diff(form.test, x) in form.flux
        assert own or (form.test == p and form.flux == (0, 0))


def test_divergences_of_first_order_are_differentiated_out():
    """∇·u = 0 says nothing of u·n at the boundary; where a Flux does, or a flux has slopes, it is integrated."""
    v, p = sv.unknown("v", x, y), sv.unknown("p", x, y)
    equations = [
        sp.Eq(sv.div([u, v], x, y), 0),
        sp.Eq(sv.laplacian(v) - sp.diff(p, y), 0),
        sp.Eq(sv.laplacian(u) - sp.diff(p, x), 0),
    ]
    problem = sv.Problem(BOX, equations, [sv.Dirichlet(u, y), sv.Dirichlet(v, 0), sv.Mean(p, 0)])
    (form,) = (f for f in weak_form(problem) if f.test == p)
    assert form.flux == (0, 0) and same(form.source, sp.diff(u, x) + sp.diff(v, y))
    both = derived(sv.div([u * y, u * x], x, y) - sv.laplacian(u))
    assert same(both.flux[0], u * y - sp.diff(u, x)) and same(both.source, 0)
    equations[0] = sp.Eq(sv.div([u * sp.Piecewise((1, x < y), (2, True)), v], x, y), 0)
    with pytest.raises(sv.UnsupportedError, match="of first order, and its flux has kinks"):
        weak_form(sv.Problem(BOX, equations, problem.conditions))


a = sv.input_field("a", x, y, default=1)


@pytest.mark.parametrize(
    ("left", "term", "reason"),
    [
        (a * sp.diff(u, x, 2) + sp.diff(u, y, 2), "a", "its derivative is not known"),
        (sp.Abs(x - sp.Rational(1, 2)) * sp.diff(u, x, 2) + sp.diff(u, y, 2), "Abs", "kinks or jumps"),
        (sv.laplacian(u) ** 2 - 1, "Derivative", "do not enter linearly"),
        (sp.diff(u, x) * sp.diff(u, x, 2) + sp.diff(u, y, 2), "Derivative", "derivative of an unknown"),
        (sv.laplacian(u) + sp.diff(a, x) * u, "Derivative", "differentiates the input a"),
    ],
)
def test_what_cannot_be_derived_is_named(left, term, reason):
    with pytest.raises(sv.UnsupportedError, match="No weak form") as caught:
        derived(left)
    assert term in caught.value.headline
    assert reason in caught.value.given


def test_fourth_order_is_refused():
    problem = sv.Problem(BOX, [sp.Eq(sp.diff(u, x, 4) + sp.diff(u, y, 4), 1)], [sv.Dirichlet(u, 0), sv.Neumann(u, 0)])
    with pytest.raises(sv.UnsupportedError, match="No weak form") as caught:
        weak_form(problem)
    assert "order 4" in caught.value.given
