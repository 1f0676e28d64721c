"""How a solve is refined: what to try next, and how two levels are compared. No solving happens here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np
import scipy.fft

from .._core import precision_context
from ..domains import AbstractRegion, Box, Mesh
from ..equations import Problem
from ..fields import Grid
from ..solutions import SpaceTimeField, on_grid
from ..spaces import AbstractGridSpace, AbstractSpace, FiniteElement
from ._abstract import AbstractMethod
from ._chebyshev import Chebyshev
from ._finite_element import FiniteElement as Elements
from ._finite_element import cells_along, extents

_FIRST_TIMES = {0: 129, 1: 65, 2: 33, 3: 17}  # by space dimension
_MOST_NUMBERS = 2**26  # saved numbers (coefficients and rates together) at most: half a gigabyte
_MOST_TIMES = 2049  # saved times at most: beyond, data that contradict each other at the start would ask for ever more


@dataclass(frozen=True)
class Difference:
    """Distance of two levels: relative L2 and maximum, the worst over fields, the largest over common times."""

    relative_l2: float
    relative_max: float


def first_resolution(method: AbstractMethod, region: AbstractRegion) -> tuple[int, ...]:
    """Points per side to begin with, in proportion to the sides; of a shape's bounding box the cells along a side.

    Where a mesh size was asked for, that is where finite elements begin.
    """
    if isinstance(method, Elements) and method.size is not None:
        return tuple(max(1, math.ceil(float(length) / method.size - 1e-9)) for length in extents(region))
    if isinstance(region, Mesh):
        return cells_along(region)
    if not isinstance(region, Box):
        lengths = extents(region)
        most = {2: 12, 3: 4}[region.ndim]
        return tuple(max(2, round(most * float(length / max(lengths)))) for length in lengths)
    box = region
    if isinstance(method, Chebyshev):
        return {1: (33,), 2: (17, 17)}[box.ndim]
    spectral = math.isinf(method.order)
    most = {1: 64 if spectral else 97, 2: 32 if spectral else 49, 3: 16}[box.ndim]
    longest = max(box.lengths)
    return tuple(max(8, round(most * length / longest)) for length in box.lengths)


def refined(space: AbstractSpace, resolution: tuple[int, ...], factor: int) -> tuple[int, ...]:
    """`factor` times as fine, with the old nodes among the new ones where the space's grid allows it."""
    kinds = (
        [axis.kind for axis in space.grid.axes] if isinstance(space, AbstractGridSpace) else [None] * len(resolution)
    )
    return tuple(
        factor * (n - 1) + 1 if kind in ("nodes", "chebyshev") else factor * n
        for n, kind in zip(resolution, kinds, strict=True)
    )


def difference(coarse: SpaceTimeField, fine: SpaceTimeField) -> Difference:
    """How far two levels are apart, on the coarser level's nodes at the times both have saved."""
    u, v, weights = _both(coarse, fine)
    if u.ndim == weights.ndim + 1:
        u, v = u[None], v[None]
    axes = tuple(range(1, u.ndim - 1))
    weights = weights[None, ..., None]
    distance, size = (np.sqrt(np.sum(weights * np.abs(w) ** 2, axis=axes)).max(axis=0) for w in (u - v, v))
    highest = np.abs(v).max(axis=tuple(range(u.ndim - 1)))
    worst = np.abs(u - v).max(axis=tuple(range(u.ndim - 1)))
    return Difference(_ratio(distance, size), _ratio(worst, highest))


def spectral_tail(field: SpaceTimeField) -> float:
    """Relative size of the highest modes along any side at any saved time; infinite if the space has no modes.

    Counted are modes above 0.53 of the highest: the top fifth of those that dealiasing by the 2/3 rule keeps.
    Small means: resolved in space, so that only the steps in time can be at fault.
    """
    space = field.space
    if not isinstance(space, AbstractGridSpace):
        return math.inf
    values, worst = nodal_values(field), 0.0
    offset = 0 if field.times is None else 1
    for i, axis in enumerate(space.grid.axes):
        if axis.kind == "periodic":
            modes = scipy.fft.fftshift(np.abs(scipy.fft.fft(values, axis=i + offset)), axes=i + offset)
            n = axis.points
            wave = np.abs(np.arange(n) - n // 2) / (n // 2)
        elif axis.kind == "chebyshev":
            parts = (values.real, values.imag) if np.iscomplexobj(values) else (values,)
            modes = np.sqrt(sum(scipy.fft.dct(p, type=1, axis=i + offset) ** 2 for p in parts))
            wave = np.arange(axis.points) / (axis.points - 1)
        else:
            return math.inf
        modes = np.moveaxis(modes, i + offset, 0)
        total, top = (np.sqrt(np.sum(m**2, axis=0)) for m in (modes, modes[wave > 0.8 * 2 / 3]))
        worst = max(worst, float(top.max() / max(total.max(), 1e-300)))
    return worst


def first_times(problem: Problem) -> tuple[float, ...] | None:
    """Saved times to begin with; None when steady."""
    time = problem.time
    return None if time is None else tuple(np.linspace(time.start, time.stop, _FIRST_TIMES[problem.ndim]))


def more_times(times: tuple[float, ...], factor: int) -> tuple[float, ...]:
    """`factor` times as many intervals; the old times stay."""
    return tuple(np.linspace(times[0], times[-1], factor * (len(times) - 1) + 1)) if factor > 1 else times


def interpolation_error(field: SpaceTimeField) -> float:
    """Estimated relative error of Hermite interpolation between the saved times.

    Every second time is left out and interpolated from its neighbours; at half the distance the error is
    1/16 of what that shows (the interpolant is of fourth order).
    """
    if field.times is None or len(field.times) < 3:
        return 0.0
    t = np.asarray(field.times)
    with precision_context(field.precision):
        u, slopes = np.asarray(field.coefficients), np.asarray(field.slopes())
    last = len(t) - 1 - len(t) % 2  # the odd times with a neighbour on both sides
    shape = (-1,) + (1,) * (u.ndim - 1)
    h = (t[2 : last + 2 : 2] - t[0:last:2]).reshape(shape)
    s = (t[1 : last + 1 : 2] - t[0:last:2]).reshape(shape) / h
    u0, u1, r0, r1 = u[0:last:2], u[2 : last + 2 : 2], slopes[0:last:2], slopes[2 : last + 2 : 2]
    guess = (
        (1 + 2 * s) * (1 - s) ** 2 * u0 + h * s * (1 - s) ** 2 * r0 + s**2 * (3 - 2 * s) * u1 + h * s**2 * (s - 1) * r1
    )
    axes = tuple(range(1, u.ndim - 1))
    missed = np.sqrt(np.sum(np.abs(guess - u[1 : last + 1 : 2]) ** 2, axis=axes)).max(axis=0)
    size = np.sqrt(np.sum(np.abs(u) ** 2, axis=axes)).max(axis=0)
    return _ratio(missed, size) / 16


def times_factor(field: SpaceTimeField, error: float, goal: float) -> int:
    """How many times as many saved times the interpolant needs; 1 when it is good enough or memory is short."""
    factor, intervals = 1, len(np.asarray(field.times)) - 1
    while (
        error > goal
        and 4 * factor * field.coefficients.size <= _MOST_NUMBERS
        and 2 * factor * intervals < _MOST_TIMES
        and factor < 16
    ):
        factor, error = 2 * factor, error / 16
    return factor


def nodal_values(field: SpaceTimeField) -> np.ndarray:
    """Values at the nodes of a grid space, at the saved times."""
    with precision_context(field.precision):
        return np.asarray(_to_grid(field.space, field.coefficients, field.times is not None))


@eqx.filter_jit
def _to_grid(space: AbstractGridSpace, coefficients: Any, in_time: bool) -> Any:
    return jax.lax.map(space.to_grid, coefficients) if in_time else space.to_grid(coefficients)


def _both(coarse: SpaceTimeField, fine: SpaceTimeField) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    skip = 1 if coarse.times is None or len(coarse.times) < 2 else (len(fine.times) - 1) // (len(coarse.times) - 1)
    if coarse.space is None:
        return np.asarray(coarse.coefficients), np.asarray(fine.coefficients)[::skip], np.ones(())
    strides = _strides(coarse.space, fine.space)
    if strides is not None:
        where = (slice(None, None, skip),) if coarse.times is not None else ()
        v = nodal_values(fine)[(*where, *(slice(None, None, s) for s in strides))]
        return nodal_values(coarse), v, coarse.space.grid.weights
    if isinstance(coarse.space, FiniteElement):
        return _on_cells(coarse, fine)
    grid = coarse.space.grid if isinstance(coarse.space, AbstractGridSpace) else Grid.over(coarse.box, 33)
    u, v = (on_grid(field, grid, coarse.times) for field in (coarse, fine))
    return u, v, grid.weights


def _on_cells(coarse: SpaceTimeField, fine: SpaceTimeField) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both at the points of a quadrature on the coarse cells."""
    assert isinstance(coarse.space, FiniteElement)
    x, weights = coarse.space.mesh.geometry.quadrature(2)
    points: dict[str, Any] = dict(zip(coarse.space.mesh.names, x.T, strict=True))
    if coarse.times is not None:
        points[coarse.time_name or ""] = np.asarray(coarse.times)[:, None]
    orders = (0,) * coarse.space.mesh.ndim
    return coarse.jet(points, orders), fine.jet(points, orders), weights


def _strides(coarse: AbstractSpace, fine: AbstractSpace) -> tuple[int, ...] | None:
    """Steps through the fine grid that give the coarse one, or None when it is not a part of it."""
    if not (isinstance(coarse, AbstractGridSpace) and isinstance(fine, AbstractGridSpace)):
        return None
    strides = []
    for a, b in zip(coarse.grid.axes, fine.grid.axes, strict=True):
        ends = 0 if a.kind in ("periodic", "cells") else 1
        stride = max(1, (b.points - ends) // (a.points - ends))
        nested = b.coordinates[::stride]
        if nested.shape != a.coordinates.shape or not np.allclose(nested, a.coordinates, atol=1e-9 * a.length, rtol=0):
            return None
        strides.append(stride)
    return tuple(strides)


def _ratio(error: np.ndarray, size: np.ndarray) -> float:
    return float(np.max(np.where(size > 0, error / np.where(size > 0, size, 1.0), error)))
