"""Meshes of shapes as they are wished for: by size, by count, or by distance from the boundary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._core import ArgumentError, require
from ._arguments import length
from ._boundary import Boundary
from ._gmsh import Inner, mesh_of
from ._mesh import Mesh
from ._planar import PlanarGeometry
from ._planes import Plane, checked_planes
from ._shape import AbstractShape

_DEFAULT = 1 / 20  # of the size of the shape
_ROUNDS = 8
_CLOSE = 0.1  # a count is met within this
_MOST_CELLS = 20_000_000
_SHORT = 1e-6  # of the size: what gmsh cannot resolve beside the rest


def generate(
    shape: AbstractShape,
    size: float | None,
    count: int | None,
    tolerance: float | None,
    split: Sequence[Boundary],
    planes: Sequence[Plane],
) -> Mesh:
    """What `AbstractShape.mesh` promises."""
    if isinstance(shape, Mesh):
        return _unchanged(shape, size, count, tolerance)
    size, count, tolerance = _checked(shape, size, count, tolerance)
    _check_resolvable(shape)
    inner = Inner(split, checked_planes(shape, planes))
    gmsh = require("gmsh", "fem")
    if count is not None:
        return _with_count(gmsh, shape, count, inner)
    edge = _DEFAULT * shape.size if size is None else size
    if tolerance is None:
        return mesh_of(gmsh, shape, edge, None, inner)
    curve = tolerance
    for _ in range(_ROUNDS):
        mesh = mesh_of(gmsh, shape, edge, curve, inner)
        if (worst := deviation(shape, mesh)) <= tolerance:
            return mesh
        curve *= 0.8 * min(tolerance / worst, 1.0)
    raise ArgumentError(
        "The mesh does not come as near to the boundary as asked for.",
        given=f"tolerance {tolerance:g}; {worst:.3g} was reached with {len(mesh.cells)} cells",
        expected="a tolerance that this shape can be meshed to",
        fix="a larger tolerance, or a size",
    )


def _unchanged(mesh: Mesh, *wishes: float | None) -> Mesh:
    if any(wish is not None for wish in wishes):
        raise ArgumentError(
            "A mesh is not meshed again.",
            given=str(mesh),
            expected="mesh() without a size, count or tolerance",
            fix="mesh the shape it came from: mesh.origin.mesh(size)" if mesh.origin is not None else None,
        )
    return mesh


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
        mesh = mesh_of(gmsh, shape, edge, None, inner)
        if best is None or abs(len(mesh.cells) - count) < abs(len(best.cells) - count):
            best = mesh
        if abs(len(mesh.cells) - count) <= _CLOSE * count:
            break
        edge *= min(max((len(mesh.cells) / count) ** (1 / ndim), 0.5), 2.0)
    assert best is not None
    return best
