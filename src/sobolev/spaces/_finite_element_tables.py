"""Tables of Lagrange elements on a mesh, from scikit-fem: numbering, reference basis, quadrature, facets."""

from __future__ import annotations

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
        sides = [
            self._skfem.InteriorFacetBasis(self._mesh, self._element, intorder=order, side=side) for side in (0, 1)
        ]
        first, second = (_facet_rule(basis) for basis in sides)
        return first, second

    @functools.cached_property
    def geometry(self) -> np.ndarray:
        """Nodes of each cell's map from the reference cell, in the order of `reference_functions`: (m, nodes, d)."""
        if not self.curved:
            return self.mesh.vertices[self.corners.T]
        located = self._skfem.Basis(self._mesh, self._mesh.elem(), intorder=1).element_dofs
        return self._mesh.doflocs.T[located.T]

    def facet_rule(self, facets: np.ndarray, order: int) -> FacetRule:
        """Over some of the mesh's boundary facets (indices into `mesh.facets`)."""
        skfem = self._skfem
        basis = skfem.FacetBasis(self._mesh, self._element, facets=self._facets(facets), intorder=order)
        return _facet_rule(basis)

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


def _facet_rule(basis: Any) -> FacetRule:
    """From a basis of scikit-fem's on facets."""
    value = np.stack([np.asarray(b[0]) for b in basis.basis])
    gradient = np.stack([np.asarray(b[0].grad) for b in basis.basis], 1)
    shape = basis.dx.shape
    value = np.broadcast_to(value, (len(value), *shape))
    gradient = np.broadcast_to(gradient, (*gradient.shape[:2], *shape))
    normals, x = np.asarray(basis.normals), np.asarray(basis.global_coordinates())
    turned = [np.ascontiguousarray(np.swapaxes(a, -1, -2)) for a in (value, gradient, normals, basis.dx, x)]
    return FacetRule(np.asarray(basis.tind), *turned)


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
