"""A part of the time interval."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .._core import ArgumentError
from .._core._precise import precise
from ._field import SpaceTimeField, _refuse_time
from ._interpolation import hermite


def restricted(field: SpaceTimeField, start: float, stop: float) -> SpaceTimeField:
    """The field on [start, stop]: saved times inside, and the interpolant's values and rates at both ends.

    A cubic restricted to a part of its interval is still that cubic, so nothing changes in between.
    """
    if field.times is None or not start < stop:
        raise ArgumentError("Nothing to restrict.", given=f"[{start}, {stop}]", expected="an evolution, start < stop")
    _refuse_time(field, np.asarray([start, stop]))
    saved = np.asarray(field.times)
    inside = saved[(saved > start) & (saved < stop)]
    times = np.array([start, *inside, stop])

    def ends_and_inside(field: SpaceTimeField) -> tuple[Array, Array]:
        nodes = jnp.asarray(saved, field.coefficients.real.dtype)
        slopes = field.slopes()

        def at(t: Array) -> tuple[Array, Array]:
            return hermite(nodes, field.coefficients, slopes, t), hermite(nodes, field.coefficients, slopes, t, 1)

        return jax.lax.map(at, jnp.asarray(times, nodes.dtype))

    values, rates = precise(eqx.filter_jit(ends_and_inside), field.precision)(field)
    return SpaceTimeField(field.space, values, rates, tuple(map(float, times)), field.time_name)
