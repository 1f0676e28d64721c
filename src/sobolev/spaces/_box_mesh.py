"""Structured meshes of boxes: triangles and tetrahedra from equal cells."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import sympy as sp

from .._core import require
from ..domains import Box, Mesh


def box_mesh(box: Box, counts: Sequence[int], planes: Sequence[tuple[sp.Symbol, float]] = ()) -> Mesh:
    """About `counts` cells a side, each cut into 2 triangles or 6 tetrahedra; parts are called as the box calls its
    sides, periodic ones too ("x.min", "x.max"). No cell crosses a plane of `planes`, pairs of a coordinate and a place.
    """
    skfem = require("skfem", "fem")
    places = [[place for c, place in planes if c == side.coordinate] for side in box.sides]
    lines = [line(s.lower, s.upper, n, p) for s, n, p in zip(box.sides, counts, places, strict=True)]
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


def line(lower: float, upper: float, count: int, places: Sequence[float]) -> np.ndarray:
    """About `count` intervals, as equal as they can be with ends at `places` too."""
    beside = 1e-6 * (upper - lower)
    ends = [lower, *sorted(p for p in places if lower + beside < p < upper - beside), upper]
    parts = []
    for a, b in itertools.pairwise(ends):
        parts.append(np.linspace(a, b, max(1, round(count * (b - a) / (upper - lower))) + 1)[:-1])
    return np.concatenate([*parts, [upper]])


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
