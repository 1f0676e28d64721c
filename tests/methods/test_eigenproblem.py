"""Eigenproblems: energies of wells against exact ones, gradients, orders, refusals by name."""

import jax
import numpy as np
import pytest
import sympy as sp
from scipy.optimize import brentq
from scipy.special import jn_zeros

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import EigenForm, assemble_eigen, linear_parts
from sobolev.equations import Eigenvalue, values_of
from sobolev.methods import Eigenpair, eigenpairs
from sobolev.solvers import Eigenpairs, dense_eigenpairs, lowest_eigenpairs
from sobolev.spaces import PiecewiseChebyshev, differentiation_matrix

x, y, t = sv.coordinates("x y t")
u = sv.unknown("u", x)
E = sv.eigenvalue("E")


def well(potential, half=sp.S.One, conditions=None):
    """−u″/2 + V u = E u on [−half, half], u = 0 at both ends."""
    statement = sp.Eq(-u.diff(x, 2) / 2 + potential * u, E * u)
    conditions = [sv.Dirichlet(u, 0)] if conditions is None else conditions
    return sv.Problem(sv.Interval(x, -half, half), statement, [*conditions, sv.Normalised(u)], name="well")


def energies(problem, count=4, **how):
    return np.array([pair.value for pair in sv.eigenpairs(problem, count, **how)])


def test_infinite_well():
    exact = (np.arange(1, 7) * np.pi / 2) ** 2 / 2
    np.testing.assert_allclose(energies(well(0), 6), exact, rtol=1e-10)


def test_eigenfunctions_are_normalised_sines():
    pair = sv.eigenpairs(well(0), 2)[1]
    assert isinstance(pair, Eigenpair)
    points = np.linspace(-1, 1, 7)
    sine = np.sin(np.pi * points)
    np.testing.assert_allclose(np.abs(pair.function(x=points)), np.abs(sine), atol=1e-10)
    np.testing.assert_allclose(
        np.abs(pair.function.derivative("u", {"x": 1}, x=points)), np.abs(np.pi * np.cos(np.pi * points)), atol=1e-8
    )


def test_harmonic_oscillator():
    omega = sv.parameter("omega", default=2)
    problem = well(omega**2 * x**2 / 2, half=8)
    np.testing.assert_allclose(energies(problem, 5, points=100), 2 * (np.arange(5) + 0.5), atol=1e-8)


def finite_well(depth, a, half):
    """Even and odd states of V = −depth for |x| < a in a box of half-width `half`, u = 0 at its ends."""

    def even(e):
        k, kappa = np.sqrt(2 * (e + depth)), np.sqrt(-2 * e)
        return k * np.sin(k * a) * np.tanh(kappa * (half - a)) - kappa * np.cos(k * a)

    def odd(e):
        k, kappa = np.sqrt(2 * (e + depth)), np.sqrt(-2 * e)
        return k * np.cos(k * a) * np.tanh(kappa * (half - a)) + kappa * np.sin(k * a)

    found = []
    grid = np.linspace(-depth + 1e-9, -1e-9, 4001)
    for f in (even, odd):
        v = f(grid)
        found += [
            brentq(f, p, q, xtol=1e-14) for p, q, r, s in zip(grid, grid[1:], v, v[1:], strict=False) if r * s < 0
        ]
    return np.sort(found)


def test_finite_well_against_its_transcendental_equation():
    problem = well(sp.Piecewise((-10, sp.Abs(x) < 1), (0, True)), half=4)
    exact = finite_well(10.0, 1.0, 4.0)
    np.testing.assert_allclose(energies(problem, len(exact)), exact, atol=1e-8)


def test_barrier_splits_pairs():
    """Two wells between walls: the even and odd state of a pair come together as the barrier rises."""
    low, high = (
        energies(well(sp.Piecewise((v, (x > -sp.Rational(1, 5)) & (x < sp.Rational(1, 5))), (0, True))), 2)
        for v in (20, 200)
    )
    assert 0 < high[1] - high[0] < 0.3 * (low[1] - low[0])

    def even(e, v=200.0, b=0.2):
        k, kappa = np.sqrt(2 * e), np.sqrt(2 * (v - e))
        return k * np.cos(k * (1 - b)) + kappa * np.tanh(kappa * b) * np.sin(k * (1 - b))

    assert abs(high[0] - brentq(even, 4.0, 7.7, xtol=1e-14)) < 1e-8


@pytest.mark.parametrize("m", [0, 2])
def test_disk_by_its_radius(m):
    """u(r) cos mθ on the unit disk: −r (r u′)′ + m² u = E r² u, a weight that vanishes; zeros of J_m to 1e-8."""
    r = sv.coordinates("r")
    f = sv.unknown("f", r)
    centre = sv.Dirichlet(f, 0, "r.min") if m else sv.Neumann(f, 0, "r.min")
    left, weight = m**2 * f - r * (r * f.diff(r)).diff(r).doit(), r**2
    left, weight = (sp.expand(e / r) if m == 0 else e for e in (left, weight))
    disk = sv.Problem(
        sv.Interval(r, 0, 1), sp.Eq(left, E * weight * f), [centre, sv.Dirichlet(f, 0, "r.max"), sv.Normalised(f)]
    )
    found = [pair.value for pair in sv.eigenpairs(disk, 3)]
    np.testing.assert_allclose(found, jn_zeros(m, 3) ** 2, rtol=1e-8)


def test_finite_differences_have_order_two():
    exact = (np.pi / 2) ** 2 / 2
    errors = [abs(energies(well(0), 1, kind="finite-difference", points=n)[0] - exact) for n in (41, 81)]
    assert 1.9 < np.log2(errors[0] / errors[1]) < 2.1


def test_each_pair_says_its_errors():
    """Bars hold: of values by three orders of accuracy, of functions by differences; none where points are given."""
    for kind, goal in (("chebyshev", 1e-8), ("finite-difference", 1e-3)):
        pairs = sv.eigenpairs(well(0), 3, kind=kind)
        for k, pair in enumerate(pairs, start=1):
            exact = (k * np.pi / 2) ** 2 / 2
            assert abs(pair.value - exact) <= pair.error + 1e-12 < goal * pairs[-1].value
            assert pair.function.error_bar.relative_l2 < 1e-3
        assert str(pairs[0]).startswith(f"eigenvalue {pairs[0].value} ± ")
    found = np.abs(pair.function(x=np.linspace(-1, 1, 101)))
    assert np.abs(found - np.abs(np.sin(1.5 * np.pi * np.linspace(-1, 1, 101) + 1.5 * np.pi))).max() < 1e-3
    alone = sv.eigenpairs(well(0), 1, points=20)[0]
    assert alone.error is None and alone.function.error_bar is None
    assert sv.eigenpairs(well(0), 20)[-1].value == pytest.approx(50 * np.pi**2, rel=1e-8)


def test_gradient_by_hellmann_and_feynman():
    depth = sv.parameter("depth", default=3)
    problem = well(depth * sp.cos(x))
    slope = sv.eigenpairs(problem, 1)[0].gradient["depth"]
    step = 1e-4
    ends = [energies(problem.replace(depth=3 + s), 1)[0] for s in (-step, step)]
    np.testing.assert_allclose(slope, (ends[1] - ends[0]) / (2 * step), rtol=1e-6)


def test_derivatives_of_values_and_functions():
    """Through jax.grad, as the slopes say and as differences do; a jump that a parameter moves is refused by name."""
    depth, edge = sv.parameter("depth", default=3), sv.parameter("edge", default=0.5)
    problem = well(depth * sp.cos(x) + sp.Piecewise((1, x < edge), (0, True)))

    def pair(d):
        return sv.eigenpairs(problem.replace(depth=d), 2, points=24)[1]

    with precision_context("double"):
        found = jax.grad(lambda d: pair(d).value)(3.0), jax.grad(lambda d: pair(d).function(x=0.3))(3.0)
    ends = [pair(3 + s) for s in (1e-4, -1e-4)]
    np.testing.assert_allclose(found[0], pair(3.0).gradient["depth"], rtol=1e-10)
    np.testing.assert_allclose(found[1], (ends[0].function(x=0.3) - ends[1].function(x=0.3)) / 2e-4, rtol=1e-6)
    with pytest.raises(sv.UnsupportedError, match="moves a jump"):
        jax.grad(lambda e: sv.eigenpairs(problem.replace(edge=e), 1, points=12)[0].value)(0.5)


def test_neumann_robin_and_a_weight():
    """−u″ = E (1 + x) u: E₁ = 0 with u constant; −u″ = E u, u′ + u = 0 outwards: √E tan √E = 1."""
    flat = sv.Problem(
        sv.Interval(x, 0, 1), sp.Eq(-u.diff(x, 2), E * (1 + x) * u), [sv.Neumann(u, 0), sv.Normalised(u)], name="bar"
    )
    assert abs(energies(flat, 1)[0]) < 1e-8  # relative to the next: no warning
    leaky = well(0, conditions=[sv.Robin(u, 1, 1, 0)])
    root = brentq(lambda k: k * np.tan(k) - 1, 0.1, 1.5, xtol=1e-14)
    assert abs(energies(leaky, 1)[0] - root**2 / 2) < 1e-9


def test_eigenpairs_of_the_assembled_matrices():
    problem = well(x**2)
    with precision_context("double"):
        form = assemble_eigen(problem, values_of(problem), 40, "chebyshev")
    assert isinstance(form, EigenForm) and isinstance(form.space, PiecewiseChebyshev)
    whole = lowest_eigenpairs(form.left, form.right, 3)
    assert isinstance(whole, Eigenpairs)
    with precision_context("double"):
        again, _ = dense_eigenpairs(jax.numpy.asarray(form.left), jax.numpy.asarray(form.right), 3)
    np.testing.assert_allclose(again, whole.values, rtol=1e-12)
    np.testing.assert_allclose(
        differentiation_matrix(form.space.axes[0], 1) @ form.space.axes[0].coordinates, 1, atol=1e-10
    )
    for k in range(3):
        y = whole.right[:, k]
        assert np.abs(form.left @ y - whole.values[k] * form.right @ y).max() < 1e-8 * np.abs(y).max() * 1e3


def test_shift_and_invert_finds_the_lowest_of_a_large_matrix():
    n = 700
    second = (2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)) * (n + 1) ** 2
    found = lowest_eigenpairs(second, np.eye(n), 3, shift=0.0)
    exact = 4 * (n + 1) ** 2 * np.sin(np.arange(1, 4) * np.pi / (2 * (n + 1))) ** 2
    np.testing.assert_allclose(found.values, exact, rtol=1e-8)
    np.testing.assert_allclose(second @ found.right, found.right * found.values, atol=1e-6)
    np.testing.assert_allclose(found.left.T @ second, found.values[:, None] * found.left.T, atol=1e-6)


def test_parts_of_a_statement():
    parts = linear_parts(well(x**2))
    assert parts.left == (x**2, 0, -sp.Rational(1, 2)) and parts.right == (1, 0, 0)
    assert isinstance(E, Eigenvalue) and eigenpairs is sv.eigenpairs


LINE = sv.Interval(x, 0, 1)
FIXED, SIZE = sv.Dirichlet(u, 0), sv.Normalised(u)
GOOD = sp.Eq(-u.diff(x, 2), E * u)
w = sv.unknown("w", x, y)
REFUSED = {
    "no size": (lambda: sv.Problem(LINE, GOOD, FIXED), sv.StatementError, "not fixed"),
    "two sizes": (lambda: sv.Problem(LINE, GOOD, [FIXED, SIZE, SIZE]), sv.StatementError, "fixed twice"),
    "no number": (lambda: sv.Problem(LINE, u.diff(x, 2) - u, [FIXED, SIZE]), sv.StatementError, "normalises"),
    "two numbers": (
        lambda: sv.Problem(LINE, u.diff(x, 2) - (E + sv.eigenvalue("F")) * u, [FIXED, SIZE]),
        sv.StatementError,
        "several eigenvalues",
    ),
    "a square": (
        lambda: sv.eigenpairs(sv.Problem(LINE, u.diff(x, 2) + u**2 - E * u, [FIXED, SIZE])),
        sv.UnsupportedError,
        "linear",
    ),
    "E squared": (
        lambda: sv.eigenpairs(sv.Problem(LINE, u.diff(x, 2) + E**2 * u, [FIXED, SIZE])),
        sv.UnsupportedError,
        "linear",
    ),
    "values given": (
        lambda: sv.eigenpairs(sv.Problem(LINE, GOOD, [sv.Dirichlet(u, 1), SIZE])),
        sv.UnsupportedError,
        "homogeneous",
    ),
    "two dimensions": (
        lambda: sv.eigenpairs(
            sv.Problem(
                LINE * sv.Interval(y, 0, 1),
                sp.Eq(-sv.laplacian(w), E * w),
                [sv.Dirichlet(w, 0), sv.Normalised(w)],
            ),
            kind="chebyshev",
        ),
        sv.UnsupportedError,
        "interval",
    ),
    "no eigenproblem": (lambda: sv.eigenpairs(sv.problems.poisson()), sv.UnsupportedError, "unknown number"),
    "solved": (lambda: sv.solve(sv.Problem(LINE, GOOD, [FIXED, SIZE])), sv.UnsupportedError, "eigenfunctions"),
    "text": (lambda: sv.eigenpairs("well"), sv.ArgumentError, "takes a statement"),
    "no pair": (lambda: sv.eigenpairs(well(0), 0), sv.ArgumentError, "count"),
    "too many": (lambda: sv.eigenpairs(well(0), 10, points=8), sv.ArgumentError, "fewer points"),
    "no kind": (lambda: sv.eigenpairs(well(0), kind="sine"), sv.ArgumentError, "kind"),
    "both": (lambda: sv.eigenpairs(well(0), points=9, tolerance=1e-3), sv.ArgumentError, "points or a tolerance"),
    "tolerance": (lambda: sv.eigenpairs(well(0), tolerance=2), sv.ArgumentError, "tolerance is out of range"),
    "too exact": (
        lambda: sv.eigenpairs(well(0), 1, tolerance=1e-17),
        sv.ConvergenceError,
        "not as exact as asked for",
    ),
    "size of what": (lambda: sv.Normalised(x), sv.ArgumentError, "Normalised"),
    "no name": (lambda: sv.eigenvalue("2"), sv.ArgumentError, "eigenvalue"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_by_name(case):
    make, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        make()
