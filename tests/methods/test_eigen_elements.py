"""Eigenpairs on meshes: disk, plates, wells; orders, gradients, what is refused; the named ones on intervals."""

import jax
import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq
from scipy.special import jn_zeros

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import ElementPencil, check_pencil, element_pencil
from sobolev.equations import values_of
from sobolev.methods import Eigenpair, FiniteElement
from sobolev.solvers import host_eigenpairs, sparse_eigenpairs

pytest.importorskip("gmsh")
pytest.importorskip("skfem")

x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)
E = sv.eigenvalue("E")


def energies(problem, count, **how):
    return np.array([pair.value for pair in sv.eigenpairs(problem, count, **how)])


def test_disk_against_zeros_of_bessel_functions():
    """Isoparametric cells of degree 2: order 4, and 1e-5 (the lowest) with 24 cells along the diameter."""
    exact = np.array([jn_zeros(0, 1)[0], jn_zeros(1, 1)[0], jn_zeros(1, 1)[0]]) ** 2
    coarse, fine = (np.abs(energies(sv.problems.disk_modes(), 3, points=n) / exact - 1) for n in (12, 24))
    assert fine[0] < 1e-5 and fine.max() < 1e-5
    assert np.log2(coarse[0] / fine[0]) == pytest.approx(4, abs=0.5)


def test_errors_where_functions_are_singular():
    """An L: the first eigenvalue converges like h^(4/3), and its bar knows; the third, smooth, is 2π². A disk's second
    and third functions are told from each other by nothing: they have no bar."""
    corner = sv.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (-1, 1), (-1, -1), (0, -1)])
    problem = sv.Problem(corner, sp.Eq(-sv.laplacian(u), E * u), [sv.Dirichlet(u, 0), sv.Normalised(u)], name="l")
    pairs = sv.eigenpairs(problem, 3, tolerance=1e-3, quiet=True)
    exact = (9.6397238440219, 15.1972519264545, 2 * np.pi**2)  # Trefethen & Betcke (2006)
    for pair, value in zip(pairs, exact, strict=True):
        assert abs(pair.value - value) <= pair.error < 1e-3 * exact[-1]
    assert pairs[0].error < 6 * abs(pairs[0].value - exact[0])
    pairs = sv.eigenpairs(sv.problems.disk_modes(), 3, tolerance=1e-2, quiet=True)
    assert [pair.function.error_bar is None for pair in pairs] == [False, True, True]


def test_plate_and_its_gradient():
    pairs = sv.eigenpairs(sv.problems.plate_modes(), 3, points=40)
    exact = np.pi**2 * np.array([1.25, 2.0, 3.25])
    values = np.array([pair.value for pair in pairs])
    assert (values > exact).all()  # from above, by the minimum principle
    np.testing.assert_allclose(values, exact, rtol=1e-5)
    np.testing.assert_allclose([pair.gradient["tension"] for pair in pairs], values, rtol=1e-10)
    assert isinstance(pairs[0], Eigenpair)
    mode = pairs[0].function
    np.testing.assert_allclose(mode(x=0.5, y=1.0), np.sqrt(2), rtol=1e-4)  # √2 sin πx sin πy/2, ∫u² = 1
    first = energies(sv.problems.plate_modes(), 1, points=12, degree=1)[0]
    assert 1e-3 < first / exact[0] - 1 < 3e-2


def test_finite_well_in_two_dimensions_is_a_sum_of_two():
    """V = −8 (|x| < 1) − 8 (|y| < 1) separates: energies are sums of those of one dimension."""
    line = sv.unknown("u", x)
    well = sp.Piecewise((-8, sp.Abs(x) < 1), (0, True))
    sides = [sv.Dirichlet(line, 0), sv.Normalised(line)]
    single = energies(sv.Problem(sv.Interval(x, -3, 3), sp.Eq(-line.diff(x, 2) / 2 + well * line, E * line), sides), 2)
    potential = well + well.subs(x, y)
    box = sv.Interval(x, -3, 3) * sv.Interval(y, -3, 3)
    problem = sv.Problem(
        box, sp.Eq(-sv.laplacian(u) / 2 + potential * u, E * u), [sv.Dirichlet(u, 0), sv.Normalised(u)]
    )
    found = energies(problem, 3, points=56)
    np.testing.assert_allclose(found, [2 * single[0], single.sum(), single.sum()], rtol=1e-5)


def test_named_wells_to_eight_digits():
    exact = np.pi**2 * np.arange(1, 5) ** 2 / 8
    np.testing.assert_allclose(energies(sv.problems.infinite_well(), 4), exact, rtol=1e-8)

    def even(e, v=20.0, b=0.2):
        k, kappa = np.sqrt(2 * e), np.sqrt(2 * (v - e))
        return k * np.cos(k * (1 - b)) + kappa * np.tanh(kappa * b) * np.sin(k * (1 - b))

    assert abs(energies(sv.problems.double_well(), 1)[0] - brentq(even, 3.0, 7.0, xtol=1e-14)) < 1e-8

    def deep(e, depth=10.0):
        k, kappa = np.sqrt(2 * (e + depth)), np.sqrt(-2 * e)
        return k * np.sin(k) * np.tanh(3 * kappa) - kappa * np.cos(k)

    assert abs(energies(sv.problems.finite_well(), 1)[0] - brentq(deep, -9.5, -8.0, xtol=1e-14)) < 1e-8


def test_gradients_of_values_and_functions():
    """By the implicit function theorem, through parameters and inputs, against differences."""
    w = sv.parameter("w", default=2.0)
    problem = sv.Problem(
        sv.Interval(x, -3, 3) * sv.Interval(y, -3, 3),
        sp.Eq(-sv.laplacian(u) / 2 + (w**2 * x**2 + y**2) / 2 * u, E * u),
        [sv.Dirichlet(u, 0), sv.Normalised(u)],
    )

    def first(w):
        return sv.eigenpairs(problem.replace(w=w), 1, points=8)[0]

    with precision_context("double"):
        found = jax.grad(lambda w: first(w).value)(2.0), jax.grad(lambda w: first(w).function(x=0.3, y=0.2))(2.0)
    h = 1e-4
    ends = [first(2 + s) for s in (h, -h)]
    assert found[0] == pytest.approx((ends[0].value - ends[1].value) / (2 * h), rel=1e-6)
    slopes = [end.function(x=0.3, y=0.2) for end in ends]
    assert found[1] == pytest.approx((slopes[0] - slopes[1]) / (2 * h), rel=1e-6)
    assert first(2.0).gradient["w"] == pytest.approx(float(found[0]), rel=1e-10)


def test_pencils_that_are_not_symmetric():
    """−Δu + 2 u_x = E u: e^x times a sine, E = 1 + 2π²; left and right eigenvectors differ."""
    b = sv.parameter("b", default=2.0)
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    problem = sv.Problem(box, sp.Eq(-sv.laplacian(u) + b * u.diff(x), E * u), [sv.Dirichlet(u, 0), sv.Normalised(u)])
    (pair,) = sv.eigenpairs(problem, 1, points=10)
    assert pair.value == pytest.approx(1 + 2 * np.pi**2, rel=1e-4)
    assert pair.gradient["b"] == pytest.approx(1.0, rel=1e-3)  # E = b²/4 + 2π²
    space = FiniteElement(degree=1).space(problem, 6)
    with precision_context("double"):
        pencil = element_pencil(problem, space)
        values = values_of(problem)
        a, m = pencil.entries(values)
        found, right, left = host_eigenpairs(np.asarray(a), np.asarray(m), pencil.forms.sparsity, 2)
        again, _ = sparse_eigenpairs(a, m, pencil.forms.sparsity, 2)
    assert isinstance(pencil, ElementPencil) and right.shape == left.shape
    np.testing.assert_allclose(found, again, rtol=1e-10)


SIDES = [sv.Dirichlet(u, 0), sv.Normalised(u)]
BOX = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
REFUSED = {
    "values given": (sp.Eq(-sv.laplacian(u), E * u), [sv.Dirichlet(u, 1), SIDES[1]], "homogeneous"),
    "a square": (sp.Eq(-sv.laplacian(u) + u**2, E * u), SIDES, "linear"),
    "a source": (sp.Eq(-sv.laplacian(u) + x, E * u), SIDES, "linear"),
    "E squared": (sp.Eq(-sv.laplacian(u), E**2 * u), SIDES, "linear"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_by_name(case):
    equation, conditions, words = REFUSED[case]
    problem = sv.Problem(BOX, equation, conditions)
    with pytest.raises(sv.UnsupportedError, match=words):
        sv.eigenpairs(problem)
    with pytest.raises(sv.UnsupportedError, match=words):
        check_pencil(problem)
