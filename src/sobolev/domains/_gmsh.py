"""One mesh by gmsh: its session, sizes, and arrays."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import ArgumentError
from ._boolean import leaves
from ._boundary import Boundary
from ._dents import without_dents
from ._frame import Frame
from ._mesh import Mesh
from ._mesh_checks import from_arrays
from ._open_cascade import built
from ._planar import PlanarGeometry, changes
from ._planar_shapes import Disk, Ellipse
from ._planes import add_planes, cut
from ._shape import AbstractShape
from ._solids import Ball


@dataclass(frozen=True)
class Inner:
    """What a mesh follows apart from its boundary: ends of conditions on it, and planes (axis, place) across."""

    split: Sequence[Boundary]
    planes: Sequence[tuple[int, float]]


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


def mesh_of(gmsh: Any, shape: AbstractShape, edge: float, curve: float | None, inner: Inner) -> Mesh:
    """A mesh with edges of length `edge`, whose chords stay within `curve` of the boundary."""
    with _session(gmsh):
        try:
            gmsh.option.setNumber("Geometry.OCCUnionUnify", int(shape.ndim == 2))
            entities = built(gmsh.model.occ, shape, Frame.identity(shape.ndim))
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
    if shape.ndim == 3:
        cells = without_dents(shape, vertices, cells)
    x, c, facets, *_ = from_arrays(vertices, cells, {})
    parts = shape.geometry.nearest(x[facets].mean(1)).parts
    present = np.unique(parts)
    names = tuple(shape.parts[i] for i in present)
    return Mesh(shape.coordinates, x, c, facets, np.searchsorted(present, parts), names, shape)


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
