"""Values and gradients of finite element functions at points, by NumPy: for many meshes, once each."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from ._finite_element import FiniteElement
from ._finite_element_tables import EDGES, reference_functions

_STEPS = 4  # of Newton's method in curved cells


def at_points(space: FiniteElement, coefficients: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, channels) and (n, d, channels) at points (n, d); those outside take the polynomial of a cell next to them."""
    x = np.asarray(points)
    cell, b = space.mesh.locate(x)
    table = space.table
    corners = space.mesh.vertices[table.corners.T]
    lost = np.flatnonzero(cell < 0)
    if lost.size:
        cell[lost] = cKDTree(corners.mean(1)).query(x[lost])[1]
    nodes = corners[cell]
    inverse = np.linalg.inv(np.swapaxes(nodes[:, 1:] - nodes[:, :1], 1, 2))
    b = np.einsum("nij,nj->ni", inverse, x - nodes[:, 0])
    if space.curved:
        edges, shape = EDGES[space.mesh.ndim], table.geometry[cell]
        for _ in range(_STEPS):
            inverse = np.linalg.inv(np.einsum("nkj,kin->nji", shape, _slopes(b, edges)))
            missing = np.einsum("nkj,kn->nj", shape, _functions(b, edges)) - x
            b = b - np.einsum("nij,nj->ni", inverse, missing)
        inverse = np.linalg.inv(np.einsum("nkj,kin->nji", shape, _slopes(b, edges)))
    local = coefficients[space.dofs.T[cell]]
    values = np.einsum("kn,nkc->nc", _functions(b, table.edges), local)
    hat = np.einsum("kin,nkc->nic", _slopes(b, table.edges), local)
    return values, np.einsum("nij,nic->njc", inverse, hat)


def _functions(b: np.ndarray, edges: tuple[tuple[int, int], ...]) -> np.ndarray:
    """(nb, n) at reference points (n, d)."""
    return np.stack(reference_functions([1 - b.sum(1), *b.T], edges))


def _slopes(b: np.ndarray, edges: tuple[tuple[int, int], ...]) -> np.ndarray:
    """(nb, d, n): derivatives of the reference functions."""
    full = np.concatenate([1 - b.sum(1, keepdims=True), b], 1).T
    n, d = b.shape
    outward = np.concatenate([-np.ones((1, d)), np.eye(d)])  # of the barycentric coordinates
    if not edges:
        return np.broadcast_to(outward[:, :, None], (d + 1, d, n))
    corners = (4 * full - 1)[:, None] * outward[:, :, None]
    middles = [4 * (full[i] * outward[j][:, None] + full[j] * outward[i][:, None]) for i, j in edges]
    return np.concatenate([corners, np.stack(middles)])
