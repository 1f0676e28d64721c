"""Continuous piecewise polynomials on triangles and tetrahedra."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact, Int
from scipy.spatial import cKDTree

from .._core import ArgumentError
from ..domains import Box, Interval, Mesh
from ._abstract import AbstractSpace
from ._finite_element_tables import EDGES, Elements, elements, merged, reference_functions

_STEPS = 4  # of Newton's method for the inverse of a curved cell's map, which is close to affine
_NEAR = 0.25  # of the longest boundary facet: how far outside of the mesh points are still taken


class FiniteElement(AbstractSpace):
    """Continuous functions that are polynomials of `degree` 1 or 2 on each cell of `mesh`; nodal values describe them.

    Coefficients are `(nodes, channels)`; `nodes` are the vertices, and for degree 2 the midpoints of edges. `periodic`
    names the coordinates of a box whose ends are identified. Derivatives are taken cell by cell: those of first order
    jump between cells, those of an order above the degree are zero.

    A mesh does not cover a curved region quite: points up to a quarter of a boundary facet outside are evaluated by
    the polynomial of the cell next to them, farther ones are refused (under tracing they are not). With `curved`, cells
    at the boundary of the shape that the mesh was made from follow it by polynomials of degree 2 (isoparametric for
    degree 2).
    """

    mesh: Mesh = eqx.field(static=True)
    degree: int = eqx.field(static=True, default=1)
    periodic: tuple[str, ...] = eqx.field(static=True, default=())
    curved: bool = eqx.field(static=True, default=False)

    def __check_init__(self):
        if self.degree not in (1, 2):
            raise ArgumentError("Elements of this degree are not known.", given=repr(self.degree), expected="1 or 2")

    @property
    def box(self) -> Box:
        """The bounding box of the mesh."""
        low, high = self.mesh.bounds
        names = zip(self.mesh.coordinates, low, high, strict=True)
        return Box(tuple(Interval(c, float(a), float(b), c.name in self.periodic) for c, a, b in names))

    @property
    def table(self) -> Elements:
        """Numbering and quadrature, before periodic ends are identified."""
        return elements(self.mesh, self.degree, self.curved)

    @property
    def numbers(self) -> np.ndarray:
        """The coefficient of each of the table's nodes."""
        return _numbering(self.mesh, self.degree, self.periodic, self.curved)[0]

    @property
    def size(self) -> int:
        """Number of coefficients per channel."""
        return _numbering(self.mesh, self.degree, self.periodic, self.curved)[1]

    @property
    def nodes(self) -> Float[np.ndarray, "nodes d"]:
        """The points whose values are the coefficients."""
        found = np.empty((self.size, self.mesh.ndim))
        found[self.numbers[::-1]] = self.table.nodes[::-1]
        return found

    @property
    def dofs(self) -> Int[np.ndarray, "functions cells"]:
        """The coefficients of each cell."""
        return self.numbers[self.table.dofs]

    def jet(
        self, coefficients: Inexact[Array, "nodes channels"], orders: tuple[int, ...], points: Mapping[str, Any]
    ) -> Array:
        given = jnp.broadcast_arrays(*(jnp.asarray(points[name]) for name in self.box.names))
        shape = given[0].shape
        x = jnp.stack([g.ravel() for g in given], -1)
        table, search = self.table, _search(self.mesh)
        cell = search(jax.lax.stop_gradient(x))
        local = coefficients[jnp.asarray(self.dofs.T)[cell]]
        start = jnp.asarray(search.start)[cell]
        inverse = jnp.asarray(search.inverse)[cell]
        shape_nodes = jnp.asarray(table.geometry)[cell] if self.curved else start

        def at(x: Array, start: Array, inverse: Array, nodes: Array, local: Array) -> Array:
            b = inverse @ (x - start)
            if self.curved:
                b = _inverted(x, b, nodes)
            functions = reference_functions([1 - b.sum(), *b], table.edges)
            return jnp.tensordot(jnp.stack(functions), local, 1)

        directions = [axis for axis, n in enumerate(orders) for _ in range(n)]
        if len(directions) > self.degree:
            return jnp.zeros((*shape, coefficients.shape[-1]), coefficients.dtype)
        for axis in directions:
            at = _along(at, axis, len(orders))
        values = jax.vmap(at)(x, start, inverse, shape_nodes, local)
        return values.reshape(*shape, values.shape[-1])

    def outside(self, points: Mapping[str, Any]) -> np.ndarray | None:
        """The first of the points that lies clearly outside of the mesh, or None."""
        given = np.broadcast_arrays(*(np.asarray(points[name], float) for name in self.box.names))
        x = np.stack([g.ravel() for g in given], -1)
        strange = np.flatnonzero(self.mesh.locate(x)[0] < 0)
        if not strange.size:
            return None
        corners = self.mesh.vertices[self.mesh.facets]
        longest = float(np.linalg.norm(corners - np.roll(corners, 1, 1), axis=-1).max())
        far = strange[self.mesh.level(x[strange]) > _NEAR * longest]
        return x[far[0]] if far.size else None


def _inverted(x: Array, b: Array, nodes: Float[Array, "n d"]) -> Array:
    """The point of the reference cell that a cell's quadratic map takes to x, by Newton's method from b.

    Derivatives of b with respect to x come out of the steps themselves, which converge quadratically.
    """
    edges = EDGES[b.shape[0]]

    def image(b: Array) -> Array:
        return jnp.tensordot(jnp.stack(reference_functions([1 - b.sum(), *b], edges)), nodes, 1)

    for _ in range(_STEPS):
        b = b - jnp.linalg.solve(jax.jacfwd(image)(b), image(b) - x)
    return b


def _along(function: Any, axis: int, ndim: int) -> Any:
    """∂/∂x_axis of a function whose first argument is x."""

    def slope(x: Array, *others: Array) -> Array:
        direction = jnp.zeros(ndim, x.dtype).at[axis].set(1.0)
        return jax.jvp(lambda x: function(x, *others), (x,), (direction,))[1]

    return slope


@functools.lru_cache(maxsize=16)
def _numbering(mesh: Mesh, degree: int, periodic: tuple[str, ...], curved: bool) -> tuple[np.ndarray, int]:
    low, high = mesh.bounds
    sides = tuple((i, float(high[i] - low[i])) for i, name in enumerate(mesh.names) if name in periodic)
    return merged(elements(mesh, degree, curved), sides)


class Search:
    """Which cell a point lies in, in JAX: a grid of buckets, each with the cells whose box meets it.

    Points outside get the cell near them whose barycentric coordinates are least negative.
    """

    def __init__(self, mesh: Mesh):
        corners = elements(mesh, 1).corners.T
        x = mesh.vertices[corners]
        self.start = x[:, 0]
        self.inverse = np.linalg.inv(np.swapaxes(x[:, 1:] - x[:, :1], 1, 2))
        self.low, high = mesh.bounds
        extent = high - self.low
        m, ndim = len(x), mesh.ndim
        self.shape = np.maximum(1, (extent * (m / np.prod(extent)) ** (1 / ndim)).astype(int))
        self.width = extent / self.shape
        reach = 1e-9 * extent.max()
        first, last = (
            np.clip(((x_ - self.low) / self.width).astype(int), 0, self.shape - 1)
            for x_ in (x.min(1) - reach, x.max(1) + reach)
        )
        span = last - first + 1
        count = span.prod(1)
        cells = np.repeat(np.arange(m), count)
        local = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        index = np.zeros(len(cells), int)
        for d in range(ndim):
            index = index * self.shape[d] + first[cells, d] + local % span[cells, d]
            local = local // span[cells, d]
        buckets = int(np.prod(self.shape))
        empty = np.setdiff1d(np.arange(buckets), index)
        if empty.size:
            middle = (np.stack(np.unravel_index(empty, tuple(self.shape)), -1) + 0.5) * self.width + self.low
            nearest = cKDTree(x.mean(1)).query(middle)[1]
            cells, index = np.concatenate([cells, nearest]), np.concatenate([index, empty])
        order = np.argsort(index, kind="stable")
        self.cells = cells[order].astype(np.int32)
        self.starts = np.searchsorted(index[order], np.arange(buckets + 1)).astype(np.int32)

    def __call__(self, x: Float[Array, "n d"]) -> Int[Array, " n"]:
        place = jnp.clip(((x - self.low) / self.width).astype(int), 0, self.shape - 1)
        bucket = jnp.zeros(len(x), int)
        for d, n in enumerate(self.shape):
            bucket = bucket * int(n) + place[:, d]
        starts, cells = jnp.asarray(self.starts), jnp.asarray(self.cells)
        begin, end = starts[bucket], starts[bucket + 1]
        first, inverse = jnp.asarray(self.start), jnp.asarray(self.inverse)

        def better(carry: tuple) -> tuple:
            step, best, found = carry
            tried = cells[jnp.minimum(begin + step, end - 1)]
            b = jnp.einsum("nij,nj->ni", inverse[tried], x - first[tried])
            worst = jnp.minimum(b.min(1), 1 - b.sum(1))
            return step + 1, jnp.maximum(best, worst), jnp.where(worst > best, tried, found)

        longest = jnp.max(end - begin, initial=0)
        state = (jnp.asarray(0), jnp.full(len(x), -jnp.inf, x.dtype), jnp.zeros(len(x), cells.dtype))
        return jax.lax.while_loop(lambda carry: carry[0] < longest, better, state)[2]


_search = functools.lru_cache(maxsize=16)(Search)
