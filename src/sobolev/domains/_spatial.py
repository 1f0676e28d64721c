"""The boundary of a solid: faces of its single shapes, trimmed by cells."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ._cells import cut_square, cut_volume
from ._feet import crease, foot, sides, trimmed
from ._geometry import AbstractShapeGeometry, BoundaryPoints, Candidates, Level, Nearest

if TYPE_CHECKING:
    from ._boolean import Leaf
    from ._shape import AbstractShape

_TRIMMED = 1e3  # sizes that a point of a surface seems farther away where that is no boundary


@dataclass(frozen=True, eq=False)
class SpatialGeometry(AbstractShapeGeometry):
    """Single solids have exact rules. Of booleans, each face is kept where one side of it is inside and the other is
    not
    (where faces coincide, the earlier shape's counts); cells of the face's parameters resolve where that changes."""

    shape: AbstractShape
    leaves: tuple[Leaf, ...]

    @property
    def _single(self) -> bool:
        return len(self.leaves) == 1

    def _sides(self, leaf: int, points: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether points of a shape's surface are boundary, and the sign that turns its normal outwards."""
        if self._single:
            return np.ones(len(points), bool), np.ones(len(points))
        at = sides(self.shape, points, normals)
        return trimmed(self.shape, self.leaves, leaf, points, at), np.where(at.within, 1.0, -1.0)

    def _face(self, leaf: int, face: int, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        frame = self.leaves[leaf].frame
        points, normals = self._faces[leaf][face].at(uv)
        return frame.points(points), frame.directions(normals)

    @cached_property
    def _faces(self) -> tuple:
        return tuple(leaf.shape.faces for leaf in self.leaves)

    def present(self) -> Iterator[tuple[Leaf, int]]:
        for i, leaf in enumerate(self.leaves):
            for f in range(len(self._faces[i])):
                if len(cut_square(lambda u, i=i, f=f: self._sides(i, *self._face(i, f, u))[0])[0]):
                    yield leaf, f

    def _index(self, leaf: int, face: int) -> int:
        name = self.leaves[leaf].names[face]
        return self.names.index(name) if name in self.names else -1

    @cached_property
    def measure(self) -> float:
        """Of booleans by Gauss: ⅓ ∮ x·n dA."""
        if self._single:
            return self.leaves[0].shape.volume * self.leaves[0].frame.scale ** 3
        b = self.boundary_quadrature(4, frozenset(range(len(self.names))), None)
        centre = self.shape.bounds.mean(0)
        return float(b.weights @ ((b.points - centre) * b.normals).sum(1)) / 3

    def signed_distance(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(self.shape.level(points))

    def nearest(self, points: np.ndarray) -> Nearest:
        """The nearest of the feet on all surfaces that are boundary, and of the creases where one that is nearer is
        not."""
        feet = [foot(self.shape, self.leaves, i, points) for i in range(len(self.leaves))]
        far = np.stack([np.linalg.norm(f.points - points, axis=1) for f in feet])
        gaps = np.where([f.keep for f in feet], far, far + _TRIMMED * self.shape.size)  # only if nothing is left
        leaf = gaps.argmin(0)
        rows = np.arange(len(points))
        x, normals = (np.stack([f[k] for f in feet])[leaf, rows] for k in (0, 1))
        self._to_creases(points, far, gaps.min(0), leaf, x)
        part = np.zeros(len(points), int)
        for i, f in enumerate(feet):
            own = np.array([self._index(i, face) for face in range(len(self._faces[i]))])
            part = np.where(leaf == i, own[f.faces], part)
            normals[leaf == i] = f.normals[leaf == i]
        return Nearest(x, normals, part)

    def _to_creases(
        self, points: np.ndarray, far: np.ndarray, best: np.ndarray, leaf: np.ndarray, x: np.ndarray
    ) -> None:
        """Replaces feet by points of creases that are nearer: there the nearer of the two surfaces counts."""
        for i, j in itertools.combinations(range(len(self.leaves)), 2):
            rows = np.flatnonzero(np.maximum(far[i], far[j]) < best)
            if not rows.size:
                continue
            found = crease(self.shape, self.leaves[i], self.leaves[j], points[rows])
            distance = np.linalg.norm(found - points[rows], axis=1)
            nearer = distance < best[rows]  # NaN is not
            at = rows[nearer]
            x[at], best[at] = found[nearer], distance[nearer]
            leaf[at] = np.where(far[i, at] <= far[j, at], i, j)

    def quadrature(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        if self._single:
            leaf = self.leaves[0]
            points, weights = leaf.shape.volume_rule(order)
            return leaf.frame.points(points), weights * leaf.frame.scale**3
        points, weights = cut_volume(self.shape.level, self.shape.bounds, order)
        return points, weights * (self.measure / weights.sum())

    def boundary_quadrature(self, order: int, parts: frozenset[int], where: Level | None) -> BoundaryPoints:
        found = []
        for i, leaf in enumerate(self.leaves):
            for f, face in enumerate(self._faces[i]):
                if self._index(i, f) not in parts:
                    continue

                def holds(uv: np.ndarray, i: int = i, f: int = f) -> np.ndarray:
                    x, n = self._face(i, f, uv)
                    keep = self._sides(i, x, n)[0]
                    return keep if where is None else keep & (where(x) <= 0)

                uv, weights = cut_square(holds, face.rule, order)
                if len(uv):
                    x, n = self._face(i, f, uv)
                    sign = self._sides(i, x, n)[1]
                    area = face.area * leaf.frame.scale**2
                    found.append((x, sign[:, None] * n, area * weights, np.full(len(x), self._index(i, f))))
        if not found:
            return BoundaryPoints(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0), np.zeros(0, int))
        return BoundaryPoints(*(np.concatenate(column) for column in zip(*found, strict=True)))

    @property
    def boundary_draws(self) -> int:
        return 3

    def boundary(self, uniform: np.ndarray, parts: frozenset[int], where: Level | None) -> Candidates:
        """The first number chooses the face, by area, the others the point on it."""
        chosen = [
            (i, f) for i in range(len(self.leaves)) for f in range(len(self._faces[i])) if self._index(i, f) in parts
        ]
        areas = [self._faces[i][f].area * self.leaves[i].frame.scale ** 2 for i, f in chosen]
        ends = np.cumsum(areas) / np.sum(areas)
        which = np.clip(np.searchsorted(ends, uniform[:, 0], "right"), 0, len(chosen) - 1)
        n = len(uniform)
        points, normals, keep, index = np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n, bool), np.zeros(n, int)
        for k, (i, f) in enumerate(chosen):
            mine = which == k
            x, normal = self._face(i, f, uniform[mine, 1:])
            on, sign = self._sides(i, x, normal)
            points[mine], normals[mine], index[mine] = x, sign[:, None] * normal, self._index(i, f)
            keep[mine] = on if where is None else on & (where(x) <= 0)
        return Candidates(points, keep, normals, index)

    def patches(self, n: int) -> dict[str, np.ndarray]:
        """The boundary as quadrilaterals (k, 4, 3) by part, n by n on each face, those trimmed away left out."""
        found: dict[str, list[np.ndarray]] = {name: [] for name in self.names}
        i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        corner = np.stack([i.ravel(), j.ravel()], -1)
        for leaf in range(len(self.leaves)):
            for face in range(len(self._faces[leaf])):
                if self._index(leaf, face) < 0:
                    continue
                keep = self._sides(leaf, *self._face(leaf, face, (corner + 0.5) / n))[0]
                steps = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
                uv = (corner[keep][:, None] + steps) / n
                x = self._face(leaf, face, uv.reshape(-1, 2))[0].reshape(-1, 4, 3)
                found[self.leaves[leaf].names[face]].append(x)
        return {name: np.concatenate(x) for name, x in found.items() if x}
