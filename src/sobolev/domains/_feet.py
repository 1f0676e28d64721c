"""Nearest points of the surface of a solid made of others: on faces, at edges, and on creases between two surfaces."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from ._boolean import Leaf, leaves
from ._shape import AbstractShape

STEP = 1e-7  # of the size: how far to both sides of a surface is looked
ON = 1e-9  # of the size: this near to a surface is on it
_NEWTON = 6
_PARALLEL = 1e-3  # sine of an angle under which surfaces touch rather than cross


class Sides(NamedTuple):
    """Of points on a single shape's surface, with its normals: whether the whole lies on either side."""

    within: np.ndarray
    beyond: np.ndarray


class Foot(NamedTuple):
    """The nearest points of a single shape's surface, normals that point out of the whole, faces, and whether the
    points belong to the boundary of the whole."""

    points: np.ndarray
    normals: np.ndarray
    faces: np.ndarray
    keep: np.ndarray


def sides(shape: AbstractShape, points: np.ndarray, normals: np.ndarray) -> Sides:
    """Whether the shape lies a small step behind and before points."""
    step = STEP * shape.size * normals
    return Sides(np.asarray(shape.level(points - step)) < 0, np.asarray(shape.level(points + step)) < 0)


def trimmed(shape: AbstractShape, leaves: tuple[Leaf, ...], leaf: int, points: np.ndarray, at: Sides) -> np.ndarray:
    """Which points of a single shape's surface are boundary of the whole: one side is inside and the other is not.
    Where faces coincide, the earlier shape's counts."""
    keep = at.within != at.beyond
    for other in leaves[:leaf]:
        keep &= np.abs(other.frame.scale * other.shape.level(other.frame.own(points))) > ON * shape.size
    return keep


def foot(shape: AbstractShape, leaves: tuple[Leaf, ...], leaf: int, points: np.ndarray) -> Foot:
    """On one of the shapes that a boolean is made of.

    At an edge where a normal leads from outside to outside (the edge of a cuboid) a point is boundary too.
    """
    x, n, face = untrimmed(leaves[leaf], points)
    if len(leaves) == 1:
        return Foot(x, n, face, np.ones(len(x), bool))
    at = sides(shape, x, n)
    edge = ~at.within & ~at.beyond & (np.abs(np.asarray(shape.level(x))) <= ON * shape.size)
    sign = np.where(at.within != at.beyond, np.where(at.within, 1.0, -1.0), leaves[leaf].sign)
    return Foot(x, sign[:, None] * n, face, trimmed(shape, leaves, leaf, x, at) | edge)


def untrimmed(leaf: Leaf, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The nearest points of a single shape's surface, its normals, and the faces."""
    x, n, face = leaf.shape.foot(leaf.frame.own(points))
    return leaf.frame.points(x), leaf.frame.directions(n), face


def crease(shape: AbstractShape, first: Leaf, second: Leaf, points: np.ndarray) -> np.ndarray:
    """Points where two surfaces cross, near to the given ones: Newton's method, each step as short as possible. NaN
    where it ends elsewhere, or where the crease is no boundary."""
    x = points.copy()
    for _ in range(_NEWTON):
        feet, normals = zip(*(untrimmed(leaf, x)[:2] for leaf in (first, second)), strict=True)
        gaps = np.stack([((x - f) * n).sum(1) for f, n in zip(feet, normals, strict=True)], 1)
        across = np.stack(normals, 1)
        gram = across @ np.swapaxes(across, 1, 2)
        crossing = np.linalg.det(gram) > _PARALLEL**2
        gram[~crossing] = np.eye(2)
        x = x - np.einsum("nid,ni->nd", across, np.linalg.solve(gram, gaps[..., None])[..., 0])
    off = [np.linalg.norm(untrimmed(leaf, x)[0] - x, axis=1) for leaf in (first, second)]
    on = np.maximum(np.maximum(*off), np.abs(np.asarray(shape.level(x)))) <= ON * shape.size
    x[~(on & crossing)] = np.nan
    return x


def middles(shape: AbstractShape, ends: np.ndarray) -> np.ndarray:
    """Points of the boundary next to the middles of chords (n, 2, d) between points of the boundary.

    Where both ends lie on the crease of two surfaces, so does the point, though one of the surfaces may be nearer.
    """
    straight = ends.mean(1)
    found = shape.project(straight)
    single = leaves(shape) if shape.ndim == 3 else ()
    for pair in itertools.combinations(single, 2):
        off = [np.linalg.norm(untrimmed(leaf, ends.reshape(-1, 3))[0] - ends.reshape(-1, 3), axis=1) for leaf in pair]
        rows = np.flatnonzero((np.maximum(*off) <= ON * shape.size).reshape(-1, 2).all(1))
        between = crease(shape, *pair, straight[rows])
        there = np.isfinite(between).all(1)
        found[rows[there]] = between[there]
    return found
