"""Quadrature inside plane shapes: horizontal slabs between corners, and chords in them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ._curves import Piece

_EXTRA = 8  # further nodes where chords end on arcs
_TINY = 1e-9


def slab_rule(pieces: Sequence[Piece], size: float, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Points inside the region bounded by `pieces`, and positive weights.

    The region is cut at the heights of all corners and of all highest and lowest points of arcs. In each slab, heights
    are Gauss nodes; where arcs bound it, of σ with y = y₀ + (y₁ − y₀)(1 − cos πσ)/2, which makes square-root ends of
    chords analytic. At each height the region is a set of chords, found by crossing all pieces; each gets Gauss nodes.
    """
    heights, widths = _heights(pieces, size, order)
    crossings = np.concatenate([_crossed(p, heights) for p in pieces], axis=1)
    crossings.sort(axis=1)
    count = int(np.isfinite(crossings).sum(1).max())
    left, right = crossings[:, 0:count:2], crossings[:, 1 : count + 1 : 2]
    chord = np.where(np.isfinite(right), right - np.where(np.isfinite(right), left, 0.0), 0.0)
    rows, columns = np.nonzero(chord > 0)
    u, w = np.polynomial.legendre.leggauss(order // 2 + 1)
    start, span = left[rows, columns], chord[rows, columns]
    x = start[:, None] + span[:, None] * 0.5 * (1 + u)
    weights = (widths[rows] * span)[:, None] * 0.5 * w
    y = np.broadcast_to(heights[rows][:, None], x.shape)
    return np.stack([x.ravel(), y.ravel()], -1), weights.ravel()


def _heights(pieces: Sequence[Piece], size: float, order: int) -> tuple[np.ndarray, np.ndarray]:
    breaks = [p.ends[:, 1] for p in pieces] + [p.at(p.turns(1))[:, 1] for p in pieces]
    levels = np.sort(np.concatenate(breaks))
    levels = levels[np.concatenate([[True], np.diff(levels) > _TINY * size])]
    arcs = [p.bounds[:, 1] for p in pieces if p.q is not None]
    straight, curved = (
        np.polynomial.legendre.leggauss((order + 1) // 2 + 1 + extra) for extra in (0, order // 2 + _EXTRA)
    )  # chords grow linearly with the height: one degree more
    y, w = [], []
    for low, high in itertools.pairwise(levels):
        middle = 0.5 * (low + high)
        if any(a < middle < b for a, b in arcs):
            s, v = 0.5 * (1 + curved[0]), 0.5 * curved[1]
            y.append(low + (high - low) * 0.5 * (1 - np.cos(np.pi * s)))
            w.append((high - low) * 0.5 * np.pi * np.sin(np.pi * s) * v)
        else:
            y.append(low + (high - low) * 0.5 * (1 + straight[0]))
            w.append((high - low) * 0.5 * straight[1])
    return np.concatenate(y), np.concatenate(w)


def _crossed(p: Piece, y: np.ndarray) -> np.ndarray:
    """Where a piece crosses heights: x (heights, 1 or 2), infinite where it does not."""
    if p.q is None:
        low, high = p.bounds[:, 1]
        hit = (low < y) & (y < high)
        s = (y - p.origin[1]) / np.where(hit, p.p[1], 1.0)
        return np.where(hit, p.origin[0] + s * p.p[0], np.inf)[:, None]
    r, turn = np.hypot(p.p[1], p.q[1]), np.arctan2(p.q[1], p.p[1])
    ratio = (y - p.origin[1]) / r
    half = np.arccos(np.clip(ratio, -1, 1))
    found = []
    for s in (turn - half, turn + half):
        s = p.wrapped(s)
        hit = (np.abs(ratio) < 1) & (s < p.stop)
        found.append(np.where(hit, p.at(s)[:, 0], np.inf))
    return np.stack(found, 1)
