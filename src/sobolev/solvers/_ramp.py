"""A path to the solution of a nonlinear system: loads that are raised step by step."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optimistix as optx
from jaxtyping import Array, PyTree

from ..assembly import Residual

_STEPS = 12  # of Newton's method on each load: one that needs more is too far from the last
_LEAST = 1 / 128  # smallest step of the load, as a share of the whole


def ramped(residual: Residual, newton: optx.AbstractRootFinder) -> tuple[Array, PyTree, Array]:
    """A guess for F(y) = 0 from which Newton's method converges, found along `residual.ramp`; what Newton's
    method ended with there (its state), and the steps it took.

    The whole load is tried first; where that fails, half of it, and so on; each success starts the next and doubles the
    step. The last y that solved its share of the load, which is the solution itself where the path was walked to its
    end. Not differentiated: what follows it is.
    """
    args, ramp = jax.lax.stop_gradient(residual.args), residual.ramp
    assert ramp is not None  # what calls this has looked

    def going(carry: tuple) -> Array:
        reached, step, *_ = carry
        return (reached < 1) & (step > _LEAST)

    def attempt(carry: tuple) -> tuple:
        reached, step, y, last, count = carry
        share = jnp.minimum(reached + step, 1.0)
        found = optx.root_find(residual.function, newton, y, args=ramp(args, share), max_steps=_STEPS, throw=False)
        good = (found.result == optx.RESULTS.successful) & jnp.isfinite(found.value).all()
        return (
            jnp.where(good, share, reached),
            jnp.where(good, jnp.minimum(2 * step, 0.5), step / 2),
            jnp.where(good, found.value, y),
            jax.tree.map(lambda new, old: jnp.where(good, new, old), found.state, last),
            count + found.stats["num_steps"],
        )

    one = jnp.ones((), residual.guess.dtype)
    guess = jax.lax.stop_gradient(residual.guess)
    nothing = newton.init(residual.function, guess, args, {}, None, None, frozenset())
    _, _, y, last, steps = jax.lax.while_loop(going, attempt, (0 * one, one, guess, nothing, jnp.asarray(0)))
    return y, last, steps
