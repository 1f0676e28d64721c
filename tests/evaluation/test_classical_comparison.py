"""Comparisons without learning, and the reports of solutions: geometry, meshes, estimated errors."""

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.evaluation import is_on_mesh, report_html, solution_html
from sobolev.evaluation._trivial import constants_on_cells

x, y = sv.coordinates("x y")
u = sv.unknown("u", x, y)


def _statement(source=1):
    """The disk of radius one: u = (1 − r²)/4 for a source of one, whose mean square is 1/48."""
    disk = sv.Disk((x, y), (0, 0), 1)
    return sv.Problem(disk, [sp.Eq(-sv.laplacian(u), source)], [sv.Dirichlet(u, 0)], name="disk")


@pytest.fixture(scope="module")
def coarse():
    return sv.solve(_statement(), sv.methods.FiniteElement(degree=1), resolution=8, quiet=True)


@pytest.fixture(scope="module")
def comparison(coarse):
    other = sv.solve(_statement(2), sv.methods.FiniteElement(degree=1), resolution=8, quiet=True)
    return sv.compare(_statement(), {"coarse": coarse, "of another": other}, quiet=True, key=jax.random.key(0))


def test_rows_are_scored_against_the_truth(coarse, comparison):
    distance = np.sqrt(np.pi / 48)  # norm of u
    points = coarse.space.mesh.geometry.quadrature(5)
    exact = (1 - (points[0] ** 2).sum(-1)) / 4
    error = np.sqrt(points[1] @ (coarse(x=points[0][:, 0], y=points[0][:, 1]) - exact) ** 2) / distance
    assert comparison["coarse"].entry.median == pytest.approx(error, rel=0.05)
    assert comparison["zero"].entry.median == pytest.approx(1, abs=1e-6)
    # A rim is missed by straight sides. u has the mean 1/8: ‖u − 1/8‖² / ‖u‖² = 1 − (1/8)² π / (π/48) = 1/4
    assert comparison["constant mean"].entry.median == pytest.approx(0.5, rel=3e-3)


def test_what_does_not_belong_is_a_row_with_its_reason(comparison):
    assert "different statements" in comparison["of another"].entry.failure
    assert "of another" in comparison.rules["R12"]


def test_the_front_converges_and_knows_its_floor(comparison):
    uniform = [p.error for p in comparison.front if "across" in p.resolution]
    assert uniform[1] < uniform[0] / 3
    assert comparison.reference.bar is not None and comparison.reference.bar < 1e-4
    assert "at reference floor" in report_html(comparison) or min(uniform) > 3 * comparison.reference.bar


def test_reports_show_geometry_mesh_and_estimates(coarse, comparison):
    page = report_html(comparison)
    for words in ("Geometry", "Meshes and estimated errors", "estimated error of the gradient", "Nothing was learned"):
        assert words in page
    alone = solution_html(coarse)
    for words in ("Geometry", "the mesh:", "one resolution only", "<math"):
        assert words in alone
    assert "<script" not in page and "<script" not in alone


def test_constants_of_a_known_field(coarse):
    table = constants_on_cells(coarse)["constant mean"]
    assert table["u"].relative_l2 == pytest.approx(0.5, rel=2e-2)


def test_which_statements_are_on_meshes():
    on = {name: is_on_mesh(getattr(sv.problems, name)()) for name in ("poisson_holes", "lid_driven_cavity")}
    assert all(on.values())
    assert not any(is_on_mesh(getattr(sv.problems, name)()) for name in ("darcy", "burgers", "lorenz", "disk_modes"))


def test_slopes_at_points_have_their_sign(coarse):
    """∂ₓ(1 − r²)/4 = −x/2, constant on each cell of degree one."""
    found = coarse.derivative("u", {"x": 1}, x=np.array([0.4, -0.4]), y=0.1)
    np.testing.assert_allclose(found, [-0.2, 0.2], atol=0.08)


def test_operators_are_refused_by_name():
    with pytest.raises(sv.UnsupportedError, match="solved on a mesh"):
        sv.compare(_statement(), sv.operators.FNO(), quiet=True, key=jax.random.key(0))
