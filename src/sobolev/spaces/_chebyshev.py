"""Polynomials on boxes, given by their values at Chebyshev points."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy.sparse as sparse
from jaxtyping import Array, Inexact

from .._core import UnsupportedError
from ..domains import Box
from ..fields import Axis, Grid
from ._abstract import AbstractNodalSpace


class Chebyshev(AbstractNodalSpace):
    """Polynomials of degree n − 1 in each coordinate, given by their values at the n Chebyshev extrema.

    Coefficients are the nodal values `(*nodes, channels)`. Differentiation is exact on the space; off the nodes
    the barycentric formula is used (Berrut & Trefethen, SIAM Rev. 46 (2004), eq. 4.2 and 5.4). Converges faster
    than any power of 1/n for smooth functions; a jump in the function or in a coefficient spoils that.
    Periodic sides are refused (Fourier is their space).
    """

    domain: Box = eqx.field(static=True)
    points: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, box: Box, points: int | tuple[int, ...]):
        if any(side.periodic for side in box.sides):
            raise UnsupportedError(
                "Chebyshev needs sides that are not periodic.",
                given=", ".join(str(side) for side in box.sides if side.periodic),
                fix="use Fourier or FiniteDifference there",
            )
        self.domain = box
        self.points = Grid.over(box, points, "chebyshev").shape

    @property
    def order(self) -> float:
        return float("inf")

    @property
    def grid(self) -> Grid:
        return _grid(self.domain, self.points)

    def derivative(
        self, values: Inexact[Array, "*nodes channels"], orders: tuple[int, ...]
    ) -> Inexact[Array, "*nodes channels"]:
        for d, (axis, m) in enumerate(zip(self.grid.axes, orders, strict=True)):
            if m:
                # The barrier keeps XLA from folding products of constant matrices, which takes it seconds.
                matrix = jax.lax.optimization_barrier(jnp.asarray(differentiation_matrix(axis, m)))
                values = jnp.moveaxis(jnp.tensordot(matrix, values, (1, d)), 0, d)
        return values

    def axis_matrix(self, d: int, m: int) -> sparse.csr_array:
        """∂ᵐ along axis d as a matrix of its nodes (all entries are non-zero)."""
        return sparse.csr_array(differentiation_matrix(self.grid.axes[d], m))

    def end_derivative(self, d: int) -> np.ndarray:
        return differentiation_matrix(self.grid.axes[d], 1)[[0, -1]]

    def jet(self, coefficients: Any, orders: tuple[int, ...], points: Mapping[str, Any]) -> Array:
        values = self.derivative(coefficients, orders)
        located = [jnp.asarray(points[name]) for name in self.grid.names]
        shape = np.broadcast_shapes(*(p.shape for p in located))
        located = [p.reshape((1,) * (len(shape) - p.ndim) + p.shape) for p in located]
        bases = [_barycentric(axis, p) for axis, p in zip(self.grid.axes, located, strict=True)]
        # One axis after the other, so that open meshes cost no more than their product.
        result = jnp.tensordot(bases[0], values.reshape(values.shape[0], -1), 1)
        for axis, basis in zip(self.grid.axes[1:], bases[1:], strict=True):
            result = result.reshape(*result.shape[:-1], axis.points, -1)
            result = jnp.einsum("...n,...nr->...r", basis, result)
        return jnp.broadcast_to(result, (*shape, coefficients.shape[-1]))


@functools.lru_cache(maxsize=64)
def _grid(box: Box, points: tuple[int, ...]) -> Grid:
    return Grid.over(box, points, "chebyshev")


def _weights(n: int) -> np.ndarray:
    """Barycentric weights of the extrema: (−1)ⁱ, halved at the ends."""
    w = (-1.0) ** np.arange(n)
    w[[0, -1]] /= 2
    return w


@functools.lru_cache(maxsize=64)
def differentiation_matrix(axis: Axis, derivative: int) -> np.ndarray:
    """∂^derivative of the interpolating polynomial at its nodes.

    Off the diagonal by Welfert's recursion; diagonals as negative row sums, so that constants are differentiated
    to zero exactly (Baltensperger & Trummer, SIAM J. Sci. Comput. 24 (2003)).
    """
    n, theta = axis.points, np.pi * np.arange(axis.points) / (axis.points - 1)
    if derivative == 0:
        return np.eye(n)
    # xᵢ − xⱼ by a product of sines: no cancellation.
    difference = 2 * np.sin((theta[:, None] + theta) / 2) * np.sin((theta[:, None] - theta) / 2) * axis.length / 2
    np.fill_diagonal(difference, 1.0)
    w = _weights(n)
    ratio = w / w[:, None]
    lower = differentiation_matrix(axis, derivative - 1)
    matrix = derivative * (ratio * np.diag(lower)[:, None] - lower) / difference
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(1))
    return matrix


def _barycentric(axis: Axis, points: Array) -> Array:
    """Values of the Lagrange polynomials at `points`: `(*points.shape, n)`."""
    gap = points[..., None] - axis.coordinates
    hit = gap == 0
    terms = _weights(axis.points) / jnp.where(hit, 1.0, gap)
    basis = terms / jnp.sum(terms, -1, keepdims=True)
    return jnp.where(jnp.any(hit, -1, keepdims=True), hit.astype(basis.dtype), basis)
