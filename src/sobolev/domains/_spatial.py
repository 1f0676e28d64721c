"""The boundary of a solid: faces of its single shapes, trimmed by cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ._cells import cut_square, cut_volume
from ._geometry import AbstractGeometry, BoundaryPoints, Candidates, Level, Nearest

if TYPE_CHECKING:
    from ._boolean import Leaf
    from ._shape import AbstractShape

_STEP = 1e-7  # of the size: how far to both sides of a surface is looked
_ON = 1e-9


@dataclass(frozen=True, eq=False)
class SpatialGeometry(AbstractGeometry):
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
        size = self.shape.size
        within = np.asarray(self.shape.level(points - _STEP * size * normals)) < 0
        beyond = np.asarray(self.shape.level(points + _STEP * size * normals)) < 0
        keep = within != beyond
        for other in self.leaves[:leaf]:
            keep &= np.abs(other.frame.scale * other.shape.level(other.frame.own(points))) > _ON * size
        return keep, np.where(within, 1.0, -1.0)

    def _face(self, leaf: int, face: int, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        frame = self.leaves[leaf].frame
        points, normals = self._faces[leaf][face].at(uv)
        return frame.points(points), frame.directions(normals)

    @cached_property
    def _faces(self) -> tuple:
        return tuple(leaf.shape.faces for leaf in self.leaves)

    @cached_property
    def _listed(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found: dict[str, str] = {}
        for i, leaf in enumerate(self.leaves):
            for f in range(len(self._faces[i])):
                uv = cut_square(lambda u, i=i, f=f: self._sides(i, *self._face(i, f, u))[0])[0]
                if len(uv) and leaf.names[f] not in found:
                    found[leaf.names[f]] = leaf.full_names[f]
        return tuple(found), tuple(found.values())

    @property
    def names(self) -> tuple[str, ...]:
        return self._listed[0]

    @property
    def full_names(self) -> tuple[str, ...]:
        return self._listed[1]

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
        best = np.full(len(points), np.inf)
        foot, normal, part = np.zeros_like(points), np.zeros_like(points), np.zeros(len(points), int)
        for i, leaf in enumerate(self.leaves):
            own_foot, own_normal, face = leaf.shape.foot(leaf.frame.own(points))
            x, n = leaf.frame.points(own_foot), leaf.frame.directions(own_normal)
            keep, sign = self._sides(i, x, n)
            distance = np.linalg.norm(x - points, axis=1)
            distance = np.where(
                keep, distance, distance + 1e3 * self.shape.size
            )  # trimmed away: only if nothing is left
            closer = distance < best
            best = np.where(closer, distance, best)
            foot[closer], normal[closer] = x[closer], (sign[:, None] * n)[closer]
            part[closer] = np.array([self._index(i, f) for f in range(len(self._faces[i]))])[face][closer]
        return Nearest(foot, normal, part)

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
    def interior_draws(self) -> int:
        return 3

    def interior(self, uniform: np.ndarray) -> Candidates:
        low, high = self.shape.bounds
        points = low + uniform * (high - low)
        return Candidates(points, np.asarray(self.shape.level(points)) < 0)

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
