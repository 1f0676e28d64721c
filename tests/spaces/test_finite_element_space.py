"""Elements, their integrals, and their assembly against closed forms."""

import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import plots
from sobolev._core import precision_context
from sobolev.assembly import FiniteElements, SparseOperator, WeakEquation, finite_elements, space_order, weak_form
from sobolev.domains import Box
from sobolev.equations import values_of
from sobolev.spaces import FacetRule, FiniteElement, Rule, box_mesh, uniformly_refined

pytest.importorskip("skfem")

x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)
BOX = Box((sv.Interval(x, 0, 2), sv.Interval(y, 0, 1)))


def test_polynomials_of_the_degree_are_exact():
    mesh = uniformly_refined(box_mesh(BOX, (2, 1)), 1)
    assert len(mesh.cells) == 16
    assert set(mesh.part_names) == {"x.min", "x.max", "y.min", "y.max"}
    space = FiniteElement(mesh, 2)
    a, b = space.nodes.T
    points = {"x": np.array([0.13, 1.9]), "y": np.array([0.71, 0.05])}
    with precision_context("double"):
        coefficients = jnp.asarray(a**2 - 3 * a * b)[:, None]
        values, slopes, second = (space.jet(coefficients, o, points)[:, 0] for o in ((0, 0), (1, 0), (1, 1)))
    np.testing.assert_allclose(values, points["x"] ** 2 - 3 * points["x"] * points["y"], atol=1e-13)
    np.testing.assert_allclose(slopes, 2 * points["x"] - 3 * points["y"], atol=1e-12)
    np.testing.assert_allclose(second, -3, atol=1e-11)


def test_quadrature_of_cells_and_facets():
    mesh = box_mesh(BOX, (3, 2))
    table = FiniteElement(mesh, 2).table
    rule, facets = table.rule(4), table.facet_rule(mesh.facets_on("x.max"), 4)
    assert isinstance(rule, Rule)
    assert isinstance(facets, FacetRule)
    a, b = rule.points
    assert np.sum(rule.weights[:, None] * rule.size * a**3 * b) == pytest.approx(2.0)
    assert np.sum(facets.weights * facets.points[1] ** 4) == pytest.approx(0.2)
    np.testing.assert_allclose(facets.normals[0], 1)
    np.testing.assert_allclose(facets.value.sum(0), 1, atol=1e-14)


def test_the_matrix_is_the_jacobian_of_the_residual():
    problem = sv.Problem(BOX, [sp.Eq(sv.div((1 + u**2) * sv.grad(u)), x)], [sv.Robin(u, 1, 2, y)])
    (weak,) = weak_form(problem)
    assert isinstance(weak, WeakEquation)
    assert space_order(problem, u) == 2
    with precision_context("double"):
        prepared = finite_elements(problem, FiniteElement(box_mesh(BOX, (3, 2)), 1))
        assert isinstance(prepared, FiniteElements)
        form = prepared.form(values_of(problem))
        at = jnp.asarray(np.random.default_rng(0).normal(size=12))
        along = jnp.asarray(np.random.default_rng(1).normal(size=12))
        jacobian = form.jacobian(at, form.args)
        assert isinstance(jacobian, SparseOperator)
        step = 1e-6
        ends = [form.function(at + s * along, form.args) for s in (step, -step)]
        np.testing.assert_allclose(jacobian.mv(along), (ends[0] - ends[1]) / (2 * step), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(jacobian.transpose().mv(along), jacobian.as_matrix().T @ along, atol=1e-12)


def test_triangle_images_have_a_panel_each():
    mesh = box_mesh(BOX, (3, 2))
    panels = {"a": mesh.vertices[:, 0], "b": mesh.vertices[:, 1], "c": mesh.vertices.sum(1)}
    figure = plots.triangle_images(panels, mesh.vertices, mesh.cells, columns=2)
    assert sum(bool(axes.collections) and axes.get_title() in panels for axes in figure.axes) == 3


def test_unknown_degrees_are_refused():
    with pytest.raises(sv.ArgumentError, match="degree"):
        FiniteElement(box_mesh(BOX, (1, 1)), 3)


def test_facets_of_strongly_curved_cells():
    """A small ball in a coarse mesh: integrals over its facets need no inverse of the cells' maps."""
    z = sv.coordinates("z")
    block = sv.Cuboid((x, 0, 1), (y, 0, 1), (z, 0, 1))
    hole = sv.Ball((x, y, z), (0.6, 0.2, 0.3), 0.1)
    table = FiniteElement((block - hole).mesh(0.15, planes=[(z, 0.5)]), 2, (), True).table
    rule = table.facet_rule(np.arange(len(table.mesh.facets)), 4)
    assert rule.weights.sum() == pytest.approx(6 + 4 * np.pi * 0.01, rel=3e-3)
    inward = rule.value.sum(0) * (rule.points * rule.normals).sum(0) / 3  # functions add up to one
    assert (rule.weights * inward).sum() == pytest.approx(table.rule(4).volumes.sum(), rel=1e-3)
    slopes = np.einsum("diqk,ik->dqk", rule.gradient, (table.nodes @ [1.0, 2.0, 3.0])[table.dofs[:, rule.cells]])
    np.testing.assert_allclose(
        slopes, np.broadcast_to(np.array([1.0, 2.0, 3.0])[:, None, None], slopes.shape), atol=1e-9
    )
    first, second = table.jump_rule(2)
    np.testing.assert_allclose(first.points, second.points, atol=1e-12)
