"""Meshes adapted to the residual: estimates against known errors, rates at a corner, what is marked."""

import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import Indicators, finite_elements, indicators
from sobolev.equations import values_of
from sobolev.methods import FiniteElement
from sobolev.spaces import at_points, locally_refined

pytest.importorskip("gmsh")
pytest.importorskip("skfem")

x, y, z = sv.coordinates("x y z")
u, v = sv.unknown("u", x, y), sv.unknown("v", x, y)
SQUARE = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
CORNER = sv.Polygon((x, y), [(-1, -1), (0, -1), (0, 0), (1, 0), (1, 1), (-1, 1)])
ANGLE = sp.Piecewise((sp.atan2(y, x), y >= 0), (sp.atan2(y, x) + 2 * sp.pi, True))
SINGULAR = (x**2 + y**2) ** sp.Rational(1, 3) * sp.sin(2 * ANGLE / 3)  # r^(2/3) sin 2φ/3, zero on both sides


def errors(solution, exact, k=0):
    """Relative errors in L2 and in the gradient, by the solution's own cells."""
    rule = solution.space.table.rule(5)
    points = np.moveaxis(rule.points, 0, -1).reshape(-1, 2)
    weights = (rule.weights[:, None] * rule.size).ravel()
    value, slope = at_points(solution.space, np.asarray(solution.coefficients), points)
    goal = np.broadcast_to(sp.lambdify((x, y), exact)(*points.T), len(points))
    goals = np.stack([np.broadcast_to(sp.lambdify((x, y), sp.diff(exact, c))(*points.T), len(points)) for c in (x, y)])
    first = np.sqrt(weights @ (value[:, k] - goal) ** 2 / (weights @ goal**2))
    second = np.sqrt(weights @ ((slope[..., k] - goals.T) ** 2).sum(1) / (weights @ (goals**2).sum(0)))
    return first, second


@pytest.mark.parametrize("degree", [1, 2])
def test_a_corner_is_found_and_the_estimate_is_near_the_error(degree):
    problem = sv.Problem(CORNER, [sp.Eq(-sv.laplacian(u), 0)], [sv.Dirichlet(u, SINGULAR)])
    solution = sv.solve(problem, FiniteElement(degree=degree), tolerance=(2e-4, 3e-5)[degree - 1], quiet=True)
    value, slope = errors(solution, SINGULAR)
    bar = solution.error_bar
    assert 0.3 < bar.relative_l2 / value < 3
    assert 0.5 < bar.gradient / slope < 2
    assert "residual" in bar.source
    np.testing.assert_allclose(np.sqrt((solution.cell_errors**2).sum()), bar.gradient, rtol=1e-12)
    mesh = solution.space.mesh
    far = np.linalg.norm(mesh.vertices[mesh.cells].mean(1), axis=1)
    assert mesh.volumes[far < 0.05].min() < 0.02 * np.median(mesh.volumes)
    assert mesh.part_names == CORNER.parts and mesh.quality.min() > 0.2
    # A uniform mesh with at least as many unknowns is at least twice as wrong (N^(-1/3) against N^(-degree/2)).
    count = round((2, 1)[degree - 1] * np.sqrt(solution.space.size))
    uniform = sv.solve(problem, FiniteElement(degree=degree), resolution=count // (2, 2)[degree - 1], quiet=True)
    assert uniform.space.size > 0.6 * solution.space.size
    assert errors(uniform, SINGULAR)[1] > 1.8 * slope


def test_cells_are_marked_by_energy():
    """Where the coefficient varies, it weighs what gradients miss, relative to its mean; nothing changes elsewhere."""

    def found(a):
        statement = sv.Problem(SQUARE, [sp.Eq(-sv.div(a * sv.grad(u)), 1)], [sv.Robin(u, 1, 1, 0)])
        with precision_context("double"):
            space = FiniteElement(degree=1).space(statement, 6)
            coefficients = np.random.default_rng(0).standard_normal((space.size, 1))
            return indicators(finite_elements(statement, space), coefficients, values_of(statement)), space.mesh

    same, mesh = found(sp.Integer(7))
    assert same.energies == pytest.approx(same.gradients)
    jump, _ = found(sp.Piecewise((1, x < 0.5), (100, True)))
    left = mesh.vertices[mesh.cells].mean(1)[:, 0]
    ratio = jump.energies / jump.gradients
    assert ratio[left < 0.3] == pytest.approx(1 / 50.5)
    assert ratio[left > 0.7] == pytest.approx(100 / 50.5)


def test_indicators_see_residual_jumps_and_boundary_flux():
    """Each part of η alone: a source, a kink along a line, a flux that is not the one prescribed."""
    box = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
    sides = [sv.Dirichlet(u, 0, on=("x.min", "y.min", "y.max"))]
    space = FiniteElement(degree=1).space(sv.Problem(box, [sp.Eq(-sv.laplacian(u), 0)], [sv.Dirichlet(u, 0)]), 4)

    def found(equation, condition, values):
        with precision_context("double"):
            problem = sv.Problem(box, [equation], [*sides, condition])
            return indicators(finite_elements(problem, space), values[:, None], values_of(problem))

    nodes = space.nodes
    zero = np.zeros(space.size)
    source = found(sp.Eq(-3 * sv.laplacian(u), 6), sv.Neumann(u, 0, on="x.max"), zero)
    assert isinstance(source, Indicators)
    np.testing.assert_allclose(source.gradients, 36 / 9 / 32**2, rtol=1e-12)  # (h/a)² f² |K|, h² = |K| = 1/32
    flux = found(sp.Eq(-3 * sv.laplacian(u), 0), sv.Neumann(u, 5, on="x.max"), zero)
    np.testing.assert_allclose(np.sort(flux.gradients)[-4:], 0.25 * 5**2 * 0.25, rtol=1e-12)
    assert (np.sort(flux.gradients)[:-4] == 0).all()
    kink = np.abs(nodes[:, 0] - 0.5)  # [∂u/∂n] = 2 on x = 1/2; the source makes up for nothing
    jump = found(sp.Eq(-sv.laplacian(u), 0), sv.Neumann(u, 1, on="x.max"), kink)
    np.testing.assert_allclose(np.sort(jump.gradients)[-8:], 0.25 * 4 * 0.25 / 2, rtol=1e-12)
    assert jump.slope == pytest.approx(1)
    # A polynomial of degree 2 that solves (1 + x) u_xx + u_x + … = … leaves nothing of its cells: S and ∇·F cancel.
    square = FiniteElement(degree=2).space(sv.Problem(box, [sp.Eq(-sv.laplacian(u), 0)], [sv.Dirichlet(u, 0)]), 4)
    statement = sv.Problem(
        box,
        [sp.Eq(sv.div((1 + x) * sv.grad(u)), 2 + 4 * x)],
        [*sides, sv.Neumann(u, 2, on="x.max")],
    )
    with precision_context("double"):
        solved = indicators(finite_elements(statement, square), square.nodes[:, :1] ** 2, values_of(statement))
    assert solved.gradients.max() < 1e-12  # coefficients are seen from a little inside of each cell
    # A coefficient that jumps with the slope, so that the flux is continuous, leaves nothing.
    a = sp.Piecewise((1, x < sp.Rational(1, 2)), (3, True))
    bent = np.where(nodes[:, 0] < 0.5, nodes[:, 0], 0.5 + (nodes[:, 0] - 0.5) / 3)
    balanced = found(sp.Eq(sv.div(a * sv.grad(u)), 0), sv.Neumann(u, sp.Rational(1, 3), on="x.max"), bent)
    assert balanced.gradients.max() < 1e-20


def test_systems_and_smooth_nonlinear_statements():
    """Both unknowns count; the estimate holds for a nonlinear equation and for a curved boundary."""
    first, second = sp.sin(2 * x) * sp.cos(y), sp.exp(x) * y / 3

    def residual(f, g):
        return -sp.diff((1 + g**2) * sp.diff(f, x), x) - sp.diff((1 + g**2) * sp.diff(f, y), y) + f**3

    def flow(f, g):
        return -sv.div((1 + g**2) * sv.grad(f, x, y), x, y) + f**3

    equations = [
        sp.Eq(flow(u, v), residual(first, second)),
        sp.Eq(-sv.laplacian(v) + u, -sp.diff(second, x, 2) - sp.diff(second, y, 2) + first),
    ]
    disk = sv.Disk((x, y), (0.0, 0.0), 1.0)
    problem = sv.Problem(disk, equations, [sv.Dirichlet(u, first), sv.Dirichlet(v, second)])
    solution = sv.solve(problem, FiniteElement(), tolerance=1e-4, quiet=True)
    assert solution.space.curved
    worst = max(errors(solution, e, k)[0] for k, e in enumerate((first, second)))
    assert 0.3 < solution.error_bar.relative_l2 / worst < 3


def test_refined_meshes_are_conforming_nested_and_on_the_shape():
    disk = sv.Disk((x, y), (0.0, 0.0), 1.0)
    mesh = disk.mesh(0.4)
    finer, parents = locally_refined(mesh, np.array([0, 1, 2]))
    assert len(finer.cells) >= len(mesh.cells) + 9 and (finer.volumes > 0).all()
    np.testing.assert_allclose(np.linalg.norm(finer.vertices[np.unique(finer.facets)], axis=1), 1, atol=1e-12)
    inner = np.setdiff1d(np.arange(len(mesh.cells)), np.unique(parents[np.bincount(parents)[parents] > 1]))
    assert (np.bincount(parents, minlength=len(mesh.cells)) >= 1).all() and len(inner) > 0
    cube = sv.Cuboid((x, 0, 1), (y, 0, 1), (z, 0, 1), name="cube").mesh(0.6)
    cut, _ = locally_refined(cube, np.array([0]))
    assert len(cut.cells) > len(cube.cells)
    assert cut.measure == pytest.approx(1)
    assert cut.part_names == cube.part_names


def test_refinement_begins_at_the_size_that_was_asked_for():
    problem = sv.Problem(SQUARE, [sp.Eq(-sv.laplacian(u), 1)], [sv.Dirichlet(u, 0)])
    first = (FiniteElement(size=1 / 20).space(problem), FiniteElement(size=1 / 4).space(problem))
    fine, coarse = (
        sv.solve(problem, FiniteElement(size=size), tolerance=1e-2, quiet=True).space.size for size in (1 / 20, 1 / 4)
    )
    assert first[0].size < fine and first[1].size < coarse < first[0].size
