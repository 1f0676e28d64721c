"""Equations of second order in time on a grid, as q'' = F(t, q)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, PyTree

from ._collocation_jets import NodalExpressions
from ._collocation_layout import Layout
from ._forms import Acceleration


def acceleration(
    rate: Callable[[Any, Array, PyTree], Array], layout: Layout, nodal: NodalExpressions, all_evolve: bool
) -> Acceleration | None:
    """The equations as q'' = F(t, q), where each unknown is of second order and no velocity enters."""
    channels = layout.channels
    places = [c for c in channels if c.time_order == 0]
    speeds = [i for i, c in enumerate(channels) if c.time_order == 1]
    paired = [channels[i].unknown for i in speeds] == [c.unknown for c in places]
    damped = any(nodal.pattern(i, channels[j].key) is not None for i in speeds for j in speeds)
    if not (speeds and paired and all_evolve) or damped or len(channels) > 2 * len(places):
        return None
    part = Layout(tuple(places), layout.grid)

    def split(y: Array) -> tuple[Array, Array]:
        blocks, _ = layout.unpack(y)
        found = [[b for b, c in zip(blocks, channels, strict=True) if c.time_order == k] for k in (0, 1)]
        return part.pack(found[0]), part.pack(found[1])

    def join(q: Array, v: Array) -> Array:
        blocks = {c.key: b for c, b in zip(places, part.unpack(q)[0], strict=True)}
        blocks |= {(c.unknown.func.__name__, 1): b for c, b in zip(places, part.unpack(v)[0], strict=True)}
        return layout.pack([blocks[c.key] for c in channels])

    def function(t: Any, q: Array, args: PyTree) -> Array:
        return split(rate(t, join(q, jnp.zeros_like(q)), args))[1]

    return Acceleration(function, split, join)
