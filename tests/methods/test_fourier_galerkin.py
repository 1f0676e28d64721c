"""Steady statements on periodic boxes: spectral accuracy, the free constant, systems, gradients, failures."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import LinearSystem, Residual, assemble
from sobolev.equations import values_of
from sobolev.methods import FourierGalerkin, choose
from sobolev.spaces import Fourier

x, y, z = sv.coordinates("x y z")
u, v = sv.unknown("u", x), sv.unknown("v", x)
RING = sv.Interval(x, 0, 2, periodic=True)
EXACT = sp.exp(sp.sin(sp.pi * x))
MEAN = float(np.i0(1.0))
k = sv.parameter("k", default=1.5)
OPERATORS = {
    "constant coefficients": lambda w: w.diff(x, 4) - k * w.diff(x, 2) + w.diff(x) + 2 * w,
    "variable coefficients": lambda w: -((k + sp.cos(sp.pi * x)) * w.diff(x)).diff(x) + (2 + sp.sin(sp.pi * x)) * w,
    "nonlinear": lambda w: w.diff(x, 2) - k * w * w.diff(x) - w**3 - sp.exp(w),
}


@pytest.fixture(autouse=True)
def double():
    with precision_context("double"):
        yield


def _manufactured(operator, conditions=(), exact=EXACT):
    return sv.Problem(RING, [sp.Eq(operator(u), operator(exact).subs(k, 1.5))], list(conditions), exact=exact)


def _errors(problem, resolutions, **options):
    found = [sv.solve(problem, resolution=n, tolerance=1e-9, quiet=True, **options) for n in resolutions]
    assert all(isinstance(s.method, FourierGalerkin) for s in found)
    return [s.compare().relative_l2 for s in found]


@pytest.mark.parametrize("name", OPERATORS)
def test_converges_spectrally(name):
    errors = _errors(_manufactured(OPERATORS[name]), (10, 24))
    assert 1e-6 < errors[0] < 1e-2 and errors[1] < 1e-11


@pytest.mark.parametrize("coefficient", [1, 2 + sp.cos(sp.pi * x)], ids=["constant", "variable"])
def test_the_free_constant_is_fixed_by_the_mean(coefficient):
    problem = sv.Problem(
        RING,
        [sp.Eq(-sv.div(coefficient * sv.grad(u)), -(coefficient * EXACT.diff(x)).diff(x))],
        [sv.Mean(u, MEAN)],
        exact=EXACT,
    )
    assert _errors(problem, (24,))[0] < 1e-11


def test_is_chosen_for_periodic_steady_statements_and_refines():
    problem = _manufactured(OPERATORS["variable coefficients"])
    method, reason = choose(problem)
    assert method == FourierGalerkin() and "periodic" in reason
    s = sv.solve(problem, tolerance=1e-10, quiet=True)
    assert s.compare().relative_l2 < 1e-10 and s.error_bar.relative_l2 < 1e-10
    rough = sv.Problem(RING, [sp.Eq(u - u.diff(x, 2), sp.Abs(sp.sin(sp.pi * x)))])
    assert not isinstance(choose(rough)[0], FourierGalerkin)


def test_two_dimensions_by_krylov_in_few_steps():
    w = sv.unknown("w", x, y)
    box = RING * sv.Interval(y, 0, 1, periodic=True)
    a = 3 + sp.sin(sp.pi * x) * sp.cos(2 * sp.pi * y)
    exact = sp.exp(sp.cos(sp.pi * x)) * sp.sin(2 * sp.pi * y)
    source = sum((a * exact.diff(c)).diff(c) for c in (x, y))
    problem = sv.Problem(box, [sp.Eq(sv.div(a * sv.grad(w)), source)], [sv.Mean(w, 0)], exact=exact)
    assert _errors(problem, (24,))[0] < 1e-9


def test_systems_and_three_dimensions():
    exact = sp.sin(sp.pi * x) + sp.cos(2 * sp.pi * x) / 4
    other = sp.cos(sp.pi * x)
    problem = sv.Problem(
        RING,
        [
            sp.Eq(v.diff(x, 2) - v + u.diff(x), other.diff(x, 2) - other + exact.diff(x)),
            sp.Eq(u.diff(x, 2) + v * u - 2 * u, exact.diff(x, 2) + other * exact - 2 * exact),
        ],
        exact={"u": exact, "v": other},
    )
    assert _errors(problem, (16,))[0] < 1e-11
    w = sv.unknown("w", x, y, z)
    box = RING * sv.Interval(y, 0, 1, periodic=True) * sv.Interval(z, 0, 1, periodic=True)
    exact = sp.sin(sp.pi * x) * sp.sin(2 * sp.pi * y) * sp.cos(2 * sp.pi * z)
    cube = sv.Problem(box, [sp.Eq(-sv.laplacian(w), 9 * sp.pi**2 * exact)], [sv.Mean(w, 0)], exact=exact)
    assert _errors(cube, (8,))[0] < 1e-13


def test_complex_fields():
    w, exact = sv.unknown("w", x, complex=True), sp.exp(sp.I * sp.pi * x) * (2 + sp.cos(sp.pi * x))
    potential = 1 + sp.cos(sp.pi * x) / 2

    def operator(f):
        return f.diff(x, 2) + sp.I * f.diff(x) * potential - 3 * f

    problem = sv.Problem(RING, [sp.Eq(operator(w), operator(exact))], exact=exact)
    assert _errors(problem, (16,))[0] < 1e-11


@pytest.mark.parametrize("name", ["variable coefficients", "nonlinear"])
def test_gradients(name):
    problem = _manufactured(OPERATORS[name])

    def value(q):
        return sv.solve(problem.replace(k=q), FourierGalerkin(), tolerance=1e-9, resolution=24, quiet=True)(x=0.3)

    expected = (float(value(1.5 + 1e-4)) - float(value(1.5 - 1e-4))) / 2e-4
    assert abs(expected) > 1e-3
    assert float(jax.jit(jax.grad(value))(1.5)) == pytest.approx(expected, rel=1e-6)


def test_gradients_with_respect_to_inputs_and_batches():
    a = sv.input_field("a", x, default=1)
    problem = sv.Problem(RING, [sp.Eq(u - sv.div(a * sv.grad(u)), sp.sin(sp.pi * x))])
    grid = sv.Grid.over(sv.Problem(RING, u - 1).space, 16)
    bump = jnp.exp(jnp.sin(np.pi * grid.coordinates["x"]))

    def value(size):
        field = sv.GridField(1 + size * bump, grid, "a")
        return sv.solve(problem.replace(a=field), FourierGalerkin(), tolerance=1e-9, resolution=32, quiet=True)(x=0.3)

    expected = (float(value(0.5 + 1e-4)) - float(value(0.5 - 1e-4))) / 2e-4
    assert float(jax.grad(value)(0.5)) == pytest.approx(expected, rel=1e-6)
    together = jax.vmap(value)(jnp.asarray([0.2, 0.5]))
    assert together == pytest.approx([float(value(0.2)), float(value(0.5))], rel=1e-9)


@pytest.mark.parametrize(
    "problem",
    [
        sv.Problem(
            RING, [sp.Eq((2 + sp.sin(sp.pi * x)) * u.diff(x, 2), 1)], [sv.Mean(u, 0)]
        ),  # ∫ u″ = 0 ≠ ∫ 1 / (2 + sin)
        sv.Problem(RING, [sp.Eq(u.diff(x, 2) + sp.pi**2 * u, sp.sin(sp.pi * x))]),  # resonance
    ],
    ids=["contradiction", "resonance"],
)
def test_what_has_no_solution_is_singular(problem):
    s = sv.solve(problem, resolution=16, throw=False, quiet=True)
    assert s.result is sv.Result.singular
    with pytest.raises(sv.ConvergenceError, match="singular"):
        sv.solve(problem, quiet=True)


def test_an_iteration_that_stagnates_says_so():
    problem = sv.Problem(RING, [sp.Eq(u.diff(x, 2) - u**2, 1)])  # no real solution: the mean of −u² is not positive
    with pytest.raises(sv.ConvergenceError, match="stagnated"):
        sv.solve(problem, quiet=True)


def test_refusals():
    walls = sv.Problem(sv.Interval(x, 0, 1), [sp.Eq(u.diff(x, 2), 1)], [sv.Dirichlet(u, 0)])
    assert "boundaries on x" in FourierGalerkin().applies(walls).reason
    assert "evolves" in FourierGalerkin().applies(sv.problems.kdv()).reason
    assert "no space" in FourierGalerkin().applies(sv.problems.lorenz()).reason
    with pytest.raises(sv.UnsupportedError, match="FourierGalerkin needs a periodic box"):
        FourierGalerkin().compile(walls, tolerance=1e-6)


def test_forms():
    linear, nonlinear = (_manufactured(OPERATORS[name]) for name in ("variable coefficients", "nonlinear"))
    space = Fourier(linear.space, 16)
    form = assemble(linear, space, values_of(linear))
    assert isinstance(form, LinearSystem) and isinstance(assemble(nonlinear, space), Residual)
    matrix = np.asarray(form.matrix(form.args).as_matrix())
    assert np.linalg.cond(matrix) < 20  # the preconditioner is a part of the form
