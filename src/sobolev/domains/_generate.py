"""Meshes of shapes through gmsh: OpenCASCADE does the booleans, gmsh the triangles and tetrahedra."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial.transform import Rotation

from .._core import ArgumentError, require
from ._boolean import Combined, Leaf, Placed, leaves
from ._boundary import Boundary
from ._frame import Frame
from ._mesh_checks import from_arrays
from ._planar import PlanarGeometry, changes
from ._planar_shapes import Disk, Ellipse, Polygon, Rectangle
from ._planes import Plane, add_planes, checked_planes, cut
from ._shape import AbstractPrimitive, AbstractShape, length
from ._solids import Ball, Cuboid

if TYPE_CHECKING:
    from ._mesh import Mesh

_DEFAULT = 1 / 20  # of the size of the shape
_ROUNDS = 8
_CLOSE = 0.1  # a count is met within this
_MOST_CELLS = 20_000_000
_SHORT = 1e-6  # of the size: what gmsh cannot resolve beside the rest


@dataclass(frozen=True)
class Inner:
    """What a mesh follows apart from its boundary: ends of conditions on it, and planes (axis, place) across."""

    split: Sequence[Boundary]
    planes: Sequence[tuple[int, float]]


def generate(
    shape: AbstractShape,
    size: float | None,
    count: int | None,
    tolerance: float | None,
    split: Sequence[Boundary],
    planes: Sequence[Plane],
) -> Mesh:
    """A mesh of a shape, the same on every run.

    `size`: length of edges; `count`: about as many cells (within a tenth); `tolerance`: largest distance of the mesh's
    boundary facets from the curved boundary (edges are then shorter along curves). Size and tolerance go together; with
    neither, edges are a twentieth of the shape's diagonal. Boundary parts keep their names. In the plane there are
    vertices where parts meet, and where conditions of `split` begin and end. No cell crosses a plane of `planes`, pairs
    of a coordinate and its place: there coefficients may jump. Needs `pip install 'sobolev[fem]'`.
    """
    size, count, tolerance = _checked(shape, size, count, tolerance)
    _check_resolvable(shape)
    inner = Inner(split, checked_planes(shape, planes))
    gmsh = require("gmsh", "fem")
    if count is not None:
        return _with_count(gmsh, shape, count, inner)
    edge = _DEFAULT * shape.size if size is None else size
    if tolerance is None:
        return _mesh(gmsh, shape, edge, None, inner)
    curve = tolerance
    for _ in range(_ROUNDS):
        mesh = _mesh(gmsh, shape, edge, curve, inner)
        if (worst := deviation(shape, mesh)) <= tolerance:
            return mesh
        curve *= 0.8 * min(tolerance / worst, 1.0)
    raise ArgumentError(
        "The mesh does not come as near to the boundary as asked for.",
        given=f"tolerance {tolerance:g}; {worst:.3g} was reached with {len(mesh.cells)} cells",
        expected="a tolerance that this shape can be meshed to",
        fix="a larger tolerance, or a size",
    )


def deviation(shape: AbstractShape, mesh: Mesh) -> float:
    """Largest distance of facets' centres from the shape's boundary."""
    centres = mesh.vertices[mesh.facets].mean(1)
    return float(np.abs(shape.signed_distance(centres)).max())


def _checked(
    shape: AbstractShape, size: Any, count: Any, tolerance: Any
) -> tuple[float | None, int | None, float | None]:
    if count is not None and (size is not None or tolerance is not None):
        raise ArgumentError(
            "A mesh has a size or a count, not both.", given=f"size={size}, count={count}, tolerance={tolerance}"
        )
    if count is not None and (isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1):
        raise ArgumentError("The count of cells is no number of cells.", given=repr(count), expected="an integer > 0")
    if tolerance is not None:
        tolerance = length(tolerance, "The tolerance of a mesh")
    if size is not None:
        size = length(size, "The size of a mesh")
        if shape.measure / size**shape.ndim > _MOST_CELLS:
            raise ArgumentError(
                "The mesh would have too many cells.",
                given=f"size {size:g}: about {shape.measure / size**shape.ndim:.2g} cells",
                expected=f"at most {_MOST_CELLS:,}",
                fix="a larger size",
            )
    return size, count, tolerance


def _check_resolvable(shape: AbstractShape) -> None:
    geometry = shape.geometry
    if not isinstance(geometry, PlanarGeometry):
        return
    shortest = min(geometry.pieces, key=lambda p: p.length)
    if shortest.length < _SHORT * shape.size:
        at = shortest.at(shortest.middle)
        raise ArgumentError(
            "The shape has a sliver: a piece of boundary too short for a mesh.",
            given=f"length {shortest.length:.3g} near ({at[0]:.6g}, {at[1]:.6g}) on "
            f"{geometry.leaves[shortest.leaf].names[shortest.suffix]!r}",
            expected=f"pieces longer than {_SHORT * shape.size:.3g}",
            fix="move the shapes so that they overlap clearly, or not at all",
        )


def _with_count(gmsh: Any, shape: AbstractShape, count: int, inner: Inner) -> Mesh:
    ndim = shape.ndim
    volume = math.sqrt(3) / 4 if ndim == 2 else 1 / (6 * math.sqrt(2))  # of the equilateral cell of edge one
    edge = (shape.measure / (volume * count)) ** (1 / ndim)
    best: Mesh | None = None
    for _ in range(_ROUNDS):
        mesh = _mesh(gmsh, shape, edge, None, inner)
        if best is None or abs(len(mesh.cells) - count) < abs(len(best.cells) - count):
            best = mesh
        if abs(len(mesh.cells) - count) <= _CLOSE * count:
            break
        edge *= min(max((len(mesh.cells) / count) ** (1 / ndim), 0.5), 2.0)
    assert best is not None
    return best


@contextlib.contextmanager
def _session(gmsh: Any) -> Iterator[Any]:
    """A model of our own; a session the caller has open stays as it is."""
    mine = not gmsh.isInitialized()
    if mine:
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    before = None if mine else gmsh.model.getCurrent()
    fixed = {
        "General.Terminal": 0,
        "General.NumThreads": 1,
        "Mesh.RandomSeed": 1,
        "Mesh.RandomFactor": 1e-9,
        "Mesh.Algorithm": 6,
        "Mesh.Algorithm3D": 1,
        "Mesh.ElementOrder": 1,
        "Mesh.MeshSizeFromPoints": 0,
        "Mesh.MeshSizeExtendFromBoundary": 1,
        "Geometry.OCCBoundsUseStl": 0,
    }
    changed = ("Mesh.MeshSizeMin", "Mesh.MeshSizeMax", "Mesh.MeshSizeFromCurvature", "Geometry.OCCUnionUnify")
    old = {name: gmsh.option.getNumber(name) for name in (*fixed, *changed)}
    for name, value in fixed.items():
        gmsh.option.setNumber(name, value)
    gmsh.model.add("sobolev")
    try:
        yield gmsh
    finally:
        gmsh.model.remove()
        for name, value in old.items():
            gmsh.option.setNumber(name, value)
        if mine:
            gmsh.finalize()
        elif before:
            gmsh.model.setCurrent(before)


def _mesh(gmsh: Any, shape: AbstractShape, edge: float, curve: float | None, inner: Inner) -> Mesh:
    from ._mesh import Mesh

    with _session(gmsh):
        try:
            gmsh.option.setNumber("Geometry.OCCUnionUnify", int(shape.ndim == 2))
            entities = _built(gmsh.model.occ, shape, Frame.identity(shape.ndim))
            marks = _marks(shape, inner.split) if shape.ndim == 2 else []
            points = [(0, gmsh.model.occ.addPoint(*p, 0.0)) for p in marks]
            cut(gmsh.model, entities, add_planes(gmsh.model.occ, shape, inner.planes), points)
            gmsh.model.occ.synchronize()
            _set_sizes(gmsh, shape, edge, curve)
            gmsh.model.mesh.generate(shape.ndim)
        except Exception as error:  # gmsh raises plain Exception
            raise ArgumentError(
                "gmsh cannot mesh this shape.",
                given=f"{shape} with size {edge:g}: {error}",
                expected="a shape whose features are not much smaller than the mesh size",
                fix="a smaller size, or a simpler shape",
            ) from error
        vertices, cells = _arrays(gmsh, shape.ndim)
    used, cells = np.unique(cells, return_inverse=True)
    vertices, cells = vertices[used], cells.reshape(-1, shape.ndim + 1)
    x, c, facets, *_ = from_arrays(vertices, cells, {})
    parts = shape.geometry.nearest(_inner(x[facets])).parts
    present = np.unique(parts)
    names = tuple(shape.parts[i] for i in present)
    return Mesh(shape.coordinates, x, c, facets, np.searchsorted(present, parts), names, shape)


def _inner(facets: np.ndarray) -> np.ndarray:
    return facets.mean(1)


def _marks(shape: AbstractShape, split: Sequence[Boundary]) -> np.ndarray:
    """Where pieces of the plane boundary end, and where conditions on it begin and end."""
    geometry = shape.geometry
    assert isinstance(geometry, PlanarGeometry)
    points = [e for p in geometry.pieces for e in p.ends]
    for on in split:
        part = shape.select(on)
        if part.level is not None:
            points += [x for p in geometry.pieces for x in p.at(changes(p, part.level))]
    found = np.array(points)
    keep: list[np.ndarray] = []
    for x in found:
        if all(np.linalg.norm(x - y) > 1e-8 * shape.size for y in keep):
            keep.append(x)
    return np.array(keep)


def _set_sizes(gmsh: Any, shape: AbstractShape, edge: float, curve: float | None) -> None:
    """Edges of length `edge`; along curves of radius R at most √(8 R τ), whose chord stays within τ."""
    gmsh.option.setNumber("Mesh.MeshSizeMin", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMax", edge)
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", 0)
    if curve is None:
        return
    turns = [math.pi * math.sqrt(r / (2 * min(curve, r))) for r in _radii(shape)]
    if turns:
        gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", math.ceil(max(turns)))


def _radii(shape: AbstractShape) -> list[float]:
    """Largest radii of curvature of the round shapes: of an ellipse a²/b, of a ball R with facets twice as far away."""
    found = []
    for leaf in leaves(shape):
        match leaf.shape:
            case Disk():
                found.append(leaf.frame.scale * leaf.shape.radius)
            case Ellipse():
                found.append(leaf.frame.scale * max(leaf.shape.radii) ** 2 / min(leaf.shape.radii))
            case Ball():
                found.append(2 * leaf.frame.scale * leaf.shape.radius)
    return found


def _arrays(gmsh: Any, ndim: int) -> tuple[np.ndarray, np.ndarray]:
    tags, points, _ = gmsh.model.mesh.getNodes()
    order = np.argsort(tags)
    _, cells = gmsh.model.mesh.getElementsByType(2 if ndim == 2 else 4)
    if not len(cells):
        raise ArgumentError("gmsh made no cells.", expected="a shape with an inside", fix="a smaller size")
    vertices = np.asarray(points).reshape(-1, 3)[order][:, :ndim]
    index = np.searchsorted(np.asarray(tags)[order], cells).reshape(-1, ndim + 1)
    edges = vertices[index[:, 1:]] - vertices[index[:, :1]]
    turned = np.linalg.det(edges) < 0
    index[turned, :2] = index[turned, 1::-1]
    return vertices, index


def _built(occ: Any, shape: AbstractShape, frame: Frame) -> list[tuple[int, int]]:
    """The OpenCASCADE entities of a shape."""
    match shape:
        case Placed():
            return _built(occ, shape.shape, frame.after(shape.frame))
        case Combined():
            first, second = _built(occ, shape.first, frame), _built(occ, shape.second, frame)
            action = {"union": occ.fuse, "intersection": occ.intersect, "difference": occ.cut}[shape.kind]
            return action(first, second)[0]
        case AbstractPrimitive():
            return [(shape.ndim, _single(occ, Leaf(shape, frame, 1)))]
    raise ArgumentError("This is not made of shapes.", given=str(shape))


def _single(occ: Any, leaf: Leaf) -> int:
    shape, frame = leaf.shape, leaf.frame
    match shape:
        case Rectangle() | Polygon():
            corners = frame.points(np.array(shape.vertices))
            points = [occ.addPoint(x, y, 0.0) for x, y in corners]
            lines = [occ.addLine(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True)]
            return occ.addPlaneSurface([occ.addCurveLoop(lines)])
        case Disk() | Ellipse():
            return _ellipse(occ, frame, shape.centre, (shape.radius,) * 2 if isinstance(shape, Disk) else shape.radii)
        case Ball():
            return occ.addSphere(*frame.points(np.array(shape.centre)), frame.scale * shape.radius)
        case Cuboid():
            low, high = shape.bounds * frame.scale
            tag = occ.addBox(*low, *(high - low))
            turn = Rotation.from_matrix(frame.matrix).as_rotvec()
            if (angle := float(np.linalg.norm(turn))) > 0:
                occ.rotate([(3, tag)], 0, 0, 0, *(turn / angle), angle)
            occ.translate([(3, tag)], *frame.shift)
            return tag
    raise ArgumentError("gmsh is not told about this shape.", given=str(shape))


def _ellipse(occ: Any, frame: Frame, centre: Any, radii: Any) -> int:
    x, y = frame.points(np.array(centre))
    a, b = frame.scale * np.array(radii)
    angle = math.atan2(frame.matrix[1, 0], frame.matrix[0, 0])
    if a < b:  # OpenCASCADE wants the larger half axis first
        a, b, angle = b, a, angle + math.pi / 2
    tag = occ.addDisk(x, y, 0.0, a, b)
    if angle and a != b:
        occ.rotate([(2, tag)], x, y, 0.0, 0, 0, 1, angle)
    return tag
