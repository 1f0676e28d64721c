"""What of an equation needs no grid: multipliers mode by mode, and sources transformed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Inexact

from ..equations import Problem, Values, pointwise
from ..spaces import Fourier
from ._fourier_grid import expressions_on_grid
from ._fourier_terms import Terms


def multipliers(
    problem: Problem,
    equations: Sequence[Terms],
    columns: dict,
    space: Fourier,
    values: Values,
    size: Callable[[Any], Any] = lambda term: term,
) -> Inexact[Array, "*modes equations fields"]:
    """Linear terms as one small matrix per mode; real if every entry is. `size` is applied to each term."""
    entries = [(row, jet, c) for row, terms in enumerate(equations) for jet, c in terms.linear]
    function = pointwise([c for _, _, c in entries], problem.coordinates)
    coefficients = function({}, {}, values.parameters)
    total: dict[tuple[int, int], Any] = {}
    for (row, jet, _), coefficient in zip(entries, coefficients, strict=True):
        key = (row, columns[jet.name, jet.time_order])
        total[key] = total.get(key, 0) + size(coefficient * jnp.asarray(space.symbol(jet.orders)))
    zero = jnp.zeros(space.shape)
    return jnp.stack(
        [
            jnp.stack([jnp.broadcast_to(total.get((i, j), zero), space.shape) for j in range(len(columns))], axis=-1)
            for i in range(len(equations))
        ],
        axis=-2,
    )


def sources(
    problem: Problem, equations: Sequence[Terms], inner: Fourier, fine: Fourier, values: Values
) -> Array | None:
    if all(terms.source == 0 for terms in equations):
        return None
    nodal = expressions_on_grid(problem, [terms.source for terms in equations], fine, values)
    return inner.from_grid(jnp.stack(nodal, axis=-1))
