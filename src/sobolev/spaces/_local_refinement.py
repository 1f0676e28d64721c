"""Meshes refined where it is asked for."""

from __future__ import annotations

import numpy as np

from .._core import require
from ..domains import Mesh


def locally_refined(mesh: Mesh, cells: np.ndarray) -> tuple[Mesh, np.ndarray]:
    """The mesh with some cells (by number) cut, and as many neighbours as keep it conforming and its angles bounded;
    and for each new cell the old one it lies in.

    Triangles are cut into four, two or three (red, green, blue), tetrahedra are bisected along their longest edges. New
    vertices on the boundary of the shape that the mesh was made from are put onto it. Parts keep their names.
    """
    skfem = require("skfem", "fem")
    made = (skfem.MeshTri if mesh.ndim == 2 else skfem.MeshTet)(
        np.ascontiguousarray(mesh.vertices.T), np.ascontiguousarray(mesh.cells.T.astype(np.int64))
    )
    fine = made.refined(np.asarray(cells))
    x, new = np.ascontiguousarray(fine.p.T), np.ascontiguousarray(fine.t.T)
    parents = mesh.locate(x[new].mean(1))[0]
    turned = np.linalg.det(x[new[:, 1:]] - x[new[:, :1]]) < 0
    new[turned, :2] = new[turned, 1::-1]
    facets = fine.facets[:, fine.boundary_facets()].T
    part = mesh.geometry.nearest(x[facets].mean(1)).parts
    x = _on_shape(mesh, x, new, facets)
    parts = {name: facets[part == i] for i, name in enumerate(mesh.part_names)}
    vertices, simplices, edges, labels, names = _arrays(mesh, x, new, parts)
    return Mesh(mesh.axes, vertices, simplices, edges, labels, names, mesh.origin), parents


def _arrays(mesh: Mesh, x: np.ndarray, cells: np.ndarray, parts: dict[str, np.ndarray]) -> tuple:
    found = Mesh.of(mesh.axes, x, cells, parts)
    return found.vertices, found.cells, found.facets, found.facet_parts, found.part_names


def _on_shape(mesh: Mesh, x: np.ndarray, cells: np.ndarray, facets: np.ndarray) -> np.ndarray:
    """Boundary vertices that are new moved to the shape, except those whose cells that would spoil."""
    if mesh.origin is None:
        return x
    on = np.unique(facets)
    on = on[on >= len(mesh.vertices)]
    moved = x.copy()
    moved[on] = mesh.origin.project(x[on])
    before = np.linalg.det(x[cells[:, 1:]] - x[cells[:, :1]])
    after = np.linalg.det(moved[cells[:, 1:]] - moved[cells[:, :1]])
    spoilt = np.unique(cells[after < 0.3 * before])
    moved[spoilt] = x[spoilt]
    return moved
