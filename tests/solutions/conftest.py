"""Solutions made by hand from known functions, so that what is measured is known."""

import jax.numpy as jnp
import numpy as np
import pytest

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import values_of
from sobolev.solutions import Solution, SpaceTimeField, Statistics, summarise


@pytest.fixture
def by_hand():
    """`by_hand(problem, space, functions, times, rates)`: a solution with these nodal values."""

    def make(problem, space, functions, times=None, rates=None, result=sv.Result.successful):
        with precision_context("double"):
            coefficients = _coefficients(space, functions, times)
            slopes = None if rates is None else _coefficients(space, rates, times)
            saved = None if times is None else tuple(map(float, times))
            name = None if times is None else problem.time.name
            return Solution(
                field=SpaceTimeField(space, coefficients, slopes, saved, name),
                code=jnp.asarray(tuple(sv.Result).index(result)),
                steps={"steps": jnp.asarray(7)},
                values=values_of(problem),
                summary=summarise(problem),
                problem=problem,
                statistics=Statistics("a known function", "it is known", 1e-6),
            )

    return make


def _coefficients(space, functions, times):
    def nodal(t):
        points = () if space is None else tuple(space.grid.coordinates.values())
        shape = () if space is None else space.grid.shape
        channels = [np.broadcast_to(f(*points, t) if t is not None else f(*points), shape) for f in functions]
        values = jnp.asarray(np.stack(channels, axis=-1))
        return values if space is None else space.from_grid(values)

    return nodal(None) if times is None else jnp.stack([nodal(t) for t in times])
