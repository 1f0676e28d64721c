"""A member of a space that moves in time: what a solution is, before anything is said about its making."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from .._core import ArgumentError, Precision, broadcast_shape
from .._core._precise import is_traced, precise
from ..domains import Box
from ..spaces import AbstractSpace, FiniteElement
from ._interpolation import hermite, rates_from_values
from ._on_cells import on_cells

_PAIRS = 256  # pairs (point, time) evaluated at once: bounds memory at pairs × coefficients
_OUTER = 16  # times evaluated at once when points and times form a product


class SpaceTimeField(eqx.Module):
    """Coefficients in a space, at one or several times, with a cubic Hermite interpolant in between.

    - `space`: the space, or None for ordinary differential equations;
    - `coefficients`: `(time, *modes, channels)`, or `(*modes, channels)` when `times` is None;
    - `rates`: their time derivatives, or None (then estimated from the saved values, fourth order);
    - `times`: saved times, strictly increasing, or None when steady;
    - `time_name`: the name of the time coordinate.
    """

    space: AbstractSpace | None
    coefficients: Inexact[Array, ...]
    rates: Inexact[Array, ...] | None
    times: tuple[float, ...] | None = eqx.field(static=True)
    time_name: str | None = eqx.field(static=True)

    @property
    def box(self) -> Box | None:
        return None if self.space is None else self.space.box

    @property
    def saved(self) -> np.ndarray:
        """The saved times of an evolution."""
        if self.times is None:
            raise ArgumentError("The field does not depend on time.", expected="an evolution")
        return np.asarray(self.times)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates, time last."""
        space = () if self.box is None else self.box.names
        return space if self.time_name is None else (*space, self.time_name)

    @property
    def precision(self) -> Precision:
        return "double" if self.coefficients.real.dtype == np.float64 else "single"

    def jet(self, points: Mapping[str, Any], orders: tuple[int, ...], time_order: int = 0) -> Any:
        """∂^orders ∂ₜ^time_order at points (by name, broadcasting, time included): `(*broadcast, channels)`.

        Concrete results are NumPy arrays, which keep their precision outside of JAX's double-precision
        context; under tracing they are JAX arrays of the caller's width (what JAX does with wider ones there is to
        warn and to truncate), and times outside are clamped instead of refused.
        """
        arrays = {name: _as_points(points[name], name) for name in self.names}
        broadcast_shape({name: np.shape(value) for name, value in arrays.items()})
        _refuse_outside(self, arrays)
        if isinstance(self.space, FiniteElement) and sum(orders) <= 1 and not is_traced((self, arrays)):
            states = precise(eqx.filter_jit(_states), self.precision)
            known = on_cells(self, arrays, orders, lambda t: np.asarray(states(self, t, time_order)))
            if known is not None:
                return known

        def evaluate(field: SpaceTimeField, arrays: dict[str, Any]) -> Array:
            real = field.coefficients.real.dtype
            given = {name: jnp.asarray(value, real) for name, value in arrays.items()}
            return _evaluate(field, given, orders, time_order)

        value = precise(evaluate, self.precision, hand_over=True)(self, arrays)
        return value if is_traced(value) else np.asarray(value)

    def slopes(self) -> Inexact[Array, ...]:
        """Time derivatives of the coefficients: as saved, or estimated."""
        if self.rates is not None:
            return self.rates
        return rates_from_values(np.asarray(self.times), self.coefficients)

    def at(self, t: Any) -> SpaceTimeField:
        """The field at one time, as a steady one."""
        _refuse_time(self, np.asarray(t, float) if not is_traced(t) else t)

        def coefficients(field: SpaceTimeField, t: Any) -> Array:
            return _coefficients(field, jnp.asarray(t, field.coefficients.real.dtype), 0)

        value = precise(eqx.filter_jit(coefficients), self.precision)(self, t if is_traced(t) else np.asarray(t, float))
        return SpaceTimeField(self.space, value, None, None, None)


def _coefficients(field: SpaceTimeField, t: Array, time_order: int) -> Array:
    if len(field.times) == 1:
        return field.coefficients[0] if time_order == 0 else jnp.zeros_like(field.coefficients[0])
    times = jnp.asarray(field.times, field.coefficients.real.dtype)
    return hermite(times, field.coefficients, field.slopes(), t, time_order)


def _states(field: SpaceTimeField, times: Array, time_order: int) -> Array:
    return jax.vmap(lambda t: _coefficients(field, t, time_order))(jnp.asarray(times, field.coefficients.real.dtype))


@eqx.filter_jit
def _evaluate(field: SpaceTimeField, points: dict[str, Array], orders: tuple[int, ...], time_order: int) -> Array:
    """Chooses the cheapest arrangement: steady, one time, a product of points and times, or pairs of them."""
    if field.times is None:
        return _jet(field, field.coefficients, points, orders)
    t = points.pop(field.time_name)
    ndim = max((p.ndim for p in (t, *points.values())), default=0)
    t, *others = (p.reshape((1,) * (ndim - p.ndim) + p.shape) for p in (t, *points.values()))
    shape = np.broadcast_shapes(t.shape, *(p.shape for p in others))
    moving = tuple(axis for axis in range(ndim) if t.shape[axis] > 1)
    if any(p.shape[axis] > 1 for p in others for axis in moving):
        flat = [jnp.broadcast_to(p, shape).ravel() for p in (t, *others)]

        def pair(entry: list[Array]) -> Array:
            here = dict(zip(points, entry[1:], strict=True))
            return _jet(field, _coefficients(field, entry[0], time_order), here, orders)

        values = jax.lax.map(pair, flat, batch_size=min(_PAIRS, max(1, flat[0].size)))
        return values.reshape(*shape, values.shape[-1])
    still = tuple(axis for axis in range(ndim) if axis not in moving)
    here = {name: p.squeeze(moving) for name, p in zip(points, others, strict=True)}

    def moment(time: Array) -> Array:
        return _jet(field, _coefficients(field, time, time_order), here, orders)

    values = jax.lax.map(moment, t.ravel(), batch_size=min(_OUTER, max(1, t.size)))
    values = values.reshape(*(t.shape[axis] for axis in moving), *values.shape[1:])
    back = [moving.index(a) if a in moving else len(moving) + still.index(a) for a in range(ndim)]
    return values.transpose(*back, ndim)


def _jet(field: SpaceTimeField, coefficients: Array, points: dict[str, Array], orders: tuple[int, ...]) -> Array:
    if field.space is None:
        shape = np.broadcast_shapes(*(p.shape for p in points.values())) if points else ()
        return jnp.broadcast_to(coefficients, (*shape, coefficients.shape[-1]))
    wrapped = {
        side.name: side.lower + jnp.mod(points[side.name] - side.lower, side.length)
        if side.periodic
        else jnp.clip(points[side.name], side.lower, side.upper)
        for side in field.space.box.sides
    }
    return field.space.jet(coefficients, orders, wrapped)


def _as_points(value: Any, name: str) -> Any:
    if is_traced(value):
        return value
    try:
        array = np.asarray(value)
        array = array if array.dtype == np.float32 else array.astype(float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} is not a number or an array of numbers.", given=repr(value)) from error
    if not np.isfinite(array).all():
        raise ArgumentError(f"{name} holds NaN or infinity.", expected="finite coordinates")
    return array


def _refuse_outside(field: SpaceTimeField, points: Mapping[str, Any]) -> None:
    for side in () if field.box is None else field.box.sides:
        if not side.periodic and not is_traced(points[side.name]):
            _refuse(side.name, points[side.name], side.lower, side.upper, "the box")
    if isinstance(field.space, FiniteElement) and not any(is_traced(points[name]) for name in field.space.box.names):
        _refuse_far(field.space, points)
    if field.times is not None and not is_traced(points[field.time_name]):
        _refuse_time(field, points[field.time_name])


def _refuse_far(space: FiniteElement, points: Mapping[str, Any]) -> None:
    strange = space.outside(points)
    if strange is not None:
        raise ArgumentError(
            "A point lies outside of the region.",
            given=", ".join(f"{n} = {v:g}" for n, v in zip(space.box.names, strange, strict=True)),
            expected=f"points of the {space.mesh}",
        )


def _refuse_time(field: SpaceTimeField, t: Any) -> None:
    if field.times is None:
        raise ArgumentError("The field does not depend on time.", given=f"t = {t}")
    if not is_traced(t):
        _refuse(field.time_name, np.asarray(t), field.times[0], field.times[-1], "the solved times")


def _refuse(name: str, points: np.ndarray, lower: float, upper: float, what: str) -> None:
    slack = 1e-6 * max(upper - lower, abs(lower) * 1e-3)
    outside = points[(points < lower - slack) | (points > upper + slack)] if points.size else points
    if outside.size:
        raise ArgumentError(
            f"A point lies outside {what} in {name}.",
            given=f"{name} = {outside.ravel()[0]:g}",
            expected=f"{lower:g} <= {name} <= {upper:g}",
        )
