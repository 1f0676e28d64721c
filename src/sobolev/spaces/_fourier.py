"""Trigonometric polynomials on periodic boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from .._core import ArgumentError, UnsupportedError
from ..domains import Box
from ..fields import Grid
from ._abstract import AbstractGridSpace
from ._fourier_points import evaluate, ordered
from ._fourier_transforms import analysis, derivative_factors, fast_size, indices, mode_shape, resample, synthesis


class Fourier(AbstractGridSpace):
    """Trigonometric polynomials on a periodic box of one to three dimensions, given by their Fourier coefficients.

    A member is u(x) = Σ_k û_k exp(2πi k·(x − lower)/lengths); `coefficients` has shape `(*modes, channels)`, in FFT
    order, with k ≥ 0 only on the last side when the fields are real (`real=True`). It is determined by its values on
    the periodic grid of `modes` points per side. Derivatives are exact; where the number of modes is even, the highest
    one stands for cos, and odd derivatives of it vanish.

    Products of members are taken on a grid of `product_points` nodes per side, so that they do not alias into the
    modes (None: the assembly chooses it from the polynomial degree of the statement, "the 3/2 rule").

    `UnsupportedError` where a side is not periodic.
    """

    _box: Box = eqx.field(static=True)
    modes: tuple[int, ...] = eqx.field(static=True)
    real: bool = eqx.field(static=True)
    product_points: tuple[int, ...] | None = eqx.field(static=True)

    def __init__(
        self,
        box: Box,
        modes: int | Sequence[int],
        real: bool = True,
        product_points: int | Sequence[int] | None = None,
    ):
        for side in box.sides:
            if not side.periodic:
                raise UnsupportedError(
                    "Fourier needs periodic sides.",
                    given=str(side),
                    expected=f"Interval({side.name}, {side.lower:g}, {side.upper:g}, periodic=True)",
                    fix="declare the side periodic, or use FiniteDifference or Chebyshev",
                )
        self._box, self.real = box, real
        self.modes = _counts(modes, box, "modes", (1,) * box.ndim)
        self.product_points = (
            None if product_points is None else _counts(product_points, box, "product_points", self.modes)
        )

    @property
    def box(self) -> Box:
        return self._box

    @property
    def grid(self) -> Grid:
        return Grid.over(self.box, self.modes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one channel's coefficients."""
        return mode_shape(self.modes, self.real)

    @property
    def wavenumbers(self) -> tuple[np.ndarray, ...]:
        """Angular wavenumbers 2πk/length per side, in the order of the coefficients."""
        return tuple(2 * np.pi / n * k for n, k in zip(self.box.lengths, indices(self.modes, self.real), strict=True))

    def symbol(self, orders: tuple[int, ...]) -> np.ndarray:
        """The multiplier (ik)^orders of ∂^orders, real for even total order; broadcasts against `shape`."""
        factors = derivative_factors(self.modes, self.box.lengths, orders, self.real)
        result = np.ones((1,) * self.box.ndim, complex)
        for factor in factors:
            result = result * factor
        return result.real if sum(orders) % 2 == 0 else result

    def synthesis(self, hats: Inexact[Array, "*batch modes"], points: tuple[int, ...]) -> Array:
        """Values of many fields, channels first, on a periodic grid of at least as many `points`."""
        return synthesis(hats, self.modes, points, self.real)

    def analysis(self, values: Inexact[Array, "*batch nodes"]) -> Array:
        """Coefficients of many fields, channels first, from values on a periodic grid at least as fine."""
        return analysis(values, self.modes, self.real)

    def jet(
        self, coefficients: Inexact[Array, "*modes channels"], orders: tuple[int, ...], points: Mapping[str, Any]
    ) -> Array:
        coefficients = self.differentiate(coefficients, orders)
        return evaluate(coefficients, self.box, self.modes, self.real, ordered(dict(points), self.box))

    def differentiate(self, coefficients: Array, orders: tuple[int, ...]) -> Array:
        """Coefficients of ∂^orders."""
        if not any(orders):
            return coefficients
        return coefficients * jnp.asarray(self.symbol(orders)[..., None], coefficients.dtype)

    def to_grid(
        self, coefficients: Inexact[Array, "*modes channels"], points: Sequence[int] | None = None
    ) -> Inexact[Array, "*nodes channels"]:
        """Values at the nodes, or at those of a periodic grid of at least as many `points` per side."""
        first = jnp.moveaxis(coefficients, -1, 0)
        return jnp.moveaxis(synthesis(first, self.modes, tuple(points or self.modes), self.real), 0, -1)

    def from_grid(self, values: Inexact[Array, "*nodes channels"]) -> Inexact[Array, "*modes channels"]:
        """Coefficients from nodal values; values on a finer periodic grid are truncated to the modes."""
        if self.real and jnp.iscomplexobj(values):
            raise ArgumentError(
                "A Fourier space of real fields is given complex values.",
                given=str(values.dtype),
                fix="Fourier(box, modes, real=False)",
            )
        return jnp.moveaxis(analysis(jnp.moveaxis(values, -1, 0), self.modes, self.real), 0, -1)

    def derivative(
        self, values: Inexact[Array, "*nodes channels"], orders: tuple[int, ...]
    ) -> Inexact[Array, "*nodes channels"]:
        return self.to_grid(self.differentiate(self.from_grid(values), orders))

    def resampled(self, coefficients: Inexact[Array, "*modes channels"], other: Fourier) -> Inexact[Array, "*others c"]:
        """Coefficients in `other`, a Fourier space on the same box: padded with zeros, or truncated."""
        first = jnp.moveaxis(coefficients, -1, 0)
        return jnp.moveaxis(resample(first, self.modes, other.modes, self.real), 0, -1)

    @property
    def odd(self) -> Fourier:
        """The largest subspace with an odd number of modes: without the highest, which has no partner."""
        return Fourier(self.box, tuple(n - (n + 1) % 2 for n in self.modes), self.real, self.product_points)

    def points_for_degree(self, degree: float) -> tuple[int, ...]:
        """Nodes per side on which polynomials of this degree do not alias into the modes (at most twice as many).

        A product of p members with modes |k| ≤ K reaches p K, which aliases to p K − n: outside |k| ≤ K if
        n > (p + 1) K. Beyond degree 3, resolved fields alias little, and the grid grows no further.
        """
        if self.product_points is not None:
            return self.product_points
        factor = min(degree, 3) + 1
        return tuple(max(n, fast_size(int(factor * (n // 2)) + 1)) if n > 1 else 1 for n in self.odd.modes)


def _counts(counts: int | Sequence[int], box: Box, what: str, least: tuple[int, ...]) -> tuple[int, ...]:
    sizes = (counts,) * box.ndim if np.ndim(counts) == 0 else tuple(counts)
    if len(sizes) != box.ndim or not all(isinstance(n, int | np.integer) for n in sizes):
        raise ArgumentError(
            f"Fourier: {what} does not fit the box.",
            given=repr(counts),
            expected=f"an integer, or {box.ndim} of them",
        )
    if any(n < m for n, m in zip(sizes, least, strict=True)):
        raise ArgumentError(f"Fourier: {what} is too small.", given=repr(counts), expected=f"at least {least}")
    return tuple(int(n) for n in sizes)
