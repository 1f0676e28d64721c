"""Worker: seconds per training step of Sobolev's FNO, as `sv.fit` takes it, and the process's peak memory."""

import argparse
import functools
import json
import resource
import time

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import sobolev as sv
from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid
from sobolev.training import Constant, Epochs, Training
from sobolev.training._program import Program


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("points", "modes", "batch", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    n, batch = given.points, given.batch
    grid = Grid(tuple(Axis(name, 0.0, 1.0, n) for name in "xy"))
    inputs, outputs = FieldSpec(("a",), grid), FieldSpec(("u",), grid)
    operator = sv.operators.FNO(width=32, modes=given.modes, layers=4).build(inputs, outputs, key=jax.random.key(0))
    weights, rest = eqx.partition(operator, eqx.is_inexact_array)
    rng = np.random.default_rng(0)
    a, u = (rng.standard_normal((batch, n, n, 1)).astype(np.float32) for _ in range(2))
    task = Task(a, u, inputs, outputs, Splits(np.arange(batch), np.arange(0), np.arange(0)))
    training = Training(budget=Epochs(1), batch=batch, schedule=Constant(1e-3))
    program = Program(rest, task, training, (a[0], u[0]), weights)
    state, data = program.start(weights), program.on_devices((a, u))
    one = (
        *data,
        jnp.arange(batch, dtype=jnp.int32)[None],
        jnp.ones((1, batch), bool),
        jnp.zeros(1),
        jnp.asarray(1, jnp.int32),
        jax.random.key(1),
    )
    step = functools.partial(jax.jit, donate_argnums=0)(program.advance)
    begin = time.perf_counter()
    compiled = step.lower(state, *one).compile(program.compiler_options)
    compile_seconds, seconds = time.perf_counter() - begin, []
    for _ in range(given.steps + 2):
        begin = time.perf_counter()
        state, loss = compiled(state, *one)
        loss.block_until_ready()
        seconds.append(time.perf_counter() - begin)
    print(
        json.dumps(
            {
                "seconds": float(np.median(seconds[2:])),
                "compile": compile_seconds,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "parameters": sum(leaf.size for leaf in jax.tree.leaves(weights)),
                "block": program.block,
                "threads": program.devices,
                "loss": float(loss[0]),
            }
        )
    )


if __name__ == "__main__":
    main()
