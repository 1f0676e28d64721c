"""Programs that call SciPy run one at a time: two at once can wait for each other for ever."""

import jax
import jax.numpy as jnp
import numpy as np

import sobolev as sv
from sobolev.simulation._runner import calls_host


def test_programs_that_call_python_are_known():
    def host(x):
        return jax.pure_callback(np.sin, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    def inside(x):
        return jax.lax.fori_loop(0, 3, lambda i, y: jax.lax.cond(i > 1, jax.jit(host), jnp.cos, y), x)

    x = jnp.ones(3, jnp.float32)
    assert calls_host(jax.make_jaxpr(inside)(x).jaxpr)
    assert not calls_host(jax.make_jaxpr(lambda x: jnp.sin(x))(x).jaxpr)


def test_implicit_evolutions_are_simulated_on_several_threads(key):
    # Sixteen blocks on two threads: each factorises its Jacobians by SciPy.
    problem = sv.problems.burgers(0.1).random()
    data = sv.simulate(
        problem, 16, 129, method=sv.methods.FiniteDifference(2), times=3, tolerance=1e-3, quiet=True, key=key
    )
    assert not data["code"].any()
    assert np.isfinite(data["u"]).all()
