"""Pieces of plane curves: segments and arcs of ellipses, of which every plane shape's boundary consists."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

_TURN = 2 * math.pi
_SAMPLES = 65  # starts of the search for the nearest point of an elliptic arc
_NEWTON = 12
_PANELS, _NODES = 16, 16  # for lengths of elliptic arcs: exact to rounding up to aspect ratios of about 100


@dataclass(frozen=True, eq=False)
class Piece:
    """A segment γ(s) = o + s p, or an arc γ(s) = o + p cos s + q sin s, for start ≤ s ≤ stop.

    `outward` is +1 where the outward normal lies to the right of the direction of growing s, −1 where to the left.
    `leaf` and `suffix` say which boundary part of which shape it is.
    """

    origin: np.ndarray
    p: np.ndarray
    q: np.ndarray | None
    start: float
    stop: float
    leaf: int = 0
    suffix: int = 0
    outward: float = 1.0

    @staticmethod
    def segment(a: np.ndarray, b: np.ndarray, leaf: int = 0, suffix: int = 0) -> Piece:
        """From a to b."""
        return Piece(np.asarray(a, float), np.asarray(b, float) - a, None, 0.0, 1.0, leaf, suffix)

    @cached_property
    def is_circular(self) -> bool:
        if self.q is None:
            return False
        p, q = np.linalg.norm(self.p), np.linalg.norm(self.q)
        return bool(abs(p - q) <= 1e-12 * p and abs(self.p @ self.q) <= 1e-12 * p * q)

    def at(self, s: np.ndarray | float) -> np.ndarray:
        """γ(s), shape (..., 2)."""
        s = np.asarray(s, float)[..., None]
        return self.origin + s * self.p if self.q is None else self.origin + np.cos(s) * self.p + np.sin(s) * self.q

    def velocity(self, s: np.ndarray | float) -> np.ndarray:
        """γ'(s)."""
        s = np.asarray(s, float)[..., None]
        return (
            np.broadcast_to(self.p, (*s.shape[:-1], 2)) if self.q is None else np.cos(s) * self.q - np.sin(s) * self.p
        )

    def normal(self, s: np.ndarray | float) -> np.ndarray:
        """The outward unit normal at γ(s)."""
        v = self.velocity(s)
        n = np.stack([v[..., 1], -v[..., 0]], -1)
        return self.outward * n / np.linalg.norm(n, axis=-1, keepdims=True)

    def speed(self, s: np.ndarray | float) -> np.ndarray:
        """|γ'(s)|."""
        return np.linalg.norm(self.velocity(s), axis=-1)

    @cached_property
    def length(self) -> float:
        if self.q is None or self.is_circular:
            return float(np.linalg.norm(self.p)) * (self.stop - self.start)
        s, w = self.gauss(_NODES, _PANELS)
        return float(w @ self.speed(s))

    def gauss(self, nodes: int, panels: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Gauss–Legendre nodes and weights in s, on equal panels."""
        x, w = np.polynomial.legendre.leggauss(nodes)
        edges = np.linspace(self.start, self.stop, panels + 1)
        half = 0.5 * np.diff(edges)[:, None]
        return (edges[:-1, None] + half * (1 + x)).ravel(), (half * w).ravel()

    @property
    def ends(self) -> np.ndarray:
        """γ(start) and γ(stop), shape (2, 2)."""
        return self.at(np.array([self.start, self.stop]))

    @property
    def middle(self) -> float:
        return 0.5 * (self.start + self.stop)

    @cached_property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the smallest box around it, shape (2, 2)."""
        s = [self.start, self.stop]
        if self.q is not None:
            for axis in (0, 1):
                s += list(self.turns(axis))
        points = self.at(np.array(s))
        return np.stack([points.min(0), points.max(0)])

    def turns(self, axis: int) -> np.ndarray:
        """Parameters inside the arc where γ is extreme along an axis."""
        if self.q is None:
            return np.zeros(0)
        s = math.atan2(self.q[axis], self.p[axis]) + np.array([0.0, math.pi])
        s = self.wrapped(s)
        return s[s <= self.stop]

    def wrapped(self, s: np.ndarray) -> np.ndarray:
        """Angles moved by whole turns into [start, start + 2π); a hair below start counts as start."""
        moved = self.start + np.mod(s - self.start, _TURN)
        return np.where(moved - self.start > _TURN - 1e-12, self.start, moved)

    def between(self, start: float, stop: float) -> Piece:
        """The piece of it for start ≤ s ≤ stop."""
        return replace(self, start=start, stop=stop)

    def nearest(self, points: np.ndarray) -> np.ndarray:
        """Parameters of the points of the piece nearest to `points` (n, 2)."""
        d = points - self.origin
        if self.q is None:
            return np.clip(d @ self.p / (self.p @ self.p), self.start, self.stop)
        if self.is_circular:
            s = self.wrapped(np.arctan2(d @ self.q, d @ self.p))
            past_end, before_start = s - self.stop, self.start + _TURN - s
            return np.where(past_end <= 0, s, np.where(past_end < before_start, self.stop, self.start))
        grid = np.linspace(self.start, self.stop, _SAMPLES)
        best = np.argmin(((points[:, None] - self.at(grid)) ** 2).sum(-1), axis=1)
        step = grid[1] - grid[0]
        closed = self.stop - self.start >= _TURN - 1e-12  # the search may then pass the seam
        low = grid[best] - step if closed else grid[np.maximum(best - 1, 0)]
        high = grid[best] + step if closed else grid[np.minimum(best + 1, _SAMPLES - 1)]
        s = grid[best]
        for _ in range(_NEWTON):  # (γ − x)·γ' = 0, with γ'' = o − γ
            g, v = self.at(s) - points, self.velocity(s)
            slope = (v * v).sum(-1) + (g * (self.origin - self.at(s))).sum(-1)
            f = (g * v).sum(-1)
            move = np.where(slope > 0, f / np.where(slope > 0, slope, 1.0), np.sign(f) * (high - low) / 4)
            low, high = np.where(f < 0, s, low), np.where(f > 0, s, high)
            trial = s - move
            s = np.where((trial >= low) & (trial <= high), trial, 0.5 * (low + high))
        return self.wrapped(s) if closed else s
