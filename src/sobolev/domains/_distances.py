"""Signed distances in closed form, as pure functions of points and sizes: `xp` is NumPy or jax.numpy.

Sizes (centres, radii, corners) may be JAX values too, so that shapes can be differentiated with respect to them.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_STEPS = 16  # of the ellipse's iteration, which converges quadratically from everywhere


def array_module(points: Any) -> Any:
    """jax.numpy for JAX arrays, NumPy for everything else."""
    return jnp if isinstance(points, jax.Array) else np


def disk_level(points: Any, centre: Any, radius: Any, xp: Any) -> Any:
    """|x − c| − r, in any dimension."""
    d = points - centre
    squared = (d * d).sum(-1)
    safe = xp.where(squared > 0, squared, 1.0)  # the derivative of the root at zero is zero here, not NaN
    return xp.where(squared > 0, xp.sqrt(safe), 0.0) - radius


def box_level(points: Any, lower: Any, upper: Any, xp: Any) -> Any:
    """Distance to a box: with q = |x − c| − h componentwise, |max(q, 0)| + min(max q, 0)."""
    q = xp.abs(points - 0.5 * (lower + upper)) - 0.5 * (upper - lower)
    out = xp.maximum(q, 0.0)
    squared = (out * out).sum(-1)
    safe = xp.where(squared > 0, squared, 1.0)
    return xp.where(squared > 0, xp.sqrt(safe), 0.0) + xp.minimum(q.max(-1), 0.0)


def polygon_level(points: Any, vertices: Any, xp: Any) -> Any:
    """Least distance to the edges; the sign from how often the chain winds around the point (even–odd rule)."""
    a = vertices
    e = xp.roll(vertices, -1, axis=0) - a
    w = points[..., None, :] - a
    s = xp.clip((w * e).sum(-1) / (e * e).sum(-1), 0.0, 1.0)
    d = w - s[..., None] * e
    squared = (d * d).sum(-1).min(-1)
    safe = xp.where(squared > 0, squared, 1.0)
    distance = xp.where(squared > 0, xp.sqrt(safe), 0.0)
    # an edge is crossed by the ray to the right where its ends lie on different sides of it
    above = w[..., 1] >= 0
    straddles = above != (w[..., 1] - e[..., 1] >= 0)
    slope = e[..., 0] * w[..., 1] - e[..., 1] * w[..., 0]
    crossed = straddles & xp.where(e[..., 1] > 0, slope > 0, slope < 0)
    inside = crossed.sum(-1) % 2 == 1
    return xp.where(inside, -distance, distance)


def ellipse_level(points: Any, centre: Any, radii: Any, xp: Any) -> Any:
    """Distance to an ellipse.

    In the first quadrant the foot of the perpendicular is found by stepping along the circle of curvature at the last
    guess: with the centre of curvature e = ((a² − b²) c³/a, (b² − a²) s³/b) at (a c, b s), the next guess lies where
    the ray from e to the point meets that circle, and is put back onto the ellipse (Nürnberg 2006).
    """
    a, b = radii
    p = xp.abs(points - centre)
    px, py = p[..., 0], p[..., 1]
    c = xp.full_like(px, 0.5**0.5)
    s = xp.full_like(px, 0.5**0.5)
    for _ in range(_STEPS):
        ex, ey = (a * a - b * b) * c**3 / a, (b * b - a * a) * s**3 / b
        rx, ry, qx, qy = a * c - ex, b * s - ey, px - ex, py - ey
        q2 = qx * qx + qy * qy
        ratio = xp.sqrt((rx * rx + ry * ry) / xp.where(q2 > 0, q2, 1.0))
        c, s = xp.clip((qx * ratio + ex) / a, 0.0, 1.0), xp.clip((qy * ratio + ey) / b, 0.0, 1.0)
        norm = xp.sqrt(c * c + s * s)
        norm = xp.where(norm > 0, norm, 1.0)
        c, s = c / norm, s / norm
    dx, dy = px - a * c, py - b * s
    squared = dx * dx + dy * dy
    safe = xp.where(squared > 0, squared, 1.0)
    distance = xp.where(squared > 0, xp.sqrt(safe), 0.0)
    return xp.where((px / a) ** 2 + (py / b) ** 2 < 1, -distance, distance)
