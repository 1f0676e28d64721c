"""Pictures of shapes and meshes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import plots
from .._core import ArgumentError
from ._box import Box
from ._mesh import Mesh
from ._planar import PlanarGeometry
from ._planar_shapes import Rectangle
from ._region import AbstractRegion
from ._shape import AbstractShape
from ._solids import Cuboid
from ._spatial import SpatialGeometry

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RASTER = 240
_ARC = 73  # points along an arc
_PATCHES = 48  # a side of a face


def plot(shape: AbstractShape, mesh: Mesh | None = None) -> Figure:
    """The shape, its boundary parts by colour with a legend, and `mesh` (a mesh shows itself)."""
    if mesh is not None and not isinstance(mesh, Mesh):
        raise ArgumentError("This is no mesh.", given=repr(mesh)[:60], expected="shape.mesh(size)")
    mesh = shape if isinstance(shape, Mesh) else mesh
    title = str(shape) if len(str(shape)) <= 60 else ""
    if mesh is not None and mesh is not shape:
        title = str(mesh).split(" (")[0]
    if shape.ndim == 3:
        faces = facets_by_part(mesh) if mesh is not None else faces_by_part(shape)
        return plots.solid_region(faces, edges=mesh is not None, labels=shape.names, title=title)
    triangles = None if mesh is None else (mesh.vertices, mesh.cells)
    if isinstance(shape, Mesh):
        return plots.plane_region(facet_lines(shape), triangles=triangles, labels=shape.names, title=title)
    return plots.plane_region(
        lines_by_part(shape), inside=_raster(shape), triangles=triangles, labels=shape.names, title=title
    )


def shape_of(region: AbstractRegion) -> AbstractShape:
    """A box as the rectangle or cuboid it is; shapes as themselves."""
    if isinstance(region, AbstractShape):
        return region
    if not isinstance(region, Box) or region.ndim == 1:
        raise ArgumentError("This has no shape.", given=str(region), expected="two or three dimensions")
    sides = [(side.coordinate, side.lower, side.upper) for side in region.sides]
    return Rectangle(*sides) if region.ndim == 2 else Cuboid(*sides)


def lines_by_part(shape: AbstractShape) -> dict[str, list[np.ndarray]]:
    """The boundary of a plane shape as polylines."""
    geometry = shape.geometry
    assert isinstance(geometry, PlanarGeometry)
    lines: dict[str, list[np.ndarray]] = {name: [] for name in shape.parts}
    for piece in geometry.pieces:
        name = geometry.leaves[piece.leaf].names[piece.suffix]
        lines[name].append(piece.at(np.linspace(piece.start, piece.stop, 2 if piece.q is None else _ARC)))
    return lines


def facet_lines(mesh: Mesh) -> dict[str, list[np.ndarray]]:
    """The boundary edges of a plane mesh."""
    x = mesh.vertices[mesh.facets]
    return {name: list(x[mesh.facet_parts == i]) for i, name in enumerate(mesh.part_names)}


def facets_by_part(mesh: Mesh) -> dict[str, np.ndarray]:
    """The boundary triangles of a mesh in space."""
    x = mesh.vertices[mesh.facets]
    return {name: x[mesh.facet_parts == i] for i, name in enumerate(mesh.part_names)}


def faces_by_part(shape: AbstractShape) -> dict[str, np.ndarray]:
    """The boundary of a solid as small quadrilaterals."""
    geometry = shape.geometry
    assert isinstance(geometry, SpatialGeometry)
    return geometry.patches(_PATCHES)


def _raster(shape: AbstractShape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (a, c), (b, d) = shape.bounds
    x, y = np.linspace(a, b, _RASTER), np.linspace(c, d, _RASTER)
    points = np.stack(np.meshgrid(x, y), -1)
    return x, y, shape.level(points)
