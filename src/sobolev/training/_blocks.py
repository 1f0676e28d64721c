"""Gradients accumulated over blocks of samples that fit the cache.

A batch's activations are read again in the backward pass. Where they exceed the cache, they come from main memory and
the arithmetic waits; taken a block at a time they do not. The gradient of a sum is the sum of the gradients, so the
result is the same up to the order of additions.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

_DEFAULT_CACHE = 2**20  # bytes, where the system does not say


def value_and_grad_in_blocks(
    function: Callable[[PyTree, PyTree], Array], weights: PyTree, batch: PyTree, block: int
) -> tuple[Array, PyTree]:
    """Value and gradient with respect to `weights` of Σ function(weights, one block of the batch).

    `function` returns a scalar that is a sum over the samples of its block. Leaves of `batch` have the samples as
    their first axis; `block` must divide their number.
    """
    count = jax.tree.leaves(batch)[0].shape[0]
    if count == block:
        return jax.value_and_grad(function)(weights, batch)
    blocks = jax.tree.map(lambda a: a.reshape(count // block, block, *a.shape[1:]), batch)

    def add(carry, one):
        value, gradient = jax.value_and_grad(function)(weights, one)
        return jax.tree.map(jnp.add, carry, (value, gradient)), None

    shape = jax.eval_shape(function, weights, jax.tree.map(lambda a: a[0], blocks))
    zero = (jnp.zeros(shape.shape, shape.dtype), jax.tree.map(jnp.zeros_like, weights))
    return jax.lax.scan(add, zero, blocks)[0]


def over_samples(function: Callable[..., PyTree], weights: PyTree, *samples: PyTree) -> PyTree:
    """`function(weights, *sample)` for every sample along the first axes.

    A single sample is taken without a batch axis: XLA would transpose whole activations around an axis of length one.
    """
    if jax.tree.leaves(samples)[0].shape[0] == 1:
        alone = function(weights, *jax.tree.map(lambda s: s[0], samples))
        return jax.tree.map(lambda r: r[None], alone)
    return jax.vmap(function, (None, *(0 for _ in samples)))(weights, *samples)


def choose_block(count: int, wanted: int | str, bytes_per_sample: int, platform: str) -> int:
    """The largest divisor of `count` that is at most `wanted`; for "auto", that fits the cache of a CPU core.

    On accelerators "auto" takes the whole batch: they need the parallelism.
    """
    if wanted == "auto":
        wanted = count if platform != "cpu" else max(1, cache_bytes() // max(1, bytes_per_sample))
    return max(d for d in range(1, count + 1) if count % d == 0 and d <= max(1, int(wanted)))


def cache_bytes() -> int:
    """Size of a core's own (second-level) cache."""
    try:
        size = os.sysconf("SC_LEVEL2_CACHE_SIZE")
    except (ValueError, OSError):
        size = 0
    return size if size > 0 else _DEFAULT_CACHE


def working_set(function: Callable, *arguments: Any) -> int:
    """Bytes that one evaluation of `function` keeps for its backward pass, estimated from its jaxpr.

    Counts the inputs of operations whose derivative needs them (products, nonlinear functions); additions, reshapes and
    the like keep nothing. An estimate: compilers fuse and recompute.
    """
    jaxpr = jax.make_jaxpr(function)(*arguments)
    kept: dict[int, int] = {}
    _collect(jaxpr.jaxpr, kept)
    return sum(kept.values())


_KEEPS_NOTHING = {
    *("add", "sub", "neg", "reshape", "transpose", "broadcast_in_dim", "reduce_sum", "concatenate", "slice"),
    *("squeeze", "convert_element_type", "real", "imag", "complex", "select_n", "gt", "lt", "ge", "le", "eq", "ne"),
    *("stop_gradient", "copy", "pad", "dynamic_slice", "iota"),
}


def _collect(jaxpr: Any, kept: dict[int, int]) -> None:
    for equation in jaxpr.eqns:
        inner = [p for p in equation.params.values() if type(p).__name__ in ("Jaxpr", "ClosedJaxpr")]
        for p in inner:
            _collect(getattr(p, "jaxpr", p), kept)
        if inner or equation.primitive.name in _KEEPS_NOTHING:
            continue
        for variable in equation.outvars:
            shape = getattr(variable.aval, "shape", ())
            kept[id(variable)] = math.prod(shape) * variable.aval.dtype.itemsize
