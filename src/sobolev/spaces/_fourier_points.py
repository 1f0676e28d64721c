"""Trigonometric polynomials at arbitrary points: by one matrix per axis on open meshes, by direct sums elsewhere."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .._core import ArgumentError
from ..domains import Box
from ._fourier_transforms import indices

_CHUNK = 2**21  # entries of the largest temporary in a direct sum: 32 MB in double precision


def evaluate(c: Array, box: Box, modes: tuple[int, ...], real: bool, points: Sequence[Array]) -> Array:
    """Values at `points` (one array per side, broadcasting): `(*broadcast, channels)` from `(*modes, channels)`."""
    shape = np.broadcast_shapes(*(p.shape for p in points))
    axes = _open_axes(points, shape)
    if axes is not None:
        return _open_mesh(c, box, modes, real, points, shape, axes)
    flat = [jnp.broadcast_to(p, shape).reshape(-1) for p in points]
    return _scattered(c, box, modes, real, flat).reshape(*shape, c.shape[-1])


def _open_axes(points: Sequence[Array], shape: tuple[int, ...]) -> list[int | None] | None:
    """The axis along which each coordinate varies (None: a scalar), or None if two vary along the same."""
    found: list[int | None] = []
    for p in points:
        varying = [axis - p.ndim for axis, n in enumerate(p.shape) if n != 1]
        if len(varying) > 1 or (varying and varying[0] in found):
            return None
        found.append(varying[0] if varying else None)
    return found


def _open_mesh(c, box, modes, real, points, shape, axes) -> Array:
    # The last axis first: it is the one that real fields store by half.
    for a in reversed(range(len(modes))):
        basis = _basis(points[a].reshape(-1), box, modes, real, a)
        c = jnp.moveaxis(jnp.tensordot(basis, c, (1, a)), 0, a)
    c = c.real if real else c
    # Axes of c are (side 0, side 1, …, channel), each of length 1 or that of the mesh axis it varies along.
    order = sorted(range(len(modes)), key=lambda a: -len(shape) - 1 if axes[a] is None else axes[a])
    c = jnp.transpose(c, (*order, len(modes)))
    target = [1] * len(shape)
    for a in order:
        if axes[a] is not None:
            target[axes[a]] = points[a].size
    return jnp.broadcast_to(c.reshape(*target, c.shape[-1]), (*shape, c.shape[-1]))


def _scattered(c, box, modes, real, points) -> Array:
    def at(block: tuple[Array, ...]) -> Array:
        value = jnp.tensordot(_basis(block[-1], box, modes, real, len(modes) - 1), c, (1, len(modes) - 1))
        for a in reversed(range(len(modes) - 1)):  # value: (points, modes of sides 0 … a, channels)
            value = jnp.einsum("pk,p...kc->p...c", _basis(block[a], box, modes, real, a), value)
        return value.real if real else value

    total = points[0].shape[0]
    size = max(1, _CHUNK // max(1, math.prod(c.shape[:-2]) * c.shape[-1], c.shape[-2]))
    if total <= size:
        return at(tuple(points))
    return jax.lax.map(lambda p: at(tuple(q[None] for q in p))[0], tuple(points), batch_size=size)


def _basis(x: Array, box: Box, modes: tuple[int, ...], real: bool, axis: int) -> Array:
    """exp(i k (x − lower)) for all k of one axis: `(points, modes)`; weights of a half axis included."""
    side, n = box.sides[axis], modes[axis]
    k = indices(modes, real)[axis]
    phase = jnp.asarray(2 * math.pi / side.length * k) * (x[:, None] - side.lower)
    basis = jax.lax.complex(jnp.cos(phase), jnp.sin(phase))
    weights = np.ones(k.size)
    if real and axis == len(modes) - 1:
        weights[1 : (n - 1) // 2 + 1] = 2
    if n % 2 == 0:
        basis = basis.at[:, n // 2].set(basis[:, n // 2].real)
    return basis * jnp.asarray(weights)


def ordered(points: dict, box: Box) -> list[Array]:
    """Coordinates in the order of the box's sides, as floating-point arrays."""
    if set(points) != set(box.names):
        raise ArgumentError(
            "A field of a Fourier space is evaluated at the wrong coordinates.",
            given=", ".join(points) or "none",
            expected=", ".join(box.names),
        )
    arrays = [jnp.asarray(points[name]) for name in box.names]
    dtype = functools.reduce(jnp.promote_types, (a.dtype for a in arrays), jnp.zeros(()).dtype)
    return [a.astype(dtype) for a in arrays]
