"""Quadrature by halving cells where something changes inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_COARSE, _FINE = 5, 9  # levels of squares: 32 cells a side everywhere, 512 along edges
_DEEP = 5  # levels of cubes


def cut_square(
    holds: Callable[[np.ndarray], np.ndarray], rule: Callable[[int], Any] | None = None, order: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Points of the unit square where `holds`, with weights that sum to the area it covers.

    Where it holds everywhere, `rule(order)` is used as it stands. Otherwise: cells whose corners and centre agree are
    taken whole (Gauss nodes) or left; the others are halved; the smallest count by their centres.
    """
    n = 2**_COARSE
    i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    corners = np.stack([i.ravel(), j.ravel()], -1) / n
    half = 0.5 / n
    points, weights = [], []
    x, w = np.polynomial.legendre.leggauss(order // 2 + 1)
    gauss = np.stack([g.ravel() for g in np.meshgrid(x, x, indexing="ij")], -1)
    gauss_weights = np.outer(w, w).ravel() / 4
    for level in range(_COARSE, _FINE + 1):
        centres = corners + half
        # a little inside the cell, so that edges of the face itself do not count as changes
        ring = np.array([[0.0, 0.0], [-1, -1], [-1, 1], [1, -1], [1, 1]]) * (0.998 * half)
        true = holds((centres[:, None] + ring).reshape(-1, 2)).reshape(len(centres), 5)
        if level == _COARSE and true.all() and rule is not None:
            return rule(order)
        whole = true.all(1)
        mixed = true.any(1) & ~whole
        points.append((centres[whole][:, None] + half * gauss).reshape(-1, 2))
        weights.append(np.tile(4 * half**2 * gauss_weights, int(whole.sum())))
        if level == _FINE:
            last = mixed & true[:, 0]
            points.append(centres[last])
            weights.append(np.full(int(last.sum()), 4 * half**2))
            break
        corners = (corners[mixed][:, None] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) * half).reshape(-1, 2)
        half *= 0.5
        if not len(corners):
            break
    return np.concatenate(points), np.concatenate(weights)


def cut_volume(level: Callable[[Any], Any], bounds: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights inside {level < 0}, a function that changes by at most the distance walked.

    A cell farther from the surface than its half diagonal is whole or empty; of the smallest, the Gauss points
    inside count.
    """
    low, high = bounds
    width = high - low
    corners, half = np.zeros((1, 3)), 0.5
    x, w = np.polynomial.legendre.leggauss(order // 2 + 1)
    gauss = np.stack([g.ravel() for g in np.meshgrid(x, x, x, indexing="ij")], -1)
    gauss_weights = np.einsum("i,j,k->ijk", w, w, w).ravel() / 8
    fine, _ = np.polynomial.legendre.leggauss(2)
    pair = np.stack([g.ravel() for g in np.meshgrid(fine, fine, fine, indexing="ij")], -1)
    points, weights = [], []
    for depth in range(_DEEP + 1):
        centres = low + width * (corners + half)
        reach = half * float(np.linalg.norm(width))
        values = np.asarray(level(centres))
        whole, mixed = values < -reach, np.abs(values) <= reach
        volume = float(np.prod(2 * width * half))
        points.append((centres[whole][:, None] + width * half * gauss).reshape(-1, 3))
        weights.append(np.tile(volume * gauss_weights, int(whole.sum())))
        if depth == _DEEP:
            last = (centres[mixed][:, None] + width * half * pair).reshape(-1, 3)
            last = last[np.asarray(level(last)) < 0]
            points.append(last)
            weights.append(np.full(len(last), volume / 8))
            break
        steps = np.stack([g.ravel() for g in np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij")], -1)
        corners = (corners[mixed][:, None] + steps * half).reshape(-1, 3)
        half *= 0.5
    return np.concatenate(points), np.concatenate(weights)
