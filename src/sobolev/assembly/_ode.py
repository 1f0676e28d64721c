"""Assembly of statements without space: ordinary differential equations."""

from __future__ import annotations

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from ..equations import Initial, Problem, Values, evaluate_expression, first_order_system, pointwise, sample_input
from ._clock import clock
from ._forms import Evolution
from ._order_of_equations import matched


def assemble_ode(problem: Problem, values: Values, is_stiff: bool = False) -> Evolution:
    """The evolution of a statement without space; unknowns are its states, then diagnostics (`mass` 0).

    Complex unknowns give two real entries each: real parts of all, then imaginary parts of all.
    """
    system = first_order_system(problem)
    time = clock(problem).coordinate
    expressions = [*system.rates, *matched(system.constraints, system.diagnostics)]
    function = pointwise(expressions, (), time)
    keys = [(s.unknown.func.__name__, s.time_order) for s in system.states]
    keys += [(u.func.__name__, 0) for u in system.diagnostics]
    count, evolving = len(keys), len(system.states)
    arrays, statics = eqx.partition(values, eqx.is_array)
    double = problem.is_complex

    def fields(y: Array) -> Array:
        return y[:count] + 1j * y[count:] if double else y

    def flat(z: Array) -> Array:
        return jnp.concatenate([z.real, z.imag]) if double else z

    def rate(t: Array, y: Array, args: PyTree) -> Array:
        whole = eqx.combine(args, statics)
        known = dict(zip(keys, fields(y), strict=True))
        coordinates = {time.name: t}
        jets = {
            j: known[j.name, j.time_order]
            if (j.name, j.time_order) in known
            else sample_input(problem, j.name, coordinates, whole)
            for j in function.jets
        }
        return flat(jnp.stack([1.0 * jnp.asarray(v) for v in function(jets, coordinates, whole.parameters)]))

    def initial(args: PyTree) -> Array:
        whole = eqx.combine(args, statics)
        start = []
        for s in system.states:
            given = [c for c in problem.conditions_of(s.unknown, Initial) if c.time_order == s.time_order]
            value = evaluate_expression(problem, given[0].value, {time.name: clock(problem).start}, whole)
            start.append(value)
        start += [jnp.zeros(())] * len(system.diagnostics)
        return flat(jnp.stack([1.0 * jnp.asarray(v) for v in start]))

    def output(t: Array, y: Array, args: PyTree) -> Array:
        known = dict(zip(keys, fields(y), strict=True))
        return jnp.stack([known[name, 0] for name in problem.unknown_names])

    mass = None
    if system.diagnostics:
        ones = jnp.arange(count) < evolving
        mass = jnp.concatenate([ones] * (1 + double)).astype(float)
    return Evolution(
        nonlinear=rate,
        initial=initial,
        output=output,
        args=arrays,
        start=clock(problem).start,
        stop=clock(problem).stop,
        is_stiff=is_stiff,
        mass=mass,
    )
