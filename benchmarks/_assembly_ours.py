"""One process: from a statement to the first ETD step, traced and ready to be compiled by XLA."""

import json
import sys
import time

import jax
import jax.numpy as jnp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import assemble
from sobolev.equations import values_of
from sobolev.methods import SpectralETD
from sobolev.solvers import ETDRK4, etd_step, step_coefficients


def statement_to_step(name: str) -> None:
    problem = getattr(sv.problems, name)()
    space = SpectralETD().space(problem)

    def first_step(values):
        form = assemble(problem, space, values)
        coefficients = step_coefficients(ETDRK4, form.linear(form.args), 1e-2, False)
        start = form.initial(form.args)

        def nonlinear(t, y):
            return form.nonlinear(t, y, form.args)

        t = jnp.asarray(problem.time.start)
        return etd_step(ETDRK4, coefficients, nonlinear, t, start, nonlinear(t, start))

    jax.jit(first_step).trace(values_of(problem))


def main(name: str) -> None:
    with precision_context("double"):
        # Python's deferred imports and JAX's start-up are no part of the assembly: another statement brings them in.
        statement_to_step("advection")
        wall, cpu = time.perf_counter(), time.process_time()
        statement_to_step(name)
        print(json.dumps({"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}))


if __name__ == "__main__":
    main(sys.argv[1])
