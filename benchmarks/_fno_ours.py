"""Worker: seconds per training step of Sobolev's FNO, and the process's peak memory."""

import argparse
import functools
import json
import os
import resource
import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import FNO
from sobolev.training._blocks import choose_block, over_samples, value_and_grad_in_blocks, working_set


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("points", "modes", "batch", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    n = given.points
    grid = Grid(tuple(Axis(name, 0.0, 1.0, n) for name in "xy"))
    operator = FNO(width=32, modes=given.modes, layers=4).build(
        FieldSpec(("a",), grid), FieldSpec(("u",), grid), key=jax.random.key(0)
    )
    weights, rest = eqx.partition(operator, eqx.is_inexact_array)

    def relative_l2(weights, a, u):
        image = eqx.combine(weights, rest)(GridField(a, grid, ("a",))).values
        return jnp.sqrt(jnp.sum((image - u) ** 2)) / jnp.sqrt(jnp.sum(u**2))

    def total(weights, batch):
        return jnp.sum(over_samples(relative_l2, weights, *batch))

    rng = np.random.default_rng(0)
    a, u = (jnp.asarray(rng.standard_normal((given.batch, n, n, 1)), jnp.float32) for _ in range(2))
    size = working_set(relative_l2, weights, a[0], u[0])
    block = choose_block(given.batch, "auto", size, "cpu")
    adam = optax.adam(1e-3)

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def step(weights, state, a, u):
        value, gradient = value_and_grad_in_blocks(total, weights, (a, u), block)
        mean = jax.tree.map(lambda g: g / given.batch, gradient)
        updates, state = adam.update(mean, state)
        return optax.apply_updates(weights, updates), state, value / given.batch

    state = adam.init(weights)
    begin = time.perf_counter()
    compiled = step.lower(weights, state, a, u).compile()
    compile_seconds, seconds = time.perf_counter() - begin, []
    for _ in range(given.steps + 2):
        begin = time.perf_counter()
        weights, state, loss = compiled(weights, state, a, u)
        loss.block_until_ready()
        seconds.append(time.perf_counter() - begin)
    print(
        json.dumps(
            {
                "seconds": float(np.median(seconds[2:])),
                "compile": compile_seconds,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "parameters": sum(leaf.size for leaf in jax.tree.leaves(weights)),
                "block": block,
                "threads": len(os.sched_getaffinity(0)),
                "loss": float(loss),
            }
        )
    )


if __name__ == "__main__":
    main()
