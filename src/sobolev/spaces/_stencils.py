"""Finite-difference operators along one axis, as data: Fornberg's weights, centred inside, one-sided at the ends."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array

from .._core import ArgumentError
from ..fields import Axis


def fornberg(nodes: np.ndarray, point: float, derivative: int) -> np.ndarray:
    """Weights w with Σ wᵢ f(nodesᵢ) ≈ f⁽ᵐ⁾(point), exact for polynomials of degree < len(nodes).

    B. Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, Math. Comp. 51 (1988),
    the recursion of §2.
    """
    n = len(nodes)
    c = np.zeros((derivative + 1, n))
    c[0, 0], c1, c4 = 1.0, 1.0, nodes[0] - point
    for i in range(1, n):
        c2, c5, c4 = 1.0, c4, nodes[i] - point
        for j in range(i):
            c3 = nodes[i] - nodes[j]
            c2 *= c3
            if j == i - 1:
                for k in range(min(i, derivative), 0, -1):
                    c[k, i] = c1 * (k * c[k - 1, i - 1] - c5 * c[k, i - 1]) / c2
                c[0, i] = -c1 * c5 * c[0, i - 1] / c2
            for k in range(min(i, derivative), 0, -1):
                c[k, j] = (c4 * c[k, j] - k * c[k - 1, j]) / c3
            c[0, j] = c4 * c[0, j] / c3
        c1 = c2
    return c[derivative]


@dataclass(frozen=True, eq=False)
class AxisOperator:
    """∂ᵐ along one axis: `inner` weights at offsets −r … r, blocks `low` and `high` (r rows each) at the ends.

    Periodic axes have no blocks. `apply` acts on any axis of an array; `matrix` is the same operator, sparse.
    """

    inner: np.ndarray
    low: np.ndarray
    high: np.ndarray
    points: int
    periodic: bool

    @property
    def reach(self) -> int:
        return len(self.inner) // 2

    def apply(self, values: Array, axis: int) -> Array:
        def part(start: int, stop: int) -> Array:  # moving axes would make XLA copy arrays
            return values[(slice(None),) * axis + (slice(start, stop),)]

        n, r = self.points, self.reach
        terms = [(k, w) for k, w in enumerate(self.inner) if w]
        if self.periodic:
            if r:
                values = jnp.concatenate([part(n - r, n), values, part(0, r)], axis)
            return jnp.asarray(sum(w * part(k, k + n) for k, w in terms))
        middle = sum(w * part(k, k + n - 2 * r) for k, w in terms)
        ends = (self.low, part(0, self.low.shape[1])), (self.high, part(n - self.high.shape[1], n))
        low, high = (jnp.moveaxis(jnp.tensordot(w, jnp.moveaxis(v, axis, 0), 1), 0, axis) for w, v in ends)
        return jnp.concatenate([low, jnp.asarray(middle), high], axis)

    @functools.cached_property
    def matrix(self) -> sparse.csr_array:
        n, r = self.points, self.reach
        matrix = sparse.lil_array((n, n))
        for i in range(n):
            if not self.periodic and i < r:
                matrix[i, : self.low.shape[1]] = self.low[i]
            elif not self.periodic and i >= n - r:
                matrix[i, n - self.high.shape[1] :] = self.high[i - (n - r)]
            else:
                for k, w in enumerate(self.inner):
                    matrix[i, (i + k - r) % n] += w
        return sparse.csr_array(matrix)


@functools.lru_cache(maxsize=256)
def axis_operator(axis: Axis, derivative: int, order: int, closure: int) -> AxisOperator:
    """∂^derivative on an equally spaced axis: truncation error O(h^order) inside, O(h^closure) at the ends."""
    n, h, periodic = axis.points, axis.spacing, axis.kind == "periodic"
    r = (derivative - 1) // 2 + order // 2 if derivative else 0
    width = derivative + closure
    if n < max(2 * r + 1, 0 if periodic or not r else width):
        raise ArgumentError(
            f"Axis {axis.name} has too few points for differences of order {order}.",
            given=f"{n} points",
            expected=f"at least {max(2 * r + 1, 0 if periodic else width)} for a derivative of order {derivative}",
        )
    scale = h**-derivative
    inner = fornberg(np.arange(-r, r + 1.0), 0.0, derivative) * scale
    low = np.zeros((r, width))
    for i in range(0 if periodic else r):
        low[i] = fornberg(np.arange(float(width)), float(i), derivative) * scale
    high = (-1) ** derivative * low[::-1, ::-1]
    return AxisOperator(inner, low, high, n, periodic)


@functools.lru_cache(maxsize=256)
def end_weights(axis: Axis, order: int) -> np.ndarray:
    """Rows of ∂ at the lower and the upper end, of full order: for conditions that hold there."""
    n, width = axis.points, order + 1
    if n < width:
        raise ArgumentError(
            f"Axis {axis.name} has too few points for differences of order {order}.",
            given=f"{n} points",
            expected=f"at least {width}",
        )
    rows = np.zeros((2, n))
    rows[0, :width] = fornberg(np.arange(float(width)), 0.0, 1) / axis.spacing
    rows[1] = -rows[0, ::-1]
    return rows
