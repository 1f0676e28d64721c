"""Cells whose edges follow a curved boundary: quadratic maps from the reference cell."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .._core import require
from ..domains import Mesh, middles

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

    Where a cell would fold, its inner edges give way; if it still would, or the nearest point is far, edges stay
    straight.
    """
    skfem = require("skfem", "fem")
    made = (skfem.MeshTri2 if mesh.ndim == 2 else skfem.MeshTet2).from_mesh(straight)
    if mesh.origin is None:
        return made
    basis = skfem.Basis(made, made.elem(), intorder=1)
    on = np.asarray(basis.get_dofs(facets=straight.boundary_facets()).all())
    count = straight.p.shape[1]
    on = on[on >= count]  # without the vertices
    edges = straight.edges if mesh.ndim == 3 else straight.facets
    x = made.doflocs.copy()
    ends = straight.p.T[edges[:, on - count].T]  # (edges, 2, d)
    target = middles(mesh.origin, ends).T
    dofs = basis.element_dofs
    near = np.linalg.norm(target - x[:, on], axis=0) < _FAR * np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    x[:, on[near]] = target[:, near]
    inside, _ = skfem.quadrature.get_quadrature(made.elem.refdom, 4)
    points = np.concatenate([inside, made.elem().doflocs.T], 1)  # corners fold first
    orientation = np.sign(straight.mapping().detA)[:, None]

    def folded() -> np.ndarray:
        slopes = np.asarray(dataclasses.replace(made, doflocs=x).mapping().DF(points))
        sizes = np.linalg.det(np.moveaxis(slopes, (0, 1), (-2, -1))) * orientation
        return np.unique(dofs[:, sizes.min(1) < _FOLDED * sizes.max(1)])

    nodes = folded()
    if nodes.size:
        inner = np.setdiff1d(nodes[nodes >= count], on)
        x[:, inner] += _drawn(edges, x - made.doflocs, on, count)[:, inner - count]
    for _ in range(3):
        nodes = folded()
        if not nodes.size:
            return dataclasses.replace(made, doflocs=x)
        x[:, nodes] = made.doflocs[:, nodes]
    return made


def _drawn(edges: np.ndarray, moved: np.ndarray, on: np.ndarray, count: int) -> np.ndarray:
    """How far middles of inner edges go with the surface, so that cells next to it are shifted rather than pressed.

    A quarter of the mean of what the surface's edges that meet at either end do: then the shift falls linearly.
    """
    total, number = np.zeros((len(moved), count)), np.zeros(count)
    for end in edges[:, on - count]:
        np.add.at(total, (slice(None), end), moved[:, on])
        np.add.at(number, end, 1)
    return (total / np.maximum(number, 1))[:, edges].sum(1) / 4
