"""Differentiable functions that keep their own precision, whatever the caller's is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ._precision import Precision, precision_context, real_dtype


def is_traced(tree: Any) -> bool:
    """Whether a PyTree holds values that JAX is tracing (under `jit`, `grad` or `vmap`)."""
    return any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(tree))


def precise(function: Callable[..., Any], precision: Precision, *, hand_over: bool = False) -> Callable[..., Any]:
    """`function`, computed at `precision` forwards and backwards.

    Entering `precision_context` around a call is not enough for gradients: JAX runs the backward pass after
    the context was left, and would round it to the caller's width. Where the widths differ and the call is
    traced, a custom rule computes the backward pass in the context as well; forward-mode differentiation is
    then refused by JAX (call it inside `precision_context(precision)` instead, where no rule is needed).

    `hand_over`: the result of such a traced call is rounded to the caller's width. For results that the caller computes
    with: outside of the context JAX truncates wider ones at their next use, one warning at a time.
    """

    def wrapped(*arguments: Any) -> Any:
        same = jnp.result_type(float) == real_dtype(precision)
        if same or not is_traced(arguments):
            with precision_context(precision):
                return function(*arguments)
        arrays, rest = eqx.partition(arguments, eqx.is_array)
        return _both_ways(function, precision, rest, _caller() if hand_over else precision)(arrays)

    return wrapped


def _caller() -> Precision:
    return "double" if jnp.result_type(float) == real_dtype("double") else "single"


def _both_ways(
    function: Callable[..., Any], precision: Precision, rest: Any, handed: Precision
) -> Callable[[Any], Any]:
    static: list[Any] = []  # what of the result is no array (spaces, names): the same for every trace

    def arrays_only(arrays: Any) -> Any:
        dynamic, other = eqx.partition(function(*eqx.combine(arrays, rest)), eqx.is_array)
        static[:] = [other]
        return dynamic

    def round_off(result: Any) -> Any:
        return result if handed == precision else jax.tree.map(_widened(handed), result)

    @jax.custom_vjp
    def call(arrays: Any) -> Any:
        with precision_context(precision):
            return round_off(arrays_only(arrays))

    def forwards(arrays: Any) -> tuple[Any, Any]:
        with precision_context(precision):
            result, pullback = jax.vjp(arrays_only, arrays)
            return round_off(result), pullback

    def backwards(pullback: Any, cotangent: Any) -> tuple[Any]:
        with precision_context(precision):
            return pullback(jax.tree.map(_widened(precision), cotangent))

    call.defvjp(forwards, backwards)

    def whole(arrays: Any) -> Any:
        return eqx.combine(call(arrays), static[0])

    return whole


def _widened(precision: Precision) -> Callable[[Any], Any]:
    """Casts inexact arrays to the width of `precision`; integers' cotangents (`float0`) stay as they are."""

    def cast(array: Any) -> Any:
        if array.dtype == jax.dtypes.float0 or not jnp.issubdtype(array.dtype, jnp.inexact):
            return array
        is_complex = jnp.issubdtype(array.dtype, jnp.complexfloating)
        wide = (
            {True: jnp.complex128, False: jnp.float64}
            if precision == "double"
            else {True: jnp.complex64, False: jnp.float32}
        )
        return array.astype(wide[is_complex])

    return cast


def widened(tree: Any, precision: Precision) -> Any:
    """All inexact arrays of a PyTree at `precision`. Call it inside `precision_context(precision)`."""
    cast = _widened(precision)
    return jax.tree.map(lambda leaf: cast(jnp.asarray(leaf)) if eqx.is_inexact_array(leaf) else leaf, tree)
