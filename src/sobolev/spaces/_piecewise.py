"""Polynomials on the elements of an interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ..domains import Box
from ..fields import Axis
from ._abstract import AbstractSpace
from ._chebyshev import _barycentric, differentiation_matrix
from ._finite_difference import _local

_ORDER = 2  # of the local polynomials between equally spaced nodes


class PiecewiseChebyshev(AbstractSpace):
    """Continuous functions that are polynomials on each of several elements, whose ends are common nodes.

    Coefficients are the values at the nodes of all elements, `(nodes, channels)`. Where a coefficient of the
    equation jumps, u″ does: with an element's end there, convergence stays spectral. (Elements of equally spaced
    nodes are interpolated locally, with second order: finite differences.)
    """

    domain: Box = eqx.field(static=True)
    axes: tuple[Axis, ...] = eqx.field(static=True)

    @property
    def box(self) -> Box:
        return self.domain

    def jet(self, coefficients: Any, orders: tuple[int, ...], points: Mapping[str, Any]) -> Array:
        place = jnp.asarray(points[self.axes[0].name])
        result, start = jnp.zeros((*place.shape, coefficients.shape[-1])), 0
        for k, axis in enumerate(self.axes):
            values = coefficients[start : start + axis.points]
            start += axis.points - 1
            inside = jnp.clip(place, axis.lower, axis.upper)
            if axis.kind == "chebyshev":
                slopes = jnp.asarray(differentiation_matrix(axis, orders[0])) @ values
                found = _barycentric(axis, inside) @ slopes
            else:
                index, weights = _local(axis, inside, orders[0], _ORDER)
                found = jnp.sum(weights[..., None] * values[index], axis=0)
            result = found if k == 0 else jnp.where((place > axis.lower)[..., None], found, result)
        return result
