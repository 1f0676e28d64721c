"""The boundary of a plane shape, piece by piece: trimmed exactly where its shapes cross."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ._crossings import crossings
from ._curves import Piece
from ._geometry import AbstractShapeGeometry, BoundaryPoints, Candidates, Level, Nearest
from ._slabs import slab_rule

if TYPE_CHECKING:
    from ._boolean import Leaf
    from ._shape import AbstractShape

_STEP = 1e-7  # of the size: how far to both sides of a piece is looked
_TINY = 1e-10  # of the size: pieces shorter than this are rounding
_CHUNK = 20_000
_ROOTS = 129  # samples along a piece between which a condition on coordinates changes its truth at most once
_TABLE = 1025


@dataclass(frozen=True, eq=False)
class PlanarGeometry(AbstractShapeGeometry):
    """Distances, normals, samples and quadratures from the pieces of curves a plane shape's boundary consists of."""

    shape: AbstractShape
    leaves: tuple[Leaf, ...]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The trimmed boundary. `outward` is set; `leaf`, `suffix` say which part of which shape a piece is.

        Curves of all shapes are cut where they meet others; a piece is kept where one side of it is inside and the
        other is not. Where two shapes' boundaries coincide, the earlier one's counts.
        """
        size = self.shape.size
        own = [placed_curves(leaf, i) for i, leaf in enumerate(self.leaves)]
        cut: list[Piece] = []
        for i, curves in enumerate(own):
            others = [c for j, more in enumerate(own) if j != i for c in more]
            for curve in curves:
                cut += _cut(curve, others, size)
        if not cut:
            return ()
        middles = np.array([p.at(p.middle) for p in cut])
        normals = np.array([p.normal(p.middle) for p in cut])
        step = _STEP * size
        within = np.asarray(self.shape.level(middles - step * normals)) < 0
        beyond = np.asarray(self.shape.level(middles + step * normals)) < 0
        keep = within != beyond
        for j, leaf in enumerate(self.leaves):
            on = np.abs(leaf.frame.scale * leaf.shape.level(leaf.frame.own(middles))) <= 1e-9 * size
            keep &= ~(on & (np.array([p.leaf for p in cut]) > j))
        kept = [_turned(p, 1.0 if w else -1.0) for p, w, k in zip(cut, within, keep, strict=True) if k]
        return tuple(_merged(kept))

    def present(self) -> Iterator[tuple[Leaf, int]]:
        for i, leaf in enumerate(self.leaves):
            for suffix in sorted({p.suffix for p in self.pieces if p.leaf == i}):
                yield leaf, suffix

    @cached_property
    def _part(self) -> np.ndarray:
        """The index of each piece's name."""
        return np.array([self.names.index(self.leaves[p.leaf].names[p.suffix]) for p in self.pieces], int)

    # --- distances ----------------------------------------------------------------------------------

    def signed_distance(self, points: np.ndarray) -> np.ndarray:
        distance = np.linalg.norm(self.nearest(points).points - points, axis=-1)
        return np.where(np.asarray(self.shape.level(points)) < 0, -distance, distance)

    def nearest(self, points: np.ndarray) -> Nearest:
        feet, normals, parts = [np.zeros((0, 2))], [np.zeros((0, 2))], [np.zeros(0, int)]
        for chunk in np.array_split(points, max(1, -(-len(points) // _CHUNK))):
            best = np.full(len(chunk), np.inf)
            foot, normal, part = np.zeros_like(chunk), np.zeros_like(chunk), np.zeros(len(chunk), int)
            for piece, index in zip(self.pieces, self._part, strict=True):
                s = piece.nearest(chunk)
                x = piece.at(s)
                d = np.linalg.norm(x - chunk, axis=-1)
                closer = d < best
                best = np.where(closer, d, best)
                foot[closer], normal[closer], part[closer] = x[closer], piece.normal(s)[closer], index
            feet.append(foot)
            normals.append(normal)
            parts.append(part)
        return Nearest(np.concatenate(feet), np.concatenate(normals), np.concatenate(parts))

    # --- measure and quadrature ---------------------------------------------------------------------

    @cached_property
    def measure(self) -> float:
        """½ ∮ x dy − y dx, in closed form."""
        total = 0.0
        for p in self.pieces:
            o = p.origin - self.shape.bounds[0]
            chord = p.ends[1] - p.ends[0]
            swept = o[0] * chord[1] - o[1] * chord[0]
            if p.q is not None:
                swept += (p.p[0] * p.q[1] - p.p[1] * p.q[0]) * (p.stop - p.start)
            total += 0.5 * p.outward * swept
        return float(total)

    def quadrature(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        return slab_rule(self.pieces, self.shape.size, order)

    def boundary_quadrature(self, order: int, parts: frozenset[int], where: Level | None) -> BoundaryPoints:
        found = []
        for piece, index in self._selected(parts, where):
            turned = 0.0 if piece.q is None else piece.stop - piece.start
            panels = max(1, int(np.ceil(turned / (0.5 * np.pi) - 1e-9)))
            if piece.q is not None and not piece.is_circular:
                panels *= 4  # the speed varies
            s, w = piece.gauss(order // 2 + (1 if piece.q is None else 4), panels)
            found.append((piece.at(s), piece.normal(s), w * piece.speed(s), np.full(len(s), index)))
        if not found:
            return BoundaryPoints(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), np.zeros(0, int))
        return BoundaryPoints(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _selected(self, parts: frozenset[int], where: Level | None) -> list[tuple[Piece, int]]:
        """The pieces of some parts, cut to where a condition holds."""
        found = []
        for piece, index in zip(self.pieces, self._part, strict=True):
            if int(index) in parts:
                found += [(p, int(index)) for p in ([piece] if where is None else restricted(piece, where))]
        return found

    # --- samples ------------------------------------------------------------------------------------

    @property
    def boundary_draws(self) -> int:
        return 1

    def boundary(self, uniform: np.ndarray, parts: frozenset[int], where: Level | None) -> Candidates:
        chosen = self._selected(parts, where)
        ends = np.concatenate([[0.0], np.cumsum([p.length for p, _ in chosen])])
        along = uniform[:, 0] * ends[-1]
        which = np.clip(np.searchsorted(ends, along, "right") - 1, 0, len(chosen) - 1)
        points, normals = np.zeros((len(along), 2)), np.zeros((len(along), 2))
        indices = np.array([index for _, index in chosen])[which]
        for k, (piece, _) in enumerate(chosen):
            mine = which == k
            s = _at_length(piece, along[mine] - ends[k])
            points[mine], normals[mine] = piece.at(s), piece.normal(s)
        return Candidates(points, np.ones(len(along), bool), normals, indices)


def placed_curves(leaf: Leaf, index: int) -> list[Piece]:
    """The curves of a single shape in the world."""
    frame = leaf.frame
    turned = []
    for c in leaf.shape.curves:
        q = None if c.q is None else frame.scale * frame.directions(c.q)
        turned.append(
            Piece(frame.points(c.origin), frame.scale * frame.directions(c.p), q, c.start, c.stop, index, c.suffix)
        )
    return turned


def restricted(piece: Piece, where: Level) -> list[Piece]:
    """Where on a piece a level is ≤ 0: its zeros by bisection between samples."""
    return [piece.between(a, b) for a, b in _intervals(piece, where) if _holds(piece.between(a, b), where)]


def changes(piece: Piece, where: Level) -> np.ndarray:
    """Parameters at which a level changes its sign along a piece."""
    s = np.linspace(piece.start, piece.stop, _ROOTS)
    true = where(piece.at(s)) <= 0
    low, high = s[:-1][true[1:] != true[:-1]], s[1:][true[1:] != true[:-1]]
    start = where(piece.at(low)) <= 0
    for _ in range(60):
        middle = 0.5 * (low + high)
        same = (where(piece.at(middle)) <= 0) == start
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return 0.5 * (low + high)


def _intervals(piece: Piece, where: Level) -> list[tuple[float, float]]:
    ends = np.concatenate([[piece.start], changes(piece, where), [piece.stop]])
    least = _TINY * (piece.stop - piece.start)
    return [(float(a), float(b)) for a, b in itertools.pairwise(ends) if b - a > least]


def _holds(piece: Piece, where: Level) -> bool:
    return bool(where(piece.at(np.array([piece.middle])))[0] <= 0)


def _cut(curve: Piece, others: list[Piece], size: float) -> list[Piece]:
    found = [crossings(curve, other, size) for other in others]
    ends = np.sort(np.concatenate([[curve.start, curve.stop], *found]))
    rate = float(np.max(curve.speed(np.array([curve.start, curve.middle, curve.stop]))))
    kept = [ends[0]]
    for s in ends[1:]:
        if (s - kept[-1]) * rate > _TINY * size:
            kept.append(s)
    kept[-1] = curve.stop
    return [curve.between(float(a), float(b)) for a, b in itertools.pairwise(kept)]


def _turned(piece: Piece, outward: float) -> Piece:
    return Piece(piece.origin, piece.p, piece.q, piece.start, piece.stop, piece.leaf, piece.suffix, outward)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbours on one curve joined again."""
    found: list[Piece] = []
    for p in pieces:
        last = found[-1] if found else None
        same = last is not None and (last.leaf, last.suffix, last.outward) == (p.leaf, p.suffix, p.outward)
        if last is not None and same and last.origin is p.origin and last.stop == p.start:
            found[-1] = last.between(last.start, p.stop)
        else:
            found.append(p)
    return found


def _at_length(piece: Piece, length: np.ndarray) -> np.ndarray:
    """Parameters at arc lengths from the start: linear, or by a table refined by one Newton step."""
    if piece.q is None or piece.is_circular:
        return piece.start + (piece.stop - piece.start) * length / piece.length
    grid = np.linspace(piece.start, piece.stop, _TABLE)
    middle = 0.5 * (grid[1:] + grid[:-1])
    speeds = (piece.speed(grid[:-1]) + 4 * piece.speed(middle) + piece.speed(grid[1:])) / 6  # Simpson
    lengths = np.concatenate([[0.0], np.cumsum(speeds * np.diff(grid))])
    return np.interp(length, lengths * piece.length / lengths[-1], grid)
