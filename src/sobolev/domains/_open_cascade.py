"""Shapes and their booleans as entities of OpenCASCADE, gmsh's kernel of geometry."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from .._core import ArgumentError
from ._boolean import Combined, Leaf, Placed
from ._exact_shapes import AbstractPrimitive
from ._frame import Frame
from ._planar_shapes import Disk, Ellipse, Polygon, Rectangle
from ._shape import AbstractShape
from ._solids import Ball, Cuboid


def built(occ: Any, shape: AbstractShape, frame: Frame) -> list[tuple[int, int]]:
    """The OpenCASCADE entities of a shape."""
    match shape:
        case Placed():
            return built(occ, shape.shape, frame.after(shape.frame))
        case Combined():
            first, second = built(occ, shape.first, frame), built(occ, shape.second, frame)
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
