"""Finite elements through sv.solve: chosen for shapes, refined to a tolerance, marched in time, compared and kept."""

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev.equations import with_velocities
from sobolev.methods import FiniteDifference, FiniteElement, SpectralETD, applicable
from sobolev.spaces import bends

pytest.importorskip("gmsh")
pytest.importorskip("skfem")

x, y, t = sv.coordinates("x y t")
u, h = sv.unknown("u", x, y), sv.unknown("h", x, y, t)
DISK = sv.Disk((x, y), (0.0, 0.0), 1.0)


def heat(exact, rate=1, k=1):
    right = rate * sp.diff(exact, t) - k * (sp.diff(exact, x, 2) + sp.diff(exact, y, 2))
    return sv.Problem(
        DISK * sv.Time(t, 0, 1),
        [sp.Eq(rate * sp.diff(h, t) - k * sv.laplacian(h), right)],
        [sv.Initial(h, exact.subs(t, 0)), sv.Dirichlet(h, exact)],
        exact=exact,
    )


def test_heat_on_a_disk_with_moving_boundary_values():
    """A variable capacity: the mass matrix is consistent, and given values that move enter through it."""
    problem = heat(sp.exp(-t) * sp.sin(x + y / 2) + x * t, rate=1 + x**2)
    coarse, fine = (sv.solve(problem, FiniteElement(), resolution=n, tolerance=1e-6, quiet=True) for n in (4, 8))
    errors = [s.compare().relative_l2 for s in (coarse, fine)]
    assert errors[1] < 1e-4
    assert np.log2(errors[0] / errors[1]) > 2.5


def test_capacities_that_move():
    """(1 + t x + u²) ∂u/∂t = ∆u + f: a mass matrix of its own at every time, to the order of the elements."""
    statement = sv.Problem(
        sv.Rectangle((x, 0, 1), (y, 0, 1.5)) * sv.Time(t, 0, 0.5),
        [sp.Eq((1 + t * x + h**2) * sp.diff(h, t), sv.laplacian(h))],
        [sv.Initial(h, 0), sv.Robin(h, 2, 3, 0)],
    )
    problem = sv.manufactured(statement, h=sp.cos(3 * t) * sp.sin(2 * x + y) + t)
    assert set(with_velocities(problem).unknown_names) == {"h", "h_t"}
    coarse, fine = (sv.solve(problem, FiniteElement(), resolution=n, tolerance=1e-6, quiet=True) for n in (4, 8))
    errors = [s.compare().relative_l2 for s in (coarse, fine)]
    assert errors[1] < 2e-4
    assert np.log2(errors[0] / errors[1]) > 2.7
    wave = sv.Problem(
        statement.domain,
        [sp.Eq((1 + h**2) * sp.diff(h, t, 2), sv.laplacian(h))],
        [*statement.conditions, sv.Initial(sp.diff(h, t), 0)],
    )
    assert set(with_velocities(wave).unknown_names) == {"h", "h_t", "h_t_t"}
    squared = sv.Problem(statement.domain, [sp.Eq(sp.diff(h, t) ** 2, sv.laplacian(h))], statement.conditions)
    assert "not linear" in FiniteElement().applies(squared).reason


def test_gradient_through_an_evolution():
    k = sv.parameter("k", default=1.0)
    problem = heat(sp.exp(-t) * x, k=k).replace(exact=None)

    def value(k):
        return sv.solve(
            problem.replace(k=k), FiniteElement(degree=1), resolution=3, tolerance=1e-6, times=[1.0], quiet=True
        )(x=0.3, y=0.1, t=1.0)

    problem = problem.replace(equations=[sp.Eq(sp.diff(h, t) - k * sv.laplacian(h), 1)])
    found = jax.grad(value)(1.3)
    assert found == pytest.approx((value(1.301) - value(1.299)) / 0.002, rel=1e-4)


def test_shapes_are_given_to_finite_elements():
    problem = sv.Problem(DISK, [sp.Eq(-sv.laplacian(u), 4)], [sv.Dirichlet(u, 0)], exact=1 - x**2 - y**2)
    solution = sv.solve(problem, tolerance=8e-3, quiet=True)
    assert isinstance(solution.method, FiniteElement)
    assert "triangles" in solution.reason
    assert solution.error_bar.relative_l2 <= 8e-3
    true = solution.compare().relative_l2
    assert 0.1 * true < solution.error_bar.relative_l2 < 10 * true
    for method in (FiniteDifference(), SpectralETD()):
        with pytest.raises(sv.UnsupportedError) as caught:
            sv.solve(problem, method, quiet=True)
        assert "FiniteElement" in str(caught.value)
    assert [name for name, verdict in applicable(problem).items() if verdict] == ["FiniteElement"]


def test_a_mesh_is_taken_as_it_is_and_cut():
    mesh = DISK.mesh(0.4)
    problem = sv.Problem(mesh, [sp.Eq(-sv.laplacian(u), 4)], [sv.Dirichlet(u, 0)])
    method = FiniteElement(degree=1)
    assert method.space(problem).mesh == mesh
    counts = method.counts(problem, None)
    assert len(method.space(problem, [2 * n for n in counts]).mesh.cells) == 4 * len(mesh.cells)


def test_a_mesh_may_be_given_to_the_method():
    problem = sv.Problem(DISK, [sp.Eq(-sv.laplacian(u), 4)], [sv.Dirichlet(u, 0)])
    mesh = DISK.mesh(0.3)
    space = FiniteElement(mesh=mesh).space(problem, 40)
    assert space.mesh == mesh and space.curved and bends(mesh)
    z = sv.coordinates("z")
    other = sv.Disk((x, z), (0.0, 0.0), 1.0).mesh(0.5)
    with pytest.raises(sv.ArgumentError, match="other coordinates"):
        sv.solve(problem, FiniteElement(mesh=other), quiet=True, resolution=4)


def test_kept_and_drawn(tmp_path):
    problem = sv.Problem(DISK, [sp.Eq(-sv.laplacian(u), 4)], [sv.Dirichlet(u, 0)])
    solution = sv.solve(problem, FiniteElement(), resolution=6, quiet=True)
    again = sv.load_solution(solution.save(tmp_path / "disk.npz"), problem)
    points = {"x": np.linspace(-0.6, 0.6, 5), "y": 0.2}
    np.testing.assert_array_equal(again(**points), solution(**points))
    assert again.compare(solution).relative_l2 < 1e-14
    figure = solution.plot()
    assert len(figure.axes) == 2  # the image and its colour bar


@pytest.mark.parametrize("arguments", [{"degree": 3}, {"size": 0.0}, {"size": float("nan")}])
def test_wrong_arguments(arguments):
    with pytest.raises(sv.ArgumentError, match="FiniteElement: the"):
        FiniteElement(**arguments)


def drum(*conditions):
    """A damped membrane."""
    return sv.Problem(
        DISK * sv.Time(t, 0, 1),
        [sp.Eq(sp.diff(h, t, 2) + sp.diff(h, t) / 2, sv.laplacian(h))],
        [sv.Initial(h, 0), sv.Initial(h.diff(t), 1), *conditions],
        name="drum",
    )


@pytest.mark.parametrize("condition", [sv.Dirichlet(h, 0), sv.Robin(h, 2, 1, 0)], ids=["fixed", "elastic"])
def test_waves_on_a_disk(condition):
    """Second order in time, damped, with boundary values that move: third order in the size of cells."""
    problem = sv.manufactured(drum(condition), h=sp.sin(2 * x + y) * sp.cos(3 * t))
    errors = [
        sv.solve(problem, FiniteElement(), resolution=n, tolerance=1e-6, quiet=True).compare().relative_l2
        for n in (5, 10)
    ]
    assert errors[1] < 4e-4
    assert np.log2(errors[0] / errors[1]) > 2.7


def test_velocities_are_unknowns_of_their_own():
    lowered = with_velocities(drum(sv.Dirichlet(h, sp.sin(t))))
    (v,) = set(lowered.unknowns) - {h}
    assert lowered.unknown_names == (v.func.__name__, "h") and v.func.__name__ == "h_t"
    assert lowered.residuals == (v / 2 - sv.laplacian(h) + v.diff(t), h.diff(t) - v)
    assert [str(c) for c in lowered.conditions_of(v, sv.Robin)] == ["Dirichlet(h_t, cos(t))"]
    assert with_velocities(lowered) is lowered


def test_what_it_does_not_take_is_named():
    drive = sv.input_field("g", x, y, t, default=sp.sin(t))
    wave = drum(sv.Dirichlet(h, drive))
    line = sv.unknown("f", x)
    rod = sv.Problem(sv.Interval(x, 0, 1), [sp.Eq(sp.diff(line, x, 2), 1)], [sv.Dirichlet(line, 0)])
    for problem, reason in ((wave, "expression of time"), (rod, "two or three space dimensions")):
        with pytest.raises(sv.UnsupportedError, match=reason):
            sv.solve(problem, FiniteElement(), quiet=True)


def test_a_reference_has_no_pointwise_residual():
    problem = sv.Problem(DISK, [sp.Eq(-sv.laplacian(u), 4)], [sv.Dirichlet(u, 0)], exact=1 - x**2 - y**2)
    found = sv.reference(problem, FiniteElement(), tolerance=2e-2, quiet=True)
    assert found.error_bar.source == "exact solution"
    assert found.error_bar.residual is None
    with pytest.raises(sv.UnsupportedError, match="no pointwise residual"):
        found.residual()
