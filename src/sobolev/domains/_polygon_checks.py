"""What is wrong with a chain of vertices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import ArgumentError
from ._arguments import numbers

_TINY = 1e-9  # relative to the size


def checked_vertices(vertices: Any) -> tuple[tuple[float, float], ...]:
    """Three or more distinct points whose closed chain neither crosses nor touches itself, around an area."""
    if isinstance(vertices, np.ndarray):
        vertices = vertices.tolist()
    if not isinstance(vertices, list | tuple) or len(vertices) < 3:
        raise ArgumentError(
            "A polygon needs three vertices or more.",
            given=repr(vertices)[:80],
            expected="a list of points such as [(0, 0), (1, 0), (0, 1)]",
        )
    found = [numbers(v, f"Polygon: vertex {i + 1}", 2) for i, v in enumerate(vertices)]
    v = np.array(found)
    n, size = len(v), float(np.linalg.norm(v.max(0) - v.min(0)))
    edges = np.roll(v, -1, 0) - v
    short = np.linalg.norm(edges, axis=1) <= _TINY * size
    if short.any():
        i = int(short.argmax())
        raise ArgumentError(
            "Two neighbouring vertices of the polygon are the same point.",
            given=f"vertices {i + 1} and {(i + 1) % n + 1}: {_text(v[i])}",
            expected="distinct vertices; the first is not repeated at the end",
            fix="leave one of them out",
        )
    _check_spikes(v, edges)
    for i in range(n):
        for j in range(i + 2, n):
            if (i, j) != (0, n - 1) and _touch(v[i], edges[i], v[j], edges[j], size):
                raise ArgumentError(
                    "The polygon intersects itself.",
                    given=f"edge {i + 1} from {_text(v[i])} meets edge {j + 1} from {_text(v[j])}",
                    expected="a chain of edges that meet at neighbouring vertices only",
                    fix="list the vertices in order around the boundary; cut holes with polygon - other",
                )
    area = 0.5 * abs(float((v[:, 0] * np.roll(v[:, 1], -1) - v[:, 1] * np.roll(v[:, 0], -1)).sum()))
    if area <= _TINY * size**2:
        raise ArgumentError(
            "The polygon is a sliver: it has no area.",
            given=f"area {area:.3g} in a box of diagonal {size:.3g}",
            expected="vertices that do not lie on one line",
        )
    return tuple(found)


def _check_spikes(v: np.ndarray, edges: np.ndarray) -> None:
    unit = edges / np.linalg.norm(edges, axis=1, keepdims=True)
    before = np.roll(unit, 1, 0)
    back = ((unit * before).sum(1) < 0) & (np.abs(unit[:, 0] * before[:, 1] - unit[:, 1] * before[:, 0]) < 1e-7)
    if back.any():
        i = int(back.argmax())
        raise ArgumentError(
            "The polygon turns back on itself: a spike without area.",
            given=f"vertex {i + 1} at {_text(v[i])}",
            expected="edges that enclose an angle at every vertex",
            fix="leave the vertex out",
        )


def _touch(a: np.ndarray, e: np.ndarray, b: np.ndarray, f: np.ndarray, size: float) -> bool:
    """Whether the segments a…a+e and b…b+f come nearer than rounding."""
    cross = e[0] * f[1] - e[1] * f[0]
    if abs(cross) > 1e-14 * size**2:
        w = b - a
        s, t = (w[0] * f[1] - w[1] * f[0]) / cross, (w[0] * e[1] - w[1] * e[0]) / cross
        if 0 <= s <= 1 and 0 <= t <= 1:
            return True
    ends = [(b, a, e), (b + f, a, e), (a, b, f), (a + e, b, f)]
    return any(np.linalg.norm(p - q - np.clip((p - q) @ d / (d @ d), 0, 1) * d) <= _TINY * size for p, q, d in ends)


def _text(point: np.ndarray) -> str:
    return f"({point[0]:g}, {point[1]:g})"
