"""Calling NumPy and SciPy from compiled code, on doubles, one sample at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

Kind = tuple[tuple[int, ...], type]


def on_host(function: Callable[..., Any], results: tuple[Kind, ...], *arrays: Array) -> tuple[Array, ...]:
    """`function(*arrays)` as a pure callback; `results` are shapes and dtypes (float64 or int32) of its values.

    Under `vmap` the function is called once per sample. Doubles travel as pairs of 32-bit words: callbacks run in
    threads of their own, where JAX's double-precision context does not hold and would round them.
    """
    ndims = [a.ndim for a in arrays]
    doubles = [a.dtype == jnp.float64 for a in arrays]

    def call(*words: Any) -> tuple[np.ndarray, ...]:
        given = [_from_words(np.asarray(w)) if d else np.asarray(w) for w, d in zip(words, doubles, strict=True)]
        batch = np.broadcast_shapes(*(g.shape[: g.ndim - n] for g, n in zip(given, ndims, strict=True)))
        outputs = [np.empty((*batch, *shape), dtype) for shape, dtype in results]
        for index in np.ndindex(*batch):
            own = (_sample(g, n, index) for g, n in zip(given, ndims, strict=True))
            for output, value in zip(outputs, function(*own), strict=True):
                output[index] = value
        return tuple(_to_words(o) if o.dtype == np.float64 else o for o in outputs)

    shapes = tuple(
        jax.ShapeDtypeStruct((*shape, 2), np.uint32) if dtype is np.float64 else jax.ShapeDtypeStruct(shape, dtype)
        for shape, dtype in results
    )
    words = [jax.lax.bitcast_convert_type(a, jnp.uint32) if d else a for a, d in zip(arrays, doubles, strict=True)]
    found = jax.pure_callback(call, shapes, *words, vmap_method="expand_dims")
    return tuple(
        jax.lax.bitcast_convert_type(f, jnp.float64) if dtype is np.float64 else f
        for f, (_, dtype) in zip(found, results, strict=True)
    )


def _sample(array: np.ndarray, ndim: int, index: tuple[int, ...]) -> np.ndarray:
    """The sample `index` of an array whose leading batch axes may have length one."""
    batch = array.shape[: array.ndim - ndim]
    return array[tuple(i if n > 1 else 0 for i, n in zip(index[len(index) - len(batch) :], batch, strict=True))]


def _from_words(words: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(words).view(np.float64)[..., 0]


def _to_words(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values)[..., None].view(np.uint32)
