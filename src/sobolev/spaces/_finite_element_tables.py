"""Tables of Lagrange elements on a mesh, from scikit-fem: numbering, reference basis, quadrature, facets."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._core import require
from ..domains import Mesh
from ._curved_cells import bent

# Ends of the edges of the reference cell, in the order of the quadratic functions.
EDGES = {2: ((1, 0), (2, 1), (2, 0)), 3: ((1, 0), (2, 1), (2, 0), (3, 0), (3, 1), (3, 2))}


@dataclass(frozen=True, eq=False)
class Rule:
    """Integration over all cells. m cells, q points, nb functions, d dimensions.

    - `basis` (1 + d, nb, q): values and reference gradients of the reference functions;
    - `inverse` (d, d, n, m): ∂_j φ = Σ_a inverse[a, j] ∂̂_a φ, where n = 1 for straight cells and n = q for curved;
    - `weights` (q,), `size` (n, m): a cell's integral is Σ weights · size · values;
    - `points` (d, q, m).
    """

    basis: np.ndarray
    inverse: np.ndarray
    weights: np.ndarray
    size: np.ndarray
    points: np.ndarray

    @property
    def volumes(self) -> np.ndarray:
        """Area or volume of each cell."""
        return (self.weights[:, None] * self.size).sum(0)


@dataclass(frozen=True, eq=False)
class FacetRule:
    """Integration over k boundary facets, with the cell each belongs to.

    - `cells` (k,); `value` (nb, q, k), `gradient` (d, nb, q, k): the cell's functions on the facet;
    - `normals` (d, q, k), outward; `weights` (q, k); `points` (d, q, k).
    """

    cells: np.ndarray
    value: np.ndarray
    gradient: np.ndarray
    normals: np.ndarray
    weights: np.ndarray
    points: np.ndarray


class Elements:
    """Continuous polynomials of degree 1 or 2 on the cells of a mesh. `dofs` (nb, m) numbers them globally.

    `nodes` (n, d) are the points whose values are the coefficients. `edges`: pairs of local vertices whose midpoints
    are nodes, in the order of the functions after those of the vertices (degree 2). `curved`: cells at the boundary are
    images of the reference cell under polynomials of degree 2, with nodes on the shape that the mesh was made from.
    """

    def __init__(self, mesh: Mesh, degree: int, curved: bool = False):
        skfem = require("skfem", "fem")
        self._skfem = skfem
        planar = mesh.ndim == 2
        kind = skfem.MeshTri if planar else skfem.MeshTet
        elements = {
            (True, 1): skfem.ElementTriP1,
            (True, 2): skfem.ElementTriP2,
            (False, 1): skfem.ElementTetP1,
            (False, 2): skfem.ElementTetP2,
        }
        self.mesh, self.degree, self.ndim, self.curved = mesh, degree, mesh.ndim, curved
        self._mesh: Any = kind(
            np.ascontiguousarray(mesh.vertices.T), np.ascontiguousarray(mesh.cells.T.astype(np.int64))
        )
        if curved:
            self._mesh = bent(self._mesh, mesh)
        self._element = elements[planar, degree]()
        self._basis = skfem.Basis(self._mesh, self._element, intorder=1)
        self.dofs = np.asarray(self._basis.element_dofs, np.int32)
        self.nodes = np.ascontiguousarray(self._basis.doflocs.T)
        self.corners = np.asarray(self._mesh.t, np.int32)  # (d + 1, m): vertices in the order of the functions
        self.edges = EDGES[mesh.ndim] if degree == 2 else ()

    @property
    def size(self) -> int:
        return len(self.nodes)

    def rule(self, order: int) -> Rule:
        """Exact for polynomials of degree `order`."""
        points, weights = self._skfem.quadrature.get_quadrature(self._element.refdom, order)
        parts = [self._element.lbasis(points, i) for i in range(len(self.dofs))]
        basis = np.stack(
            [
                np.concatenate([np.broadcast_to(v, weights.shape)[None], np.broadcast_to(g, points.shape)])
                for v, g in parts
            ],
            1,
        )
        mapping = self._mesh.mapping()
        x = np.moveaxis(np.asarray(mapping.F(points)), 2, 1)  # (d, q, m)
        if self.curved:
            inverse = np.moveaxis(np.asarray(mapping.invDF(points)), 3, 2)
            return Rule(basis, inverse, weights, np.abs(mapping.detDF(points)).T, x)
        return Rule(basis, np.asarray(mapping.invA)[:, :, None], weights, np.abs(mapping.detA)[None], x)

    def jump_rule(self, order: int) -> tuple[FacetRule, FacetRule]:
        """Over all facets between two cells, seen from either; both with the normals of the first."""
        inner = np.flatnonzero(self._mesh.f2t[1] >= 0)
        first, second = (self._facet_rule(inner, side, order) for side in (0, 1))
        return first, dataclasses.replace(second, normals=first.normals, weights=first.weights)

    @functools.cached_property
    def geometry(self) -> np.ndarray:
        """Nodes of each cell's map from the reference cell, in the order of `reference_functions`: (m, nodes, d)."""
        if not self.curved:
            return self.mesh.vertices[self.corners.T]
        located = self._skfem.Basis(self._mesh, self._mesh.elem(), intorder=1).element_dofs
        return self._mesh.doflocs.T[located.T]

    def facet_rule(self, facets: np.ndarray, order: int) -> FacetRule:
        """Over some of the mesh's boundary facets (indices into `mesh.facets`)."""
        return self._facet_rule(self._facets(facets), 0, order)

    def _facet_rule(self, facets: np.ndarray, side: int, order: int) -> FacetRule:
        """Over some of scikit-fem's facets, seen from one of their cells.

        Points are known in the reference cell: nothing needs to be inverted, however curved a cell is. For the facet
        opposite to vertex m, n dS = −|det ∂x/∂x̂| ∇λₘ dŜ (Nanson), ∇λₘ the gradient of the barycentric coordinate.
        """
        points, weights = self._skfem.quadrature.get_quadrature(self._element.refdom.brefdom, order)
        shares = np.stack([1 - points.sum(0), *points])  # (d, q): barycentric, on the facet
        cells = self._mesh.f2t[side, facets]
        place = (self._mesh.t[:, None, cells] == self._mesh.facets[None, :, facets]).argmax(0)  # (d, k): local vertices
        corners = np.concatenate([np.zeros((self.ndim, 1)), np.eye(self.ndim)], 1)
        hat = np.einsum("dik,iq->dkq", corners[:, place], shares)
        opposite = self.ndim * (self.ndim + 1) // 2 - place.sum(0)
        slopes = np.concatenate([-np.ones((self.ndim, 1)), np.eye(self.ndim)], 1)[:, opposite]
        mapping = self._mesh.mapping()
        inverse, size = np.asarray(mapping.invDF(hat, cells)), np.abs(mapping.detDF(hat, cells))
        outward = -np.einsum("ajkq,ak->jqk", inverse, slopes) * size.T
        area = np.sqrt((outward**2).sum(0))
        parts = [self._element.lbasis(hat, i) for i in range(len(self.dofs))]
        shape = hat.shape[1:]
        value = np.stack([np.broadcast_to(v, shape).T for v, _ in parts])
        gradient = np.stack([np.einsum("ajkq,akq->jqk", inverse, np.broadcast_to(g, hat.shape)) for _, g in parts], 1)
        x = np.swapaxes(np.asarray(mapping.F(hat, cells)), 1, 2)
        return FacetRule(cells, value, gradient, outward / area, weights[:, None] * area, np.ascontiguousarray(x))

    def on_facets(self, facets: np.ndarray) -> np.ndarray:
        """Numbers of the nodes on some boundary facets."""
        return np.asarray(self._basis.get_dofs(facets=self._facets(facets)).all())

    def _facets(self, facets: np.ndarray) -> np.ndarray:
        """scikit-fem's numbers of the mesh's boundary facets."""
        wanted = np.sort(self.mesh.facets[facets], 1)
        boundary = self._mesh.boundary_facets()
        known = np.sort(self._mesh.facets[:, boundary].T, 1)
        scale = len(self.mesh.vertices) ** np.arange(self.ndim, dtype=np.int64)
        keys = known @ scale
        order = np.argsort(keys)
        return boundary[order[np.searchsorted(keys[order], wanted @ scale)]]


@functools.lru_cache(maxsize=16)
def elements(mesh: Mesh, degree: int, curved: bool = False) -> Elements:
    """The tables for a mesh, remembered."""
    return Elements(mesh, degree, curved)


def merged(table: Elements, sides: tuple[tuple[int, float], ...]) -> tuple[np.ndarray, int]:
    """Numbers of the nodes when opposite sides of a box are one: `sides` are (axis, length) of the periodic ones."""
    if not sides:
        return np.arange(table.size), table.size
    x = table.nodes.copy()
    low, high = table.mesh.bounds
    for axis, length in sides:
        at_end = np.abs(x[:, axis] - high[axis]) < 1e-9 * length
        x[at_end, axis] = low[axis]
    rounded = np.round((x - low) / (1e-7 * (high - low).max())).astype(np.int64)
    _, number = np.unique(rounded, axis=0, return_inverse=True)
    return number.ravel(), int(number.max()) + 1


def reference_functions(barycentric: Any, edges: tuple[tuple[int, int], ...]) -> list[Any]:
    """The functions of a cell at barycentric coordinates (a sequence of d + 1 arrays)."""
    if not edges:
        return list(barycentric)
    corners = [b * (2 * b - 1) for b in barycentric]
    return corners + [4 * barycentric[i] * barycentric[j] for i, j in edges]
