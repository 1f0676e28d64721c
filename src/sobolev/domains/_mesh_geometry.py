"""Points and meshes: which cell, how far from the boundary, samples and quadratures cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import roots_jacobi

from ._geometry import AbstractGeometry, BoundaryPoints, Candidates, Level, Nearest
from ._mesh_checks import facet_measures

if TYPE_CHECKING:
    from ._mesh import Mesh

_IN = 1e-10  # barycentric coordinates this far below zero are rounding
_NEAR = 8  # facets looked at first for the nearest one


@dataclass(frozen=True, eq=False)
class MeshGeometry(AbstractGeometry):
    """Everything by cells and facets, exact for the polygon or polyhedron the mesh is."""

    region: Mesh

    @property
    def names(self) -> tuple[str, ...]:
        return self.region.part_names

    @property
    def full_names(self) -> tuple[str, ...]:
        return self.region.part_names

    @property
    def measure(self) -> float:
        return float(self.region.volumes.sum())

    # --- cells --------------------------------------------------------------------------------------

    @cached_property
    def _buckets(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """A grid of about as many buckets as cells: (shape, width, starts, cells); each lists cells whose box meets
        it."""
        x = self.region.vertices[self.region.cells]
        low, high = self.region.bounds
        ndim, m = self.region.ndim, len(x)
        shape = np.maximum(1, ((high - low) * (m / np.prod(high - low)) ** (1 / ndim)).astype(int))
        width = (high - low) / shape
        reach = 1e-9 * self.region.size
        first = np.clip(((x.min(1) - reach - low) / width).astype(int), 0, shape - 1)
        last = np.clip(((x.max(1) + reach - low) / width).astype(int), 0, shape - 1)
        extent = last - first + 1
        count = extent.prod(1)
        cells = np.repeat(np.arange(m), count)
        local = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        index = np.zeros(len(cells), int)
        for d in range(ndim):
            step = extent[cells, d]
            index = index * shape[d] + first[cells, d] + local % step
            local = local // step
        order = np.argsort(index, kind="stable")
        starts = np.searchsorted(index[order], np.arange(np.prod(shape) + 1))
        return shape, width, starts, cells[order]

    @cached_property
    def _inverse(self) -> np.ndarray:
        x = self.region.vertices[self.region.cells]
        return np.linalg.inv(np.swapaxes(x[:, 1:] - x[:, :1], 1, 2))

    def locate(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The cell of each point (the one it lies in most clearly; −1 for none) and its barycentric coordinates."""
        shape, width, starts, listed = self._buckets
        low, high = self.region.bounds
        reach = 1e-9 * self.region.size
        near = ((points >= low - reach) & (points <= high + reach)).all(1)
        bucket = np.clip(((points - low) / width).astype(int), 0, shape - 1)
        index = np.ravel_multi_index(tuple(bucket.T), tuple(shape))
        begin, end = starts[index], np.where(near, starts[index + 1], starts[index])
        best, cell = np.full(len(points), -_IN), np.full(len(points), -1)
        coordinates = np.zeros((len(points), self.region.ndim + 1))
        left = np.flatnonzero(end > begin)
        step = 0
        while len(left):
            tried = listed[begin[left] + step]
            b = self._barycentric(points[left], tried)
            worst = b.min(1)
            better = worst > best[left]
            rows = left[better]
            best[rows], cell[rows], coordinates[rows] = worst[better], tried[better], b[better]
            step += 1
            left = left[begin[left] + step < end[left]]
        return cell, coordinates

    def _barycentric(self, points: np.ndarray, cells: np.ndarray) -> np.ndarray:
        d = points - self.region.vertices[self.region.cells[cells, 0]]
        b = np.einsum("nij,nj->ni", self._inverse[cells], d)
        return np.concatenate([1 - b.sum(1, keepdims=True), b], 1)

    # --- facets -------------------------------------------------------------------------------------

    @cached_property
    def _facets(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points (k, ndim, ndim), outward unit normals and measures of the boundary facets."""
        x = self.region.vertices[self.region.facets]
        e = x[:, 1:] - x[:, :1]
        n = np.stack([e[:, 0, 1], -e[:, 0, 0]], 1) if self.region.ndim == 2 else np.cross(e[:, 0], e[:, 1])
        return x, n / np.linalg.norm(n, axis=1, keepdims=True), facet_measures(x)

    @cached_property
    def _tree(self) -> tuple[cKDTree, float]:
        x = self._facets[0]
        middles = x.mean(1)
        return cKDTree(middles), float(np.linalg.norm(x - middles[:, None], axis=2).max())

    def nearest(self, points: np.ndarray) -> Nearest:
        x, normals, _ = self._facets
        tree, radius = self._tree
        count = min(_NEAR, len(x))
        distance, candidates = tree.query(points, k=[*range(1, count + 1)])
        foot, best, which = self._closest(points, candidates)
        # a facet whose centre is farther than the best found plus the largest radius cannot be nearer
        unsure = np.flatnonzero((best + radius > distance[:, -1]) & (count < len(x)))
        for row in unsure:
            more = np.array(tree.query_ball_point(points[row], best[row] + radius))[None]
            f, b, w = self._closest(points[row : row + 1], more)
            foot[row], best[row], which[row] = f[0], b[0], w[0]
        return Nearest(foot, normals[which], self.region.facet_parts[which])

    def _closest(self, points: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        corners = self._facets[0][candidates]  # (n, k, ndim, ndim)
        feet = (on_segments if self.region.ndim == 2 else on_triangles)(points[:, None], corners)
        distance = np.linalg.norm(feet - points[:, None], axis=-1)
        first = distance.argmin(1)
        rows = np.arange(len(points))
        return feet[rows, first], distance[rows, first], candidates[rows, first]

    def signed_distance(self, points: np.ndarray) -> np.ndarray:
        distance = np.linalg.norm(self.nearest(points).points - points, axis=1)
        return np.where(self.locate(points)[0] >= 0, -distance, distance)

    # --- quadrature and samples ---------------------------------------------------------------------

    def quadrature(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        b, w = simplex_rule(order, self.region.ndim)
        points = np.einsum("qi,mid->mqd", b, self.region.vertices[self.region.cells])
        return points.reshape(-1, self.region.ndim), np.outer(self.region.volumes, w).ravel()

    def _chosen(self, parts: frozenset[int], where: Level | None) -> np.ndarray:
        """Facets of some parts whose centres satisfy a condition."""
        chosen = np.isin(self.region.facet_parts, list(parts))
        if where is not None:
            chosen &= where(self._facets[0].mean(1)) <= 0
        return np.flatnonzero(chosen)

    def boundary_quadrature(self, order: int, parts: frozenset[int], where: Level | None) -> BoundaryPoints:
        mine = self._chosen(parts, where)
        x, normals, measures = (a[mine] for a in self._facets)
        b, w = simplex_rule(order, self.region.ndim - 1)
        points = np.einsum("qi,kid->kqd", b, x).reshape(-1, self.region.ndim)
        index = np.repeat(self.region.facet_parts[mine], len(w))
        return BoundaryPoints(points, np.repeat(normals, len(w), 0), np.outer(measures, w).ravel(), index)

    @property
    def interior_draws(self) -> int:
        return self.region.ndim + 1

    def interior(self, uniform: np.ndarray) -> Candidates:
        cells = _choose(self.region.volumes, uniform[:, 0])
        b = _in_simplex(uniform[:, 1:])
        points = np.einsum("ni,nid->nd", b, self.region.vertices[self.region.cells[cells]])
        return Candidates(points, np.ones(len(points), bool))

    @property
    def boundary_draws(self) -> int:
        return self.region.ndim

    def boundary(self, uniform: np.ndarray, parts: frozenset[int], where: Level | None) -> Candidates:
        mine = self._chosen(parts, where)
        x, normals, measures = (a[mine] for a in self._facets)
        which = _choose(measures, uniform[:, 0])
        points = np.einsum("ni,nid->nd", _in_simplex(uniform[:, 1:]), x[which])
        index = self.region.facet_parts[mine][which]
        return Candidates(points, np.ones(len(points), bool), normals[which], index)


def on_segments(p: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Nearest points of segments (…, 2, d) to points (…, d)."""
    a, e = x[..., 0, :], x[..., 1, :] - x[..., 0, :]
    s = np.clip(((p - a) * e).sum(-1) / (e * e).sum(-1), 0, 1)
    return a + s[..., None] * e


def on_triangles(p: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Nearest points of triangles (…, 3, 3): the foot on the plane where it lies inside, else on the nearest edge."""
    a, e, f = x[..., 0, :], x[..., 1, :] - x[..., 0, :], x[..., 2, :] - x[..., 0, :]
    d = p - a
    ee, ef, ff, ed, fd = (e * e).sum(-1), (e * f).sum(-1), (f * f).sum(-1), (e * d).sum(-1), (f * d).sum(-1)
    det = ee * ff - ef * ef
    s, t = (ff * ed - ef * fd) / det, (ee * fd - ef * ed) / det
    within = (s >= 0) & (t >= 0) & (s + t <= 1)
    best = a + s[..., None] * e + t[..., None] * f
    distance = np.where(within, ((best - p) ** 2).sum(-1), np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        foot = on_segments(p, x[..., [i, j], :])
        there = ((foot - p) ** 2).sum(-1)
        best = np.where((there < distance)[..., None], foot, best)
        distance = np.minimum(there, distance)
    return best


def simplex_rule(order: int, ndim: int) -> tuple[np.ndarray, np.ndarray]:
    """Barycentric points (q, ndim + 1) and weights that sum to one, exact for polynomials of degree `order`.

    Stroud's conical product: Gauss–Jacobi nodes in the collapsed coordinates x₁ = s₁, x₂ = (1 − s₁) s₂, …
    """
    n = order // 2 + 1
    nodes = [roots_jacobi(n, ndim - 1 - d, 0) for d in range(ndim)]
    grids = np.meshgrid(*[0.5 * (1 + x) for x, _ in nodes], indexing="ij")
    weights = np.prod(np.meshgrid(*[w / w.sum() for _, w in nodes], indexing="ij"), axis=0).ravel()
    left, columns = np.ones(weights.size), []
    for s in grids:
        columns.append(left * s.ravel())
        left = left * (1 - s.ravel())
    return np.stack([left, *columns], -1), weights


def _choose(measures: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    ends = np.cumsum(measures)
    return np.clip(np.searchsorted(ends, uniform * ends[-1], "right"), 0, len(ends) - 1)


def _in_simplex(uniform: np.ndarray) -> np.ndarray:
    """Barycentric coordinates uniform over the simplex: gaps between sorted numbers."""
    ordered = np.sort(uniform, axis=1)
    edges = np.concatenate([np.zeros((len(uniform), 1)), ordered, np.ones((len(uniform), 1))], 1)
    return np.diff(edges, axis=1)
