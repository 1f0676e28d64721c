"""Structured meshes of boxes: triangles and tetrahedra from equal cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._core import require
from ..domains import Box, Mesh


def box_mesh(box: Box, counts: Sequence[int]) -> Mesh:
    """`counts` cells a side, each cut into 2 triangles or 6 tetrahedra; parts are called as the box calls its sides,
    periodic ones too ("x.min", "x.max")."""
    skfem = require("skfem", "fem")
    ends = [(side.lower, side.upper) for side in box.sides]
    lines = [np.linspace(a, b, n + 1) for (a, b), n in zip(ends, counts, strict=True)]
    made = (skfem.MeshTri if box.ndim == 2 else skfem.MeshTet).init_tensor(*lines)
    x, cells = np.ascontiguousarray(made.p.T), np.ascontiguousarray(made.t.T)
    turned = np.linalg.det(x[cells[:, 1:]] - x[cells[:, :1]]) < 0
    cells[turned, :2] = cells[turned, 1::-1]
    facets = made.facets[:, made.boundary_facets()].T
    parts = {}
    for axis, side in enumerate(box.sides):
        for name, end in ((f"{side.name}.min", side.lower), (f"{side.name}.max", side.upper)):
            on = (np.abs(x[facets, axis] - end) < 1e-9 * side.length).all(1)
            parts[name] = facets[on]
    return Mesh.of(box.coordinates, x, cells, parts)


def uniformly_refined(mesh: Mesh, times: int) -> Mesh:
    """Every cell cut into 2^ndim smaller ones, `times` times; parts keep their names."""
    if times == 0:
        return mesh
    skfem = require("skfem", "fem")
    made = (skfem.MeshTri if mesh.ndim == 2 else skfem.MeshTet)(
        np.ascontiguousarray(mesh.vertices.T), np.ascontiguousarray(mesh.cells.T.astype(np.int64))
    )
    fine = made.refined(times)
    x, cells = np.ascontiguousarray(fine.p.T), np.ascontiguousarray(fine.t.T)
    turned = np.linalg.det(x[cells[:, 1:]] - x[cells[:, :1]]) < 0
    cells[turned, :2] = cells[turned, 1::-1]
    facets = fine.facets[:, fine.boundary_facets()].T
    part = mesh.geometry.nearest(x[facets].mean(1)).parts
    parts = {name: facets[part == i] for i, name in enumerate(mesh.part_names)}
    return Mesh.of(mesh.axes, x, cells, parts)
