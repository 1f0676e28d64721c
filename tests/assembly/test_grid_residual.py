"""Residuals of statements on grids: exact solutions leave none but the scheme's own error."""

import equinox as eqx
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import grid_residual
from sobolev.fields import Axis, Grid, GridField

x, y, t = sv.coordinates("x y t")
u, w = sv.unknown("u", x, y), sv.unknown("u", x)


def field(grid, expression, names=("u",)):
    symbols = sp.symbols(grid.names, real=True)
    function = sp.lambdify(symbols, expression, "numpy")
    return GridField(np.broadcast_to(function(*grid.coordinates.values()), grid.shape), grid, names)


def square(points, kind):
    return Grid((Axis("x", 0, 1, points, kind), Axis("y", 0, 2, points + 3, kind)))


def residual_of(problem, fields):
    """`grid_residual` compiled as a whole: step by step, each of its operations is compiled alone."""
    return eqx.filter_jit(lambda f: grid_residual(problem, f))(fields)


def poisson(solution, coefficient=1):
    flux = coefficient * sv.grad(u, x, y)
    source = -sv.div(flux, x, y).doit().subs(u, solution).doit()
    return sv.Problem(
        name="poisson",
        domain=sv.Interval(x, 0, 1) * sv.Interval(y, 0, 2),
        equations=[sp.Eq(-sv.div(flux, x, y), source)],
        conditions=[
            sv.Dirichlet(u, solution, on=("x.min", "y.max")),
            sv.Neumann(u, solution.diff(x).subs(x, 1), on="x.max"),
            sv.Robin(u, 2, 3, (2 * solution - 3 * solution.diff(y)).subs(y, 0), on="y.min"),
        ],
    )


def largest(residual):
    return largest_equation(residual), max(float(np.max(np.abs(r))) for r in residual.conditions.values())


def largest_equation(residual):
    return max(float(np.max(np.abs(r))) for r in residual.equations)


@pytest.mark.parametrize("kind", ["nodes", "cells"])
def test_residual_of_exact_solution_falls_at_second_order(kind):
    solution = sp.sin(2 * x + 1) * sp.exp(y / 2)
    problem = poisson(solution, 1 + x * y / 2)
    with precision_context("double"):
        sizes = [largest(residual_of(problem, field(square(n, kind), solution))) for n in (24, 48)]
    for part in zip(*sizes, strict=True):
        rates = np.log2(np.array(part[:-1]) / part[1:])
        assert np.all(rates > 1.75), (kind, part)
    assert max(sizes[-1]) < 1e-2


def test_chebyshev_residual_is_rounding():
    solution = sp.sin(2 * x + 1) * sp.exp(y / 2)
    problem = poisson(solution, 1 + x * y / 2)
    with precision_context("double"):
        assert max(largest(residual_of(problem, field(square(20, "chebyshev"), solution)))) < 1e-9


def test_periodic_residual_of_band_limited_solution_is_rounding():
    problem = sv.Problem(
        name="helmholtz",
        domain=sv.Interval(x, 0, 2 * sp.pi, periodic=True),
        equations=[sp.Eq(w.diff(x, 2) + 4 * w + w**2, -5 * sp.sin(3 * x) + sp.sin(3 * x) ** 2)],
    )
    grid = Grid((Axis("x", 0, 2 * np.pi, 16, "periodic"),))
    with precision_context("double"):
        right = residual_of(problem, field(grid, sp.sin(3 * x)))
        wrong = residual_of(problem, field(grid, sp.sin(3 * x) + sp.cos(x) / 10))
    assert largest_equation(right) < 1e-12
    # w = 0.1 cos x adds 3·0.1 cos x + 2·0.1 sin 3x cos x + 0.01 cos² x
    expected = sp.lambdify(x, 3 * sp.cos(x) / 10 + sp.sin(3 * x) * sp.cos(x) / 5 + sp.cos(x) ** 2 / 100)
    np.testing.assert_allclose(wrong.equations[0], expected(grid.coordinates["x"]), atol=1e-12)


def test_discontinuous_coefficient_leaves_no_residual():
    a = sv.input_field("a", x, default=1)
    problem = sv.Problem(
        name="layers",
        domain=sv.Interval(x, 0, 1),
        equations=[sp.Eq(-sv.div(a * sv.grad(w, x), x), 0)],
        conditions=[sv.Dirichlet(w, 0, on="x.min"), sv.Dirichlet(w, 1, on="x.max")],
    )
    grid = Grid((Axis("x", 0, 1, 11, "nodes"),))
    xs = grid.axes[0].coordinates
    # Flux q through a = 12 on [0, 0.45], 3 on [0.45, 1]; the interface is a midpoint of the grid.
    q = 1 / (0.45 / 12 + 0.55 / 3)
    exact = np.where(xs < 0.45, q * xs / 12, 1 - q * (1 - xs) / 3)
    with precision_context("double"):
        phases = GridField(np.where(xs < 0.45, 12.0, 3.0), grid, "a")
        bound = problem.replace(a=phases)
        residual = residual_of(bound, GridField(exact, grid, "u"))
        assert largest_equation(residual) < 1e-10
        assert max(float(abs(r)) for r in residual.conditions.values()) < 1e-14
        shifted = residual_of(bound, GridField(exact + 0.1 * xs, grid, "u"))
        assert largest_equation(shifted) > 1  # the flux 0.1 a jumps
        assert float(shifted.conditions[next(k for k in shifted.conditions if "x.max" in k)]) == pytest.approx(0.1)


def test_evolution_on_a_space_time_grid():
    v, z = sv.unknown("u", x, t), sp.exp(-t) * sp.sin(x)
    problem = sv.Problem(
        name="heat",
        domain=sv.Interval(x, 0, 2 * sp.pi, periodic=True) * sv.Time(t, 0, 1),
        equations=[sp.Eq(v.diff(t), v.diff(x, 2))],
        conditions=[sv.Initial(v, sp.sin(x))],
    )
    sizes = []
    with precision_context("double"):
        for n in (11, 21, 41):
            grid = Grid((Axis("t", 0, 1, n, "nodes"), Axis("x", 0, 2 * np.pi, 8, "periodic")))
            residual = residual_of(problem, field(grid, z))
            assert max(float(np.max(np.abs(r))) for r in residual.conditions.values()) < 1e-14
            sizes.append(largest_equation(residual))
    assert np.all(np.log2(np.array(sizes[:-1]) / sizes[1:]) > 1.8)


def test_mean_condition():
    problem = sv.Problem(
        name="mean",
        domain=sv.Interval(x, 0, 1, periodic=True),
        equations=[sp.Eq(w.diff(x, 2), -4 * sp.pi**2 * sp.sin(2 * sp.pi * x))],
        conditions=[sv.Mean(w, 0.25)],
    )
    grid = Grid((Axis("x", 0, 1, 16, "periodic"),))
    with precision_context("double"):
        residual = residual_of(problem, field(grid, sp.sin(2 * sp.pi * x) + 1))
    assert largest_equation(residual) < 1e-10
    (mean,) = residual.conditions.values()
    assert float(mean) == pytest.approx(0.75)


def test_fields_elsewhere_are_refused_by_name():
    problem = poisson(x * y)
    grid = Grid((Axis("x", 0, 1, 8, "nodes"),))
    with pytest.raises(sv.ArgumentError, match="do not lie on one grid of 'poisson'"):
        grid_residual(problem, GridField(np.zeros(8), grid, "u"))
