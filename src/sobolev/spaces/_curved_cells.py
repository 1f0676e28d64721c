"""Cells whose edges follow a curved boundary: quadratic maps from the reference cell."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .._core import require
from ..domains import Mesh

_FOLDED = 0.1  # smallest Jacobian determinant of a cell, relative to its largest, that is still good
_FAR = 0.3  # of an edge: a nearest point farther away belongs to another part of the boundary


def bends(mesh: Mesh) -> bool:
    """Whether middles of the mesh's boundary edges do not lie on the shape it was made from."""
    if mesh.origin is None:
        return False
    x = mesh.vertices[mesh.facets]
    middles = x[:, :2].mean(1)
    length = np.linalg.norm(x[:, 1] - x[:, 0], axis=1)
    return bool((np.linalg.norm(mesh.origin.project(middles) - middles, axis=1) > 1e-9 * length).any())


def bent(straight: Any, mesh: Mesh) -> Any:
    """scikit-fem's mesh of degree 2 in which middles of boundary edges are moved to the nearest points of the shape.

    An edge whose nearest point is far, or that would fold a cell, stays straight.
    """
    skfem = require("skfem", "fem")
    made = (skfem.MeshTri2 if mesh.ndim == 2 else skfem.MeshTet2).from_mesh(straight)
    if mesh.origin is None:
        return made
    basis = skfem.Basis(made, made.elem(), intorder=1)
    on = np.asarray(basis.get_dofs(facets=straight.boundary_facets()).all())
    on = on[on >= straight.p.shape[1]]  # without the vertices
    x = made.doflocs.copy()
    target = mesh.origin.project(x[:, on].T).T
    dofs = basis.element_dofs
    scale = np.zeros(x.shape[1])
    scale[dofs] = (np.abs(straight.mapping().detA) ** (1 / mesh.ndim))[None]
    near = np.linalg.norm(target - x[:, on], axis=0) < _FAR * scale[on]
    x[:, on[near]] = target[:, near]
    inside, _ = skfem.quadrature.get_quadrature(made.elem.refdom, 4)
    points = np.concatenate([inside, made.elem().doflocs.T], 1)  # corners fold first
    for _ in range(3):
        curved = dataclasses.replace(made, doflocs=x)
        sizes = curved.mapping().detDF(points) * np.sign(straight.mapping().detA)[:, None]
        folded = np.unique(dofs[:, sizes.min(1) < _FOLDED * sizes.max(1)])
        if not folded.size:
            return curved
        x[:, folded] = made.doflocs[:, folded]
    return made
