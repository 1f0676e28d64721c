"""Statements on shapes and meshes: conditions on parts, printing, predicates, manufactured solutions."""

import warnings

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv

x, y, z, t = sv.coordinates("x y z t")
u = sv.unknown("u", x, y)
HOLE = sv.Disk((x, y), (1, 0.5), 0.3, name="hole_a")
SHAPE = sv.Rectangle((x, 0, 2), (y, 0, 1)) - HOLE
CONDITIONS = [
    sv.Dirichlet(u, 0, on="rectangle"),
    sv.Neumann(u, x, on=HOLE.boundary.where(x > 1)),
    sv.Robin(u, 1, 1, y, on=HOLE.boundary.where(x < 1)),
]
PROBLEM = sv.Problem(SHAPE, -sv.laplacian(u) - 1, CONDITIONS, name="plate")


def test_statement_reads_as_mathematics():
    assert str(PROBLEM).splitlines() == [
        "plate on rectangle x in [0, 2], y in [0, 1] - disk of radius 0.3 about (1, 0.5)",
        "  -u_xx - u_yy - 1 = 0",
        "  u = 0  on x.min, x.max, y.min, y.max",
        "  u_n = x  on hole_a where x > 1",
        "  u_n + u = y  on hole_a where x < 1",
    ]
    assert r"\text{on hole\_a where x > 1}" in PROBLEM.latex()
    assert "hole_a where x &lt; 1" in PROBLEM.mathml()


def test_predicates():
    assert (PROBLEM.ndim, PROBLEM.coordinates, PROBLEM.order) == (2, (x, y), 2)
    assert PROBLEM.is_steady and PROBLEM.is_linear and not PROBLEM.is_periodic and not PROBLEM.is_ode
    assert PROBLEM.domain.parts == ("x.min", "x.max", "y.min", "y.max", "hole_a") and PROBLEM.domain.sides == ()
    assert len(PROBLEM.boundary_condition(u, "hole_a")) == 2 and len(PROBLEM.boundary_condition(u, "x.min")) == 1
    assert PROBLEM.replace(name="other").space == SHAPE


def test_evolution_and_warning_of_jumps():
    v = sv.unknown("v", x, y, t)
    heat = sp.Eq(v.diff(t), sv.laplacian(v))
    domain = SHAPE * sv.Time(t, 0, 1)
    with pytest.warns(sv.StatementWarning, match="disagrees with Dirichlet"):
        sv.Problem(domain, heat, [sv.Dirichlet(v, 1), sv.Initial(v, 0)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        problem = sv.Problem(domain, heat, [sv.Dirichlet(v, t), sv.Initial(v, 0)])
    assert problem.is_evolution and problem.domain.coordinates == (x, y, t)


def test_systems_count_in_total():
    names = [sv.unknown(n, x, y) for n in ("a", "b", "p")]
    a, b, p = names
    stokes = [-sv.laplacian(a) + p.diff(x), -sv.laplacian(b) + p.diff(y), a.diff(x) + b.diff(y)]
    walls = [sv.Dirichlet(a, 0), sv.Dirichlet(b, 0), sv.Mean(p)]
    assert sv.Problem(SHAPE, stokes, walls).is_system
    with pytest.raises(sv.StatementError, match="too few conditions"):
        sv.Problem(SHAPE, stokes, [sv.Dirichlet(a, 0), sv.Mean(p)])


def test_mesh_as_a_domain():
    mesh = SHAPE.mesh(0.3)
    problem = sv.Problem(mesh, -sv.laplacian(u) - 1, [*CONDITIONS[1:], sv.Dirichlet(u, 0, on=mesh.parts[:4])])
    assert "on mesh of" in str(problem)
    assert problem.space == mesh


@pytest.mark.parametrize("shape", [SHAPE, SHAPE.rotated(0.4).moved(1, 0)], ids=["straight", "turned"])
def test_manufactured_conditions_hold(shape):
    """u_n of the exact solution, by the normals that the geometry gives."""
    exact = sp.sin(x) * y**2
    bulk, hole = "rectangle", "hole_a"
    problem = sv.Problem(
        shape, -sv.laplacian(u) - 1, [sv.Robin(u, 2, 1, 0, on=bulk), sv.Neumann(u, 0, on=hole)], name="plate"
    )
    made = sv.manufactured(problem, u=exact)
    assert len(made.conditions) == 5
    b = shape.boundary.sample(200, key=jax.random.key(0))
    gradient = [sp.lambdify((x, y), exact.diff(c))(*b.points.T) for c in (x, y)]
    slope = sum(g * n for g, n in zip(gradient, b.normals.T, strict=True))
    value = sp.lambdify((x, y), exact)(*b.points.T)
    for c in made.conditions:
        here = shape.select(c.on).contains(b.points)
        given = np.broadcast_to(sp.lambdify((x, y), c.value)(*b.points.T), slope.shape)
        assert here.any()
        assert np.allclose((float(c.alpha) * value + slope)[here], given[here], atol=1e-9)


def test_manufactured_mean_over_a_shape():
    problem = sv.Problem(SHAPE, -sv.laplacian(u) - 1 + 1, [sv.Neumann(u, 0), sv.Mean(u, 0)])
    made = sv.manufactured(problem, u=x**2)
    (mean,) = (c for c in made.conditions if isinstance(c, sv.Mean))
    second = 0.09 * np.pi * (1 + 0.09 / 4)  # ∫ x² over the hole: area (c² + r²/4)
    assert float(mean.value) == pytest.approx((8 / 3 - second) / SHAPE.measure, rel=1e-10)


def test_random_inputs_are_drawn_on_the_box_around():
    a = sv.input_field("a", x, y, prior=sv.priors.GaussianField(sv.priors.Matern(1.5, 0.2), "neumann"))
    problem = sv.Problem(SHAPE, -sv.laplacian(u) - a, [sv.Dirichlet(u, 0)])
    drawn = sv.draw(problem, key=jax.random.key(0))
    assert "a" in drawn.values
