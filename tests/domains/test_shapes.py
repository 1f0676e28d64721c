"""Shapes: measures, quadrature, distances, normals, samples, booleans, placement."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from scipy.special import ellipe

import sobolev as sv
from sobolev.domains import AbstractRegion, AbstractShape, Box

x, y, z = sv.coordinates("x y z")
KEY = jax.random.key(7)

PLATE = sv.Rectangle((x, 0, 2), (y, 0, 1))
HOLE = sv.Disk((x, y), (1, 0.5), 0.3)
OVAL = sv.Ellipse((x, y), (0.2, -0.1), (2, 0.7))
TRIANGLE = sv.Polygon((x, y), [(0, 0), (2, 0.5), (0.5, 1.5)])
LENS = sv.Disk((x, y), (0, 0), 1) & sv.Disk((x, y), (1, 0), 1)
ELL = sv.Rectangle((x, -1, 1), (y, -1, 0)) | sv.Rectangle((x, -1, 0), (y, -1, 1))
BLOCK = sv.Cuboid((x, 0, 1), (y, 0, 2), (z, 0, 3))
BALL = sv.Ball((x, y, z), (0.5, 1, 1.5), 0.4)

# shape, area, length: in closed form
PLANE = {
    "rectangle": (PLATE, 2.0, 6.0),
    "disk": (HOLE, math.pi * 0.09, math.pi * 0.6),
    "ellipse": (OVAL, math.pi * 1.4, 8 * ellipe(1 - 0.49 / 4)),
    "triangle": (TRIANGLE, 1.375, math.hypot(2, 0.5) + math.hypot(1.5, 1) + math.hypot(0.5, 1.5)),
    "hole": (PLATE - HOLE, 2 - math.pi * 0.09, 6 + math.pi * 0.6),
    "lens": (LENS, 2 * math.pi / 3 - math.sqrt(3) / 2, 4 * math.pi / 3),
    "ell": (ELL, 3.0, 8.0),
    "turned": ((PLATE - HOLE).rotated(0.7, about=(1, 2)).moved(3, -1), 2 - math.pi * 0.09, 6 + math.pi * 0.6),
    "scaled": ((PLATE - HOLE).scaled(3), 9 * (2 - math.pi * 0.09), 3 * (6 + math.pi * 0.6)),
    "notch": (PLATE - sv.Disk((x, y), (1, 1), 0.5), 2 - math.pi / 8, 6 - 1 + math.pi / 2),
}
SOLID = {
    "cuboid": (BLOCK, 6.0, 22.0),
    "ball": (BALL, 4 / 3 * math.pi * 0.064, 4 * math.pi * 0.16),
    "cavity": (BLOCK - BALL, 6 - 4 / 3 * math.pi * 0.064, 22 + 4 * math.pi * 0.16),
    "stack": (BLOCK | sv.Cuboid((x, 1, 2), (y, 0, 2), (z, 0, 3)), 12.0, 32.0),
    "placed": (BLOCK.rotated(0.5, axis=(1, 2, 3)).scaled(2).moved(1, 0, 0), 48.0, 88.0),
}
ALL = {**PLANE, **SOLID}


@pytest.mark.parametrize("name", PLANE)
def test_areas_and_lengths_are_exact(name):
    shape, area, length = PLANE[name]
    assert shape.measure == pytest.approx(area, rel=1e-13)
    assert shape.boundary.measure == pytest.approx(length, rel=1e-9 if name == "ellipse" else 1e-13)
    points, weights = shape.quadrature(10)
    assert weights.sum() == pytest.approx(area, rel=1e-10)
    assert np.all(weights > 0) and np.all(shape.inside(points))


@pytest.mark.parametrize("name", SOLID)
def test_volumes_and_surfaces(name):
    shape, volume, area = SOLID[name]
    assert shape.measure == pytest.approx(volume, rel=1e-12)
    assert shape.boundary.measure == pytest.approx(area, rel=1e-12)
    points, weights = shape.quadrature(3)
    assert weights.sum() == pytest.approx(volume, rel=1e-12)
    assert np.all(weights > 0) and np.all(shape.inside(points))


def test_trimmed_solids_are_cut_out_of_cells():
    corner = sv.Cuboid((x, 0, 1), (y, 0, 1), (z, 0, 1)) - sv.Ball((x, y, z), (1, 1, 1), 0.5)
    volume, area = 1 - math.pi / 48, 6 - 3 * math.pi / 16 + math.pi / 8
    assert corner.measure == pytest.approx(volume, rel=1e-4)
    assert corner.boundary.measure == pytest.approx(area, rel=1e-4)
    points, weights = corner.quadrature(2)
    moment = 0.5 - (math.pi / 48 - math.pi / 64 * 0.5**2)  # ∫ x over the cube minus that over an eighth of the ball
    assert weights @ points[:, 0] == pytest.approx(moment, rel=2e-3)


@pytest.mark.parametrize("name", ["rectangle", "triangle", "ell", "cuboid", "ball"])
def test_quadrature_is_exact_for_its_order(name):
    """Moments against the divergence theorem: ∫ xᵃ … = ∮ x^(a+1)/(a+1) n₁."""
    shape = ALL[name][0]
    for order in (1, 4, 7):
        points, weights = shape.quadrature(order)
        b = shape.boundary.quadrature(order + 2)
        for a in range(order + 1):
            rest, rest_b = points[:, 1] ** (order - a), b.points[:, 1] ** (order - a)
            inner = weights @ (points[:, 0] ** a * rest)
            outer = b.weights @ (b.points[:, 0] ** (a + 1) / (a + 1) * rest_b * b.normals[:, 0])
            assert inner == pytest.approx(outer, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", ["disk", "ellipse", "lens", "hole", "notch"])
def test_quadrature_converges_fast_on_curved_shapes(name):
    """∫ Δf = ∮ ∂f/∂n for f = exp(x) cos(2 y), to 1e-9 at order 12."""
    shape = PLANE[name][0]
    points, weights = shape.quadrature(12)
    inner = weights @ (-3 * np.exp(points[:, 0]) * np.cos(2 * points[:, 1]))
    b = shape.boundary.quadrature(20)
    c, s = np.cos(2 * b.points[:, 1]), np.sin(2 * b.points[:, 1])
    slope = np.exp(b.points[:, 0]) * (b.normals[:, 0] * c - 2 * b.normals[:, 1] * s)
    assert inner == pytest.approx(b.weights @ slope, rel=1e-8)


@pytest.mark.parametrize("name", ALL)
def test_normals_are_slopes_of_the_distance(name):
    shape = ALL[name][0]
    b = shape.boundary.sample(64, key=KEY)
    step = 1e-5
    slopes = np.stack(
        [
            (shape.signed_distance(b.points + step * e) - shape.signed_distance(b.points - step * e)) / (2 * step)
            for e in np.eye(shape.ndim)
        ],
        -1,
    )
    clear = np.abs(np.linalg.norm(slopes, axis=1) - 1) < 1e-3  # not where the step reaches around a corner
    assert clear.mean() > 0.9
    assert np.allclose(slopes[clear], b.normals[clear], atol=2e-3)
    assert np.allclose(shape.normals(b.points), b.normals, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_distance_moves_with_the_normal(name):
    shape = ALL[name][0]
    b = shape.boundary.sample(200, kind="sobol", key=KEY)
    assert np.abs(shape.signed_distance(b.points)).max() < 1e-9 * shape.size
    for h in (1e-4, -1e-4):
        d = shape.signed_distance(b.points + h * b.normals)
        assert np.mean(np.abs(d - h) < 1e-8) > 0.95
    assert not shape.inside(b.points + 1e-6 * b.normals).any()
    assert shape.inside(b.points).all()


@pytest.mark.parametrize("name", ["hole", "ellipse", "lens", "ell", "notch"])
def test_distance_is_exact_in_the_plane(name):
    """Against the nearest of many boundary points."""
    shape = PLANE[name][0]
    rng = np.random.default_rng(1)
    low, high = shape.bounds
    points = rng.uniform(low - 0.5, high + 0.5, (200, 2))
    cloud = shape.boundary.quadrature(40).points
    near = np.linalg.norm(points[:, None] - cloud, axis=-1).min(1)
    distance = np.abs(shape.signed_distance(points))
    assert np.all(distance <= near + 1e-12)
    foot = shape.project(points)
    assert np.allclose(np.linalg.norm(foot - points, axis=1), distance)
    assert np.abs(shape.signed_distance(foot)).max() < 1e-8
    assert np.all(np.abs(shape.level(points)) <= distance + 1e-12)  # the level is a bound
    assert np.array_equal(np.sign(shape.level(points)), np.sign(shape.signed_distance(points)))


def test_ellipse_distance_against_the_orthogonality_of_its_foot():
    points = np.random.default_rng(3).uniform(-4, 4, (500, 2))
    foot = OVAL.project(points)
    on = ((foot - [0.2, -0.1]) / [2, 0.7]) ** 2
    assert np.allclose(on.sum(1), 1, atol=1e-12)
    gap, normal = points - foot, OVAL.normals(foot)
    assert np.abs(gap[:, 0] * normal[:, 1] - gap[:, 1] * normal[:, 0]).max() < 1e-7
    assert np.allclose(np.abs(OVAL.level(points)), np.linalg.norm(gap, axis=1), atol=1e-10)


@pytest.mark.parametrize("kind", ["uniform", "sobol", "halton"])
@pytest.mark.parametrize("name", ["hole", "ell", "triangle", "ball", "cavity"])
def test_samples_have_the_moments_of_the_shape(name, kind):
    shape = ALL[name][0]
    n = 4000
    points = shape.sample(n, kind=kind, key=KEY)
    assert points.shape == (n, shape.ndim) and shape.inside(points).all()
    nodes, weights = shape.quadrature(4)
    mean = weights @ nodes / weights.sum()
    spread = np.sqrt(weights @ (nodes - mean) ** 2 / weights.sum())
    assert np.all(np.abs(points.mean(0) - mean) < (4 if kind == "uniform" else 1) * spread / math.sqrt(n))
    assert np.array_equal(points, shape.sample(n, kind=kind, key=KEY))
    assert not np.array_equal(points, shape.sample(n, kind=kind, key=jax.random.key(8)))


@pytest.mark.parametrize("name", ["hole", "ellipse", "ell", "cavity"])
def test_boundary_samples_are_spread_by_length(name):
    shape = ALL[name][0]
    n = 4000
    b = shape.boundary.sample(n, key=KEY)
    assert b.weights.sum() == pytest.approx(shape.boundary.measure)
    for i, part in enumerate(shape.parts):
        share = shape.boundary[part].measure / shape.boundary.measure
        assert np.mean(b.parts == i) == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / n) + 1e-12)
    q = shape.boundary.quadrature(10)
    mean = q.weights @ q.points / q.weights.sum()
    assert np.abs(b.points.mean(0) - mean).max() < 5 * shape.size / math.sqrt(n)


def test_density_weights_samples():
    points = PLATE.sample(8000, density=x**2, key=KEY)
    assert points[:, 0].mean() == pytest.approx(1.5, abs=0.02)  # ∫ x³ / ∫ x² over [0, 2]
    again = PLATE.sample(8000, density=lambda x, y: x**2, kind="sobol", key=KEY)
    assert again[:, 0].mean() == pytest.approx(1.5, abs=0.01)
    peak = PLATE.sample(2000, density=sp.exp(-1000 * ((x - 1.3) ** 2 + (y - 0.2) ** 2)), key=KEY)
    assert np.allclose(peak.mean(0), [1.3, 0.2], atol=0.005)
    b = HOLE.boundary.sample(8000, density=1 + (x - 1) / 0.3, key=KEY)
    assert b.points[:, 0].mean() == pytest.approx(1 + 0.3 / 2, abs=0.01)


@pytest.mark.parametrize("kinds", list(itertools.product("|&-", repeat=2)))
def test_booleans_follow_the_truth_table(kinds):
    a, b, c = HOLE, PLATE, TRIANGLE.moved(0.3, 0.1)

    def combine(p, q, kind):
        return p | q if kind == "|" else p & q if kind == "&" else p - q

    def truth(p, q, kind):
        return p | q if kind == "|" else p & q if kind == "&" else p & ~q

    first, second = kinds
    points = np.random.default_rng(0).uniform([-0.5, -0.5], [3, 2], (3000, 2))
    shapes = [c, b, a] if "-" in kinds else [a, b, c]
    try:
        whole = combine(combine(shapes[0], shapes[1], first), shapes[2], second)
    except sv.ArgumentError as error:  # (c & b) - … may be empty; then so is the table
        assert "empty" in str(error)
        assert not truth(truth(*(s.inside(points) for s in shapes[:2]), first), shapes[2].inside(points), second).any()
        return
    expected = truth(truth(*(s.inside(points) for s in shapes[:2]), first), shapes[2].inside(points), second)
    assert np.array_equal(whole.inside(points), expected)
    assert whole.measure == pytest.approx(expected.mean() * 3.5 * 2.5, abs=0.25)


def test_boundaries_that_coincide_count_once():
    left, right = sv.Rectangle((x, 0, 1), (y, 0, 1)), sv.Rectangle((x, 1, 2), (y, 0, 1))
    both = left | right
    assert (both.measure, both.boundary.measure) == pytest.approx((2, 6))
    assert "rectangle.1.x.max" not in both.parts and "rectangle.2.x.min" not in both.parts
    overlapping = left | sv.Rectangle((x, 0.5, 2), (y, 0, 1))
    assert overlapping.boundary.measure == pytest.approx(6)
    flush = left - sv.Rectangle((x, 0.5, 1), (y, 0.5, 1))
    assert (flush.measure, flush.boundary.measure) == pytest.approx((0.75, 4))
    assert (left & left).measure == pytest.approx(1)
    same = sv.Disk((x, y), (0, 0), 1) | sv.Disk((x, y), (0, 0), 1, name="again")
    assert (same.measure, same.parts) == (pytest.approx(math.pi), ("disk",))


def test_shapes_are_values():
    assert sv.Disk((x, y), (0, 0), 1) == sv.Disk((x, y), (sp.S.Zero, 0.0), sp.Integer(1))
    assert hash(PLATE - HOLE) == hash(sv.Rectangle((x, 0, 2), (y, 0, 1)) - sv.Disk((x, y), (1, 0.5), 0.3))
    assert (PLATE - HOLE) != (PLATE | HOLE)
    assert isinstance(PLATE, AbstractShape) and isinstance(PLATE.as_space(), Box)
    assert isinstance(PLATE.as_space(), AbstractRegion)
    assert sv.Rectangle((x, 0, 2), (y, 0, 1), name="plate").as_space().parts[0] == "plate.x.min"
    assert str(PLATE - HOLE) == "rectangle x in [0, 2], y in [0, 1] - disk of radius 0.3 about (1, 0.5)"
    assert "turned" in str(OVAL.rotated(1)) and "moved by (1, 2)" in str(OVAL.moved(1, 2))


def test_placement_composes():
    points = np.random.default_rng(0).uniform(-3, 3, (100, 2))
    placed = TRIANGLE.rotated(0.4).scaled(2, about=(1, 1)).moved(0.3, 0.2)
    c, s = math.cos(0.4), math.sin(0.4)
    back = (((points - [0.3, 0.2]) - 1) / 2 + 1) @ np.array([[c, -s], [s, c]])
    assert np.allclose(placed.level(points), 2 * TRIANGLE.level(back))
    assert np.array_equal(placed.inside(points), TRIANGLE.inside(back))
    low, high = placed.bounds
    assert np.all((points[placed.inside(points)] >= low) & (points[placed.inside(points)] <= high))


def test_levels_are_differentiable_in_points_and_sizes():
    from sobolev.domains import disk_level, ellipse_level

    point = jnp.array([1.9, 0.8])
    slope = jax.grad((PLATE - HOLE).level)(point)
    assert np.allclose(slope, [1, 0], atol=1e-6)  # nearest to x.max
    assert jax.grad(lambda r: disk_level(point, jnp.array([1.0, 0.5]), r, jnp))(0.3) == pytest.approx(-1)
    by_axis = jax.grad(lambda a: ellipse_level(jnp.array([3.0, 0.0]), jnp.zeros(2), (a, 0.7), jnp))(2.0)
    assert by_axis == pytest.approx(-1, abs=1e-5)
    for shape in (TRIANGLE, OVAL, LENS):
        here = np.random.default_rng(2).uniform(-2, 2, (50, 2))
        assert np.allclose(shape.level(jnp.asarray(here)), shape.level(here), atol=1e-5)


@pytest.mark.parametrize("name", ["hole", "ellipse", "lens", "turned", "cavity", "placed"])
def test_normals_as_expressions(name):
    shape = ALL[name][0]
    b = shape.boundary.sample(100, key=KEY)
    for i, part in enumerate(shape.parts):
        function = sp.lambdify(shape.coordinates, shape.normal_expression(part), "numpy")
        here = b.points[b.parts == i]
        found = np.stack([np.broadcast_to(c, len(here)) for c in function(*here.T)], -1)
        assert np.allclose(found, b.normals[b.parts == i], atol=1e-9)


def test_pictures_of_shapes(tmp_path):
    for shape in (PLATE - HOLE, BLOCK - BALL):
        figure = shape.plot()
        figure.savefig(tmp_path / "shape.png")
        text = [t.get_text() for t in figure.axes[0].get_legend().get_texts()]
        assert text == list(shape.parts)
    assert (sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)).plot().axes
