"""Functions given by their values on an equally spaced grid, differentiated by local polynomials."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array, Inexact

from .._core import ArgumentError
from ..domains import Box
from ..fields import Axis, Grid
from ._abstract import AbstractNodalSpace
from ._stencils import axis_operator, end_weights, fornberg

ORDERS = (2, 4, 6)
STABLE_CLOSURES = {2: 2, 4: 3, 6: 4}


class FiniteDifference(AbstractNodalSpace):
    """Nodal values on a tensor grid of equally spaced points, ends included (periodic sides without the last).

    Coefficients are the nodal values `(*nodes, channels)`. Derivatives have truncation error O(h^order) inside and
    O(h^closure) near the ends of sides that are not periodic, where formulas are one-sided (None: the same order).
    Between the nodes the function is a piecewise polynomial in each direction whose m-th derivative is accurate to
    O(h^order).

    One-sided formulas of high order make evolutions without diffusion grow like exp(t/h): for those choose the
    closure of `STABLE_CLOSURES`, with which advection (order 4) and waves (orders 4 and 6) keep their spectrum in the
    left half plane, and still converge with the order of the interior at given boundary values, since an error at the
    ends is smoothed by the equation (Gustafsson, Math. Comp. 29 (1975)).
    """

    domain: Box = eqx.field(static=True)
    points: tuple[int, ...] = eqx.field(static=True)
    accuracy: int = eqx.field(static=True)
    closure: int = eqx.field(static=True)

    def __init__(self, box: Box, points: int | tuple[int, ...], order: int = 2, closure: int | None = None):
        if order not in ORDERS:
            raise ArgumentError("FiniteDifference has no such order.", given=repr(order), expected="2, 4 or 6")
        self.domain, self.accuracy = box, order
        self.closure = order if closure is None else closure
        if not 1 <= self.closure <= order:
            raise ArgumentError("FiniteDifference: no such closure.", given=repr(closure), expected=f"1 to {order}")
        self.points = Grid.over(box, points).shape
        for axis in self.grid.axes:
            axis_operator(axis, 1, order, self.closure)  # refuses too few points

    @property
    def order(self) -> int:
        return self.accuracy

    @property
    def grid(self) -> Grid:
        return _grid(self.domain, self.points)

    def derivative(
        self, values: Inexact[Array, "*nodes channels"], orders: tuple[int, ...]
    ) -> Inexact[Array, "*nodes channels"]:
        for d, (axis, m) in enumerate(zip(self.grid.axes, orders, strict=True)):
            if m:
                values = axis_operator(axis, m, self.accuracy, self.closure).apply(values, d)
        return values

    def axis_matrix(self, d: int, m: int) -> sparse.csr_array:
        if m == 0:
            return sparse.csr_array(sparse.eye_array(self.points[d]))
        return axis_operator(self.grid.axes[d], m, self.accuracy, self.closure).matrix

    def end_derivative(self, d: int) -> np.ndarray:
        return end_weights(self.grid.axes[d], self.accuracy)

    def jet(self, coefficients: Any, orders: tuple[int, ...], points: Mapping[str, Any]) -> Array:
        located = [jnp.asarray(points[name]) for name in self.grid.names]
        shape = np.broadcast_shapes(*(p.shape for p in located))
        stencils = [
            _local(axis, p, m, self.accuracy) for axis, p, m in zip(self.grid.axes, located, orders, strict=True)
        ]
        result = jnp.zeros((*shape, coefficients.shape[-1]), coefficients.dtype)
        for corner in np.ndindex(*(weights.shape[0] for _, weights in stencils)):
            index = tuple(jnp.broadcast_to(s[0][c], shape) for s, c in zip(stencils, corner, strict=True))
            weight = functools.reduce(jnp.multiply, (s[1][c] for s, c in zip(stencils, corner, strict=True)))
            result = result + jnp.broadcast_to(weight, shape)[..., None] * coefficients[index]
        return result


@functools.lru_cache(maxsize=64)
def _grid(box: Box, points: tuple[int, ...]) -> Grid:
    return Grid.over(box, points)


def _local(axis: Axis, points: Array, derivative: int, order: int) -> tuple[Array, Array]:
    """Node indices and weights of ∂^derivative at `points`: each `(width, *points.shape)`.

    The local polynomial through `width` nodes around the point, degree order + derivative at least.
    """
    n, periodic = axis.points, axis.kind == "periodic"
    width = min(2 * ((order + derivative + 1) // 2), n)
    position = (points - axis.lower) / axis.spacing
    first = jnp.floor(position).astype(int) - (width // 2 - 1)
    if not periodic:
        first = jnp.clip(first, 0, n - width)
    middle = (width - 1) / 2
    offset = position - first - middle
    # Rows of `basis`: Taylor coefficients, at the middle of the nodes 0 … width − 1, of the differentiated Lagrange
    # polynomials. Most points lie near the middle, so that few digits cancel.
    degrees = np.arange(width - derivative)
    taylor = np.stack([fornberg(np.arange(float(width)), middle, int(k + derivative)) for k in degrees])
    factorial = np.cumprod(np.concatenate([[1.0], np.arange(1.0, width)]))
    basis = taylor / factorial[degrees][:, None] / axis.spacing**derivative
    weights = jnp.zeros((width, *offset.shape), offset.dtype)
    for row in basis[::-1]:
        weights = weights * offset + row.reshape(-1, *(1,) * offset.ndim)
    index = first + jnp.arange(width).reshape(-1, *(1,) * offset.ndim)
    return (index % n if periodic else index), weights
