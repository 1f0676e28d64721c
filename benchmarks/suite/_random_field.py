"""Field g of the audit, which cases 7 and 15 take their coefficients from: 1/|k|² noise on 256 × 256 nodes of [0, 1]².

Node (row r, column q) lies at x = q/255, y = r/255. Coefficients take two values, by the sign of g; off the nodes that
of the nearest holds, so that interfaces are staircases midway between nodes. On these nodes, and on any grid that
divides their spacing by an odd number, faces of finite volumes lie on the interfaces.
"""

from __future__ import annotations

import functools
from typing import Any

import jax.numpy as jnp
import numpy as np

N = 256


@functools.cache
def field() -> np.ndarray:
    """g[row, column], with mean 0 and variance 1."""
    draw = np.random.RandomState(20220722).standard_normal
    noise = draw((N, N)) + 1j * draw((N, N))
    k = np.fft.fftfreq(N, 1 / N)
    square = k[:, None] ** 2 + k**2
    square[0, 0] = np.inf
    g = np.fft.ifft2(noise / square).real
    g = (g - g.mean()) / g.std()
    assert abs(g[0, 0] - 0.972631) < 1e-6 and (g > 0).sum() == 34075
    return g


def by_sign(low: float, high: float, x: Any, y: Any) -> Any:
    """`high` where g > 0 at the node nearest to (x, y) in [0, 1]², else `low`."""
    column, row = (jnp.clip(jnp.round(jnp.asarray(c) * (N - 1)), 0, N - 1).astype(int) for c in (x, y))
    return jnp.where(jnp.asarray(field() > 0)[row, column], high, low)


def at_nodes(lower: float, upper: float, step: int, times: np.ndarray) -> dict[str, np.ndarray]:
    """Every `step`-th inner node of the field's, stretched to [lower, upper]², at all times."""
    axis = lower + (upper - lower) * np.arange(step, N - 1, step) / (N - 1)
    x, y = (a.ravel()[None, :] for a in np.meshgrid(axis, axis, indexing="ij"))
    return {"x": x, "y": y, "t": np.asarray(times, float)[:, None]}
