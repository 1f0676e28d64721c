"""Meshes: from gmsh, from files, from arrays; what they approximate and how they answer."""

import math
import subprocess
import sys

import jax
import numpy as np
import pytest

import sobolev as sv
from sobolev.domains import simplex_rule

x, y, z = sv.coordinates("x y z")
PLATE = sv.Rectangle((x, 0, 2), (y, 0, 1))
HOLE = sv.Disk((x, y), (1, 0.5), 0.3)
SHAPE = PLATE - HOLE
BLOCK = sv.Cuboid((x, 0, 1), (y, 0, 1), (z, 0, 1))
BALL = sv.Ball((x, y, z), (0.5, 0.5, 0.5), 0.3)
KEY = jax.random.key(3)


@pytest.fixture(scope="module")
def mesh():
    return SHAPE.mesh(0.1)


@pytest.fixture(scope="module")
def solid():
    return (BLOCK - BALL).mesh(0.2)


def test_mesh_is_the_same_every_time(mesh):
    again = SHAPE.mesh(0.1)
    assert mesh == again and hash(mesh) == hash(again) and mesh != SHAPE.mesh(0.2)
    code = (
        "import sobolev as sv; x, y = sv.coordinates('x y');"
        "m = (sv.Rectangle((x, 0, 2), (y, 0, 1)) - sv.Disk((x, y), (1, 0.5), 0.3)).mesh(0.1);"
        "print(m.vertices.tobytes().hex()[:4000], m.cells.sum())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [mesh.vertices.tobytes().hex()[:4000], str(mesh.cells.sum())]


def test_area_converges_with_second_order():
    errors = [abs(SHAPE.mesh(size).measure - SHAPE.measure) for size in (0.2, 0.1, 0.05, 0.025)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.mean(orders) == pytest.approx(2, abs=0.3)
    assert PLATE.mesh(0.3).measure == pytest.approx(2, rel=1e-12)


def test_volume_converges_with_second_order():
    errors = [abs(BALL.mesh(size).measure - BALL.measure) for size in (0.2, 0.1, 0.05)]
    assert np.log2(errors[0] / errors[2]) / 2 == pytest.approx(2, abs=0.35)
    assert BLOCK.mesh(0.4).measure == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("shape", [SHAPE, SHAPE.rotated(0.5).moved(1, 1), PLATE | sv.Disk((x, y), (2, 0.5), 0.4)])
def test_parts_of_the_mesh_are_those_of_the_shape(shape):
    mesh = shape.mesh(0.1)
    assert mesh.parts == shape.parts
    for part in shape.parts:
        assert mesh.boundary[part].measure == pytest.approx(shape.boundary[part].measure, rel=0.01)
    b = mesh.boundary.quadrature(0)
    assert b.weights.sum() == pytest.approx(sum(mesh.boundary[p].measure for p in mesh.parts))
    closed = b.weights @ b.normals
    assert np.allclose(closed, 0, atol=1e-12)  # ∮ n = 0: facets are outward and complete
    assert b.weights @ (b.points * b.normals).sum(1) / 2 == pytest.approx(mesh.measure)


def test_solid_mesh_keeps_parts(solid):
    assert set(solid.parts) == {"x.min", "x.max", "y.min", "y.max", "z.min", "z.max", "ball"}
    for part in ("x.min", "y.max", "z.min"):
        assert solid.boundary[part].measure == pytest.approx(1)
    assert solid.boundary["ball"].measure == pytest.approx(4 * math.pi * 0.09, rel=0.12)
    b = solid.boundary.quadrature(0)
    assert b.weights @ (b.points * b.normals).sum(1) / 3 == pytest.approx(solid.measure)
    assert np.abs((BLOCK - BALL).level(solid.vertices[np.unique(solid.facets)])).max() < 1e-9
    assert solid.quality.min() > 0.05


def test_size_count_and_tolerance(mesh):
    edges = mesh.vertices[mesh.cells] - np.roll(mesh.vertices[mesh.cells], 1, axis=1)
    lengths = np.linalg.norm(edges, axis=-1)
    assert 0.05 < np.median(lengths) < 0.12 and lengths.max() < 0.2
    for count in (300, 3000):
        assert len(SHAPE.mesh(count=count).cells) == pytest.approx(count, rel=0.15)
    for shape, tolerance in ((SHAPE, 1e-3), (sv.Ellipse((x, y), (0, 0), (2, 0.5)), 1e-3), (BALL, 5e-3)):
        fine = shape.mesh(0.3, tolerance=tolerance)
        centres = fine.vertices[fine.facets].mean(1)
        assert np.abs(shape.signed_distance(centres)).max() <= tolerance
    assert SHAPE.mesh(0.3, tolerance=1e-4).measure == pytest.approx(SHAPE.measure, abs=2e-4)


def test_split_puts_vertices_where_conditions_begin():
    right = HOLE.boundary.where(x > 1.1)
    mesh = SHAPE.mesh(0.2, split=[right])
    facets = mesh.facets_on(right)
    ends = mesh.vertices[mesh.facets[facets]].reshape(-1, 2)
    assert ends[:, 0].min() == pytest.approx(1.1, abs=1e-9)
    assert len(facets) and np.all(mesh.facet_parts[facets] == mesh.part_names.index("disk"))


def test_no_cell_crosses_a_plane():
    for shape, planes, size in ((SHAPE, [(x, 0.93), (y, 0.4), (y, 50)], 0.2), (BLOCK - BALL, [(z, 0.45)], 0.4)):
        mesh = shape.mesh(size, planes=planes)
        assert mesh.part_names == shape.mesh(size).part_names and len(mesh.cells) == len(np.unique(mesh.cells, axis=0))
        assert mesh.measure == pytest.approx(shape.measure, rel=0.05) and mesh.quality.min() > 0.1
        for coordinate, place in planes:
            beside = mesh.vertices[:, shape.coordinates.index(coordinate)][mesh.cells] - place
            assert ((beside > -1e-9).all(1) | (beside < 1e-9).all(1)).all()
    with pytest.raises(sv.ArgumentError, match="follows planes"):
        SHAPE.mesh(0.2, planes=[("x", 1.0)])


def test_location_inside_and_distance(mesh, solid):
    for m, shape in ((mesh, SHAPE), (solid, BLOCK - BALL)):
        low, high = shape.bounds
        points = np.random.default_rng(0).uniform(low - 0.1, high + 0.1, (3000, m.ndim))
        cell, b = m.locate(points)
        found = cell >= 0
        assert np.allclose(np.einsum("ni,nid->nd", b[found], m.vertices[m.cells[cell[found]]]), points[found])
        assert b[found].min() > -1e-9
        assert np.mean(found == shape.inside(points)) > 0.98
        assert np.array_equal(found, m.inside(points))
        # against all facets at once
        some = points[:100]
        from sobolev.domains import on_segments, on_triangles

        feet = (on_segments if m.ndim == 2 else on_triangles)(some[:, None], m.vertices[m.facets][None])
        exact = np.linalg.norm(feet - some[:, None], axis=-1).min(1)
        assert np.allclose(np.abs(m.signed_distance(some)), exact, atol=1e-12)
        assert m.locate(m.vertices)[0].min() >= 0  # corners belong to the mesh


def test_quadrature_and_samples_of_a_mesh(mesh):
    for ndim, volume in ((1, 1), (2, 2), (3, 6)):
        b, w = simplex_rule(6, ndim)
        for power in range(7):  # ∫ λᵏ over the unit simplex = k! / (k + ndim)!
            exact = math.factorial(power) / math.factorial(power + ndim) * volume
            assert w @ b[:, 0] ** power == pytest.approx(exact, rel=1e-12)
            assert w @ b[:, -1] ** power == pytest.approx(exact, rel=1e-12)
    points, weights = mesh.quadrature(4)
    assert weights.sum() == pytest.approx(mesh.measure)
    sample = mesh.sample(4000, kind="sobol", key=KEY)
    assert mesh.inside(sample).all()
    assert np.allclose(sample.mean(0), weights @ points / weights.sum(), atol=0.01)
    b = mesh.boundary["disk"].sample(500, key=KEY)
    assert np.allclose(mesh.normals(b.points), b.normals)
    assert np.mean((b.points - [1, 0.5]) * b.normals) < 0  # out of the plate is into the hole


@pytest.mark.parametrize("ending", ["msh", "vtu", "vtk", "xdmf"])
def test_files_keep_cells_and_parts(mesh, solid, tmp_path, ending):
    for m, axes in ((mesh, (x, y)), (solid, (x, y, z))):
        m.write(tmp_path / f"mesh.{ending}")
        read = sv.Mesh.read(tmp_path / f"mesh.{ending}", axes)
        assert read.measure == pytest.approx(m.measure) and len(read.cells) == len(m.cells)
        assert len(read.parts) == len(m.parts)
        if ending == "msh":
            assert read == m


def test_mesh_of_arrays_and_placement(mesh):
    square = sv.Mesh.of((x, y), [[0, 0], [1, 0], [1, 1], [0, 1], [9, 9]], [[0, 1, 2], [0, 2, 3]], {"low": [[0, 1]]})
    assert square.parts == ("low", "boundary") and len(square.vertices) == 4
    assert (square.boundary["low"].measure, square.boundary.measure) == pytest.approx((1, 4))
    assert square.quality == pytest.approx([2 * (math.sqrt(2) - 1)] * 2)
    turned = mesh.rotated(0.3).scaled(2)
    assert turned.measure == pytest.approx(4 * mesh.measure) and turned.parts == mesh.parts
    assert turned.origin == SHAPE.rotated(0.3).scaled(2)
    assert mesh.mesh() is mesh


def test_mesh_can_be_drawn(mesh, solid, tmp_path):
    for m in (mesh, solid):
        m.plot().savefig(tmp_path / "mesh.png")
        figure = m.origin.plot(m)
        assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == list(m.parts)


def test_without_gmsh_the_extra_is_named():
    code = (
        "import sys; sys.modules['gmsh'] = None; sys.modules['meshio'] = None\n"
        "import sobolev as sv, jax; x, y = sv.coordinates('x y'); d = sv.Disk((x, y), (0, 0), 1)\n"
        "assert d.sample(10, key=jax.random.key(0)).shape == (10, 2) and d.quadrature(4)[1].sum() > 3\n"
        "for act in (lambda: d.mesh(0.1), lambda: sv.Mesh.read('a.msh', (x, y))):\n"
        "    try: act()\n"
        "    except sv.MissingExtraError as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.count("pip install 'sobolev[fem]'") == 2


def test_a_session_of_the_caller_survives():
    gmsh = pytest.importorskip("gmsh")
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.model.add("mine")
        gmsh.model.occ.addDisk(0, 0, 0, 1, 1)
        gmsh.model.occ.synchronize()
        SHAPE.mesh(0.3)
        assert gmsh.model.getCurrent() == "mine" and len(gmsh.model.getEntities(2)) == 1
    finally:
        gmsh.finalize()
