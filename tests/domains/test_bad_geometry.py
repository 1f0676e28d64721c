"""Bad geometry: each case gives its named error, and says what to do."""

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv

x, y, z, t = sv.coordinates("x y z t")
u = sv.unknown("u", x, y)
KEY = jax.random.key(0)
SQUARE = sv.Rectangle((x, 0, 1), (y, 0, 1))
DISK = sv.Disk((x, y), (0, 0), 1)
PLATE = SQUARE - sv.Disk((x, y), (0.5, 0.5), 0.2)
POISSON = -sv.laplacian(u) - 1
CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]]


def stated(*conditions, domain=PLATE):
    return sv.Problem(domain, POISSON, conditions)


CASES = {
    "bow tie": (lambda: sv.Polygon((x, y), [(0, 0), (1, 1), (1, 0), (0, 1)]), "intersects itself"),
    "edge through a vertex": (
        lambda: sv.Polygon((x, y), [(0, 0), (2, 0), (2, 2), (1, 0), (0, 2)]),
        "intersects itself",
    ),
    "spike": (lambda: sv.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (1, 3), (1, 2), (0, 1)]), "turns back|intersects"),
    "repeated vertex": (lambda: sv.Polygon((x, y), [(0, 0), (1, 0), (1, 1), (0, 0)]), "same point"),
    "vertices on a line": (lambda: sv.Polygon((x, y), [(0, 0), (1, 0), (2, 0)]), "turns back|sliver"),
    "two vertices": (lambda: sv.Polygon((x, y), [(0, 0), (1, 0)]), "three vertices"),
    "vertex of three numbers": (lambda: sv.Polygon((x, y), [(0, 0, 0), (1, 0, 0), (0, 1, 0)]), "needs 2 numbers"),
    "radius zero": (lambda: sv.Disk((x, y), (0, 0), 0), "not positive"),
    "radius negative": (lambda: sv.Ball((x, y, z), (0, 0, 0), -1), "not positive"),
    "radius not finite": (lambda: sv.Disk((x, y), (0, 0), float("inf")), "not finite"),
    "radius a symbol": (lambda: sv.Disk((x, y), (0, 0), x), "not a number"),
    "thin ellipse": (lambda: sv.Ellipse((x, y), (0, 0), (1, 1e-5)), "sliver"),
    "empty side": (lambda: sv.Rectangle((x, 1, 1), (y, 0, 1)), "is empty"),
    "side without bounds": (lambda: sv.Rectangle(x, y), "lower, upper"),
    "coordinate twice": (lambda: sv.Disk((x, x), (0, 0), 1), "twice"),
    "coordinates as text": (lambda: sv.Disk(("x", "y"), (0, 0), 1), "needs a coordinate"),
    "centre in one dimension": (lambda: sv.Disk((x, y), 0, 1), "needs 2 numbers"),
    "empty difference": (lambda: SQUARE - sv.Disk((x, y), (0.5, 0.5), 5), "difference is empty"),
    "itself subtracted": (lambda: DISK - DISK, "difference is empty"),
    "empty intersection": (lambda: SQUARE & DISK.moved(5, 5), "intersection is empty"),
    "touching intersection": (lambda: SQUARE & SQUARE.moved(1, 0), "intersection is (empty|a sliver)"),
    "sliver left": (lambda: SQUARE - sv.Rectangle((x, 1e-11, 2), (y, -1, 2)), "is (empty|a sliver)"),
    "empty solid": (
        lambda: sv.Ball((x, y, z), (0, 0, 0), 1) - sv.Cuboid((x, -2, 2), (y, -2, 2), (z, -2, 2)),
        "difference is empty",
    ),
    "plane and solid": (lambda: DISK | sv.Ball((x, y, z), (0, 0, 0), 1), "same coordinates"),
    "shape and interval": (lambda: DISK - sv.Interval(x, 0, 1), "Only shapes"),
    "shape and mesh": (lambda: DISK - sv.Mesh.of((x, y), CORNERS, [[0, 1, 2]]), "Only shapes"),
    "shape times interval": (lambda: DISK * sv.Interval(z, 0, 1), "Only intervals and boxes"),
    "time is a coordinate": (lambda: DISK * sv.Time(x, 0, 1), "both space and time"),
    "scaled away": (lambda: DISK.scaled(0), "scaled away"),
    "scaled unequally": (lambda: DISK.scaled((1, 2)), "one factor"),
    "no axis": (lambda: sv.Ball((x, y, z), (0, 0, 0), 1).rotated(1), "needs an axis"),
    "moved in one direction": (lambda: DISK.moved(1), "needs 2 numbers"),
    "unknown part": (lambda: PLATE.boundary["disc"], "no boundary part called 'disc'"),
    "part inside another shape": (
        lambda: (SQUARE | SQUARE.moved(1, 0)).boundary["rectangle.1.x.max"],
        "no boundary part",
    ),
    "condition that holds nowhere": (lambda: DISK.boundary.where(x > 2), "holds nowhere"),
    "condition is an equation": (lambda: DISK.boundary.where(sp.Eq(x, 0)), "almost nowhere"),
    "condition of another symbol": (lambda: DISK.boundary.where(z > 0), "something else"),
    "condition is no condition": (lambda: DISK.boundary.where(True), "no condition on coordinates"),
    "normal away from the boundary": (lambda: DISK.normals([0.5, 0.0]), "no boundary"),
    "points of three numbers": (lambda: DISK.inside([[0, 0, 0]]), "need 2 coordinates"),
    "points that are NaN": (lambda: DISK.inside([[0, float("nan")]]), "not finite"),
    "sample of nothing": (lambda: DISK.sample(0, key=KEY), "no number of points"),
    "sample of unknown kind": (lambda: DISK.sample(5, kind="lattice", key=KEY), "kind of sample"),
    "sample without key": (lambda: DISK.sample(5, key=3.5), "needs a key"),
    "negative density": (lambda: DISK.sample(5, density=x, key=KEY), "negative"),
    "density of another symbol": (lambda: DISK.sample(5, density=z, key=KEY), "no density"),
    "density zero": (lambda: DISK.sample(5, density=0 * x, key=KEY), "vanishes everywhere"),
    "order of quadrature": (lambda: DISK.quadrature(-1), "out of range"),
    "mesh size zero": (lambda: DISK.mesh(0), "not positive"),
    "mesh size tiny": (lambda: DISK.mesh(1e-5), "too many cells"),
    "size and count": (lambda: DISK.mesh(0.1, count=100), "not both"),
    "count of half a cell": (lambda: DISK.mesh(count=0.5), "no number of cells"),
    "shapes that barely meet": (
        lambda: (SQUARE - sv.Rectangle((x, 0.5, 1), (y, -1, 1e-8))).mesh(0.2),
        "sliver",
    ),
    "mesh of flat cells": (lambda: sv.Mesh.of((x, y), [[0, 0], [1, 0], [2, 0]], [[0, 1, 2]]), "is flat"),
    "inverted cells": (lambda: sv.Mesh.of((x, y), CORNERS, [[0, 1, 2], [0, 3, 2]]), "are inverted"),
    "folded cells": (
        lambda: sv.Mesh.of((x, y), [[0, 0], [1, 0], [0, 1], [0.2, 0.8]], [[0, 1, 2], [0, 1, 3]]),
        "folded over",
    ),
    "cell there three times": (lambda: sv.Mesh.of((x, y), CORNERS, [[0, 1, 2]] * 3), "overlap"),
    "vertex that does not exist": (lambda: sv.Mesh.of((x, y), CORNERS, [[0, 1, 7]]), "does not exist"),
    "vertices in space": (lambda: sv.Mesh.of((x, y), np.zeros((4, 3)), [[0, 1, 2]]), "needs triangles"),
    "parts that overlap": (
        lambda: sv.Mesh.of((x, y), CORNERS, [[0, 1, 2], [0, 2, 3]], {"a": [[0, 1]], "b": [[1, 0]]}),
        "parts of the mesh overlap",
    ),
    "mesh meshed again": (lambda: sv.Mesh.of((x, y), CORNERS, [[0, 1, 2]]).mesh(0.1), "not meshed again"),
    "picture of a line": (lambda: (sv.Interval(x, 0, 1) * sv.Time(t, 0, 1)).plot(), "no picture"),
}
STATEMENTS = {
    "part that does not exist": (lambda: stated(sv.Dirichlet(u, 0, on="disc")), "no boundary part"),
    "part of another shape": (lambda: stated(sv.Dirichlet(u, 0, on=DISK.boundary)), "another shape"),
    "nothing on the hole": (lambda: stated(sv.Dirichlet(u, 0, on="rectangle")), "no condition on u on 'disk'"),
    "nothing on half of it": (
        lambda: stated(sv.Dirichlet(u, 0, on="rectangle"), sv.Neumann(u, 0, on=PLATE.boundary["disk"].where(x > 0.5))),
        "some of 'disk'",
    ),
    "two values": (lambda: stated(sv.Dirichlet(u, 0), sv.Dirichlet(u, 1, on="disk")), "parts that overlap"),
    "overlap by condition": (
        lambda: stated(
            sv.Dirichlet(u, 0, on=PLATE.boundary.where(x < 0.6)), sv.Dirichlet(u, 1, on=PLATE.boundary.where(x > 0.4))
        ),
        "parts that overlap",
    ),
    "value and slope": (lambda: stated(sv.Dirichlet(u, 0), sv.Neumann(u, 1, on="disk")), "too many"),
    "nullspace": (lambda: stated(sv.Neumann(u, 0)), "Nothing fixes the constant"),
    "value not finite": (
        lambda: stated(sv.Dirichlet(u, sp.sqrt(x - 5))),
        "not finite",
    ),
    "part of a box": (
        lambda: sv.Problem(SQUARE, POISSON, [sv.Dirichlet(u, 0, on=SQUARE.boundary.where(x > 0.5))]),
        "lives on a box",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_geometry_is_named(name):
    make, message = CASES[name]
    with pytest.raises(sv.ArgumentError, match=message) as caught:
        make()
    assert caught.value.expected or caught.value.fix or caught.value.given


@pytest.mark.parametrize("name", STATEMENTS)
def test_bad_statements_on_shapes_are_named(name):
    make, message = STATEMENTS[name]
    with pytest.raises(sv.StatementError, match=message):
        make()


def test_bad_files(tmp_path):
    good = SQUARE.mesh(0.5)
    good.write(tmp_path / "good.msh")
    whole = (tmp_path / "good.msh").read_bytes()
    (tmp_path / "torn.msh").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.vtu").write_text("no mesh")
    (tmp_path / "what.abc").write_text("no mesh")
    for name in ("torn.msh", "text.vtu", "what.abc"):
        with pytest.raises(sv.DataError, match="cannot be read"):
            sv.Mesh.read(tmp_path / name, (x, y))
    with pytest.raises(sv.DataError, match="no such mesh file"):
        sv.Mesh.read(tmp_path / "absent.msh", (x, y))
    with pytest.raises(sv.DataError, match="no tetrahedra"):
        sv.Mesh.read(tmp_path / "good.msh", (x, y, z))
    with pytest.raises(sv.ArgumentError, match="names no format"):
        good.write(tmp_path / "mesh.nothing")
    import meshio

    raised = meshio.Mesh([[0, 0, 0], [1, 0, 0], [0, 1, 1]], [("triangle", np.array([[0, 1, 2]]))])
    raised.write(tmp_path / "raised.vtk")
    with pytest.raises(sv.DataError, match="not plane"):
        sv.Mesh.read(tmp_path / "raised.vtk", (x, y))
    quads = meshio.Mesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [("quad", np.array([[0, 1, 2, 3]]))])
    quads.write(tmp_path / "quads.vtk")
    with pytest.raises(sv.DataError, match="no triangles"):
        sv.Mesh.read(tmp_path / "quads.vtk", (x, y))
    mixed = meshio.Mesh([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], [("triangle", np.array([[0, 1, 2], [0, 3, 2]]))])
    mixed.write(tmp_path / "mixed.vtk")
    with pytest.raises(sv.ArgumentError, match="inverted"):
        sv.Mesh.read(tmp_path / "mixed.vtk", (x, y))
    assert sv.Mesh.read(tmp_path / "mixed.vtk", (x, y), reorient=True).measure == pytest.approx(1)


@pytest.mark.parametrize("shape", [PLATE, PLATE.mesh, sv.Ball((x, y, z), (0, 0, 0), 1)], ids=["shape", "mesh", "ball"])
def test_methods_that_take_boxes_refuse_shapes_by_name(shape):
    shape = shape(0.3) if callable(shape) else shape
    v = sv.unknown("v", *shape.coordinates)
    problem = sv.Problem(shape, -sv.laplacian(v) - 1, [sv.Dirichlet(v, 0)], name="poisson")
    for method in (
        sv.methods.FiniteDifference(),
        sv.methods.Chebyshev(),
        sv.methods.FourierGalerkin(),
        sv.methods.ODE(),
    ):
        verdict = method.applies(problem)
        assert not verdict and ("shape" in verdict.reason or "mesh" in verdict.reason or "lives on" in verdict.reason)
    with pytest.raises(sv.UnsupportedError, match=r"needs a box; this problem lives on a (shape|mesh)"):
        sv.solve(problem, method=sv.methods.FiniteDifference())
