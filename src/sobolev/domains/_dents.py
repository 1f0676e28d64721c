"""Dents in triangulated curved surfaces: tetrahedra that have two facets on one of them.

Where four points of a surface lie nearly on one circle, either diagonal between them may have been taken, and a flat
tetrahedron lies between the two. Its two facets on the surface have the same tangent plane at the edge between them:
it would fold as soon as its edges followed the surface. Without it the surface has the other diagonal, as good as that.
"""

from __future__ import annotations

import numpy as np

from ._mesh_checks import cell_facets
from ._shape import AbstractShape

_ROUNDS = 8
_FAR = 0.3  # of the new diagonal: a middle farther from the surface belongs to another part of it
_SMOOTH = 0.7  # cosine of the largest angle between normals of one smooth surface at neighbouring facets
_WORSE = 4.0  # times as far from the surface the new diagonal's middle may be

# By the two facets of a cell (numbered by the vertex opposite to each): ends of the edge between them, and the others.
_EDGES = {(i, j): ([k for k in range(4) if k not in (i, j)], [i, j]) for i in range(4) for j in range(i + 1, 4)}


def without_dents(shape: AbstractShape, vertices: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The cells without those that have two facets on one smooth curved part of the shape's surface.

    At edges of the shape nothing is changed: their facets belong to two parts or have two normals, or the middle of the
    edge between them lies on the surface, and that of the other diagonal does not.
    """
    for _ in range(_ROUNDS):
        found = _dents(shape, vertices, cells)
        if not found.size:
            break
        cells = np.delete(cells, found, axis=0)
    return cells


def _dents(shape: AbstractShape, vertices: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Cells to leave out, no two of which share a vertex."""
    facets = np.sort(cell_facets(cells), 2)
    _, inverse, count = np.unique(facets.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    outer = (count[inverse.ravel()] == 1).reshape(-1, 4)
    twice = np.flatnonzero(outer.sum(1) == 2)
    if not twice.size:
        return twice
    surface = np.sort(facets[outer][:, [[0, 1], [0, 2], [1, 2]]].reshape(-1, 2), 1)
    edges = {tuple(e) for e in surface.tolist()}
    ends = [_EDGES[tuple(np.flatnonzero(row))] for row in outer[twice]]
    old, new = (np.array([cells[c][e[k]] for c, e in zip(twice, ends, strict=True)]) for k in (0, 1))
    gaps = []
    for diagonal in (old, new):
        middle = vertices[diagonal].mean(1)
        gaps.append(np.linalg.norm(shape.project(middle) - middle, axis=1))
    pairs = facets[twice][outer[twice]].reshape(-1, 2, 3)
    feet = [shape.geometry.nearest(vertices[pairs[:, k]].mean(1)) for k in (0, 1)]
    smooth = ((feet[0].normals * feet[1].normals).sum(1) > _SMOOTH) & (feet[0].parts == feet[1].parts)
    length = np.linalg.norm(vertices[new[:, 0]] - vertices[new[:, 1]], axis=1)
    near = smooth & (gaps[1] <= _WORSE * gaps[0]) & (gaps[0] > 1e-9 * length) & (gaps[1] < _FAR * length)
    chosen, taken = [], np.zeros(len(vertices), bool)
    for c, pair, good in zip(twice, np.sort(new, 1).tolist(), near, strict=True):
        if good and tuple(pair) not in edges and not taken[cells[c]].any():
            chosen.append(c)
            taken[cells[c]] = True
    return np.array(chosen, int)
