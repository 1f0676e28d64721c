"""A part of the time interval."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np

from .._core import precision_context
from ._field import SpaceTimeField, _refuse_time
from ._interpolation import hermite


def restricted(field: SpaceTimeField, start: float, stop: float) -> SpaceTimeField:
    """The field on [start, stop]: saved times inside, and the interpolant's values and rates at both ends.

    A cubic restricted to a part of its interval is still that cubic, so nothing changes in between.
    """
    _refuse_time(field, np.asarray([start, stop]))
    saved = np.asarray(field.times)
    inside = saved[(saved > start) & (saved < stop)]
    times = np.array([start, *inside, stop])
    with precision_context(field.precision):
        nodes = jnp.asarray(saved, field.coefficients.real.dtype)
        slopes = field.slopes()
        values, rates = (
            jnp.stack([hermite(nodes, field.coefficients, slopes, jnp.asarray(t), order) for t in times])
            for order in (0, 1)
        )
    return SpaceTimeField(field.space, values, rates, tuple(map(float, times)), field.time_name)
