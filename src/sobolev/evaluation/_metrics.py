"""Errors of predicted fields against true ones, on batches of arrays; the formulas are those of `sobolev.fields`.

Conventions, shared by every function here: arrays have shape `(sample, *space, channels)`, or
`(sample, time, *space, channels)` when `times` is given; they may be complex; integrals use the grid's
quadrature weights, in time the trapezoidal rule over the given times. Each function returns one number per
sample and channel, shape `(sample, channels)`, in double precision.

A prediction that is not finite has infinite error. NaN is never returned.
"""

from __future__ import annotations

import numpy as np

from .. import fields
from .._core import precision_context
from ..fields import Grid, gradient, quotient, square_norm


def relative_l2(prediction, truth, grid: Grid, times=None) -> np.ndarray:
    """‖p − u‖ / ‖u‖ in L²(box), or L²(time × box)."""
    p, u = _pair(prediction, truth)
    w = _weights(grid, times)
    return fields.relative_l2(p, u, w, _inner(u))


def relative_max(prediction, truth, grid: Grid, times=None) -> np.ndarray:
    """max |p − u| / max |u| over the grid points (and times)."""
    p, u = _pair(prediction, truth)
    return fields.relative_max(p, u, _inner(u))


def relative_h1(prediction, truth, grid: Grid, times=None) -> np.ndarray:
    """√(‖e‖² + ‖∇e‖²) / √(‖u‖² + ‖∇u‖²), e = p − u; gradients as in `sobolev.fields.gradient`."""
    p, u = _pair(prediction, truth)
    w = _weights(grid, times)
    return fields.relative_h1(p, u, zip(_slopes(p, grid), _slopes(u, grid), strict=True), w, _inner(u))


def vrmse(prediction, truth, grid: Grid, times=None) -> np.ndarray:
    """√(⟨|p − u|²⟩ / ⟨|u − ⟨u⟩|²⟩): 1 is what the true mean scores (The Well, Ohana et al. 2024)."""
    p, u = _pair(prediction, truth)
    w = _weights(grid, times)
    axes = _inner(u)
    mean = np.expand_dims(np.sum(w * u, axis=axes) / w.sum(), axes)
    return quotient(np.sqrt(square_norm(p - u, w, axes)), np.sqrt(square_norm(u - mean, w, axes)))


def boundary_error(prediction, truth, grid: Grid, times=None) -> np.ndarray | None:
    """Root mean square of p − u on the non-periodic sides over that of u in the whole box.

    The denominator is the box's, because u may vanish on the boundary. On an axis of cell centres the values at
    the sides are extrapolated linearly. None when every side is periodic.
    """
    p, u = _pair(prediction, truth)
    lead = 1 if times is None else 2
    error, measure = 0.0, 0.0
    for number, axis in enumerate(grid.axes):
        if axis.kind == "periodic":
            continue
        others = Grid(grid.axes[:number] + grid.axes[number + 1 :])
        w = _weights(others, times)
        for end in (0, -1):
            face = _face(p - u, lead + number, end, axis.kind == "cells" and axis.points > 1)
            error = error + square_norm(face, w, _inner(face))
            measure += w.sum()
    if not measure:
        return None
    w = _weights(grid, times)
    return quotient(np.sqrt(error / measure), np.sqrt(square_norm(u, w, _inner(u)) / w.sum()))


def window_errors(prediction, truth, grid: Grid, times) -> dict[str, np.ndarray]:
    """Relative L² over the first, middle and last third of the times (fewer windows for fewer than six times)."""
    times = np.asarray(times, dtype=float)
    names = ("early", "middle", "late") if len(times) >= 6 else ("early", "late") if len(times) >= 4 else ()
    parts = np.array_split(np.arange(len(times)), len(names)) if names else ()
    p, u = np.asarray(prediction), np.asarray(truth)
    return {n: relative_l2(p[:, i], u[:, i], grid, times[i]) for n, i in zip(names, parts, strict=True)}


def joint_relative_l2(prediction, truth, grid: Grid, times=None) -> np.ndarray:
    """Root mean square over the channels of `relative_l2`: each field counts the same. Shape `(sample,)`."""
    return np.sqrt(np.mean(relative_l2(prediction, truth, grid, times) ** 2, axis=-1))


def relative_l2_by_time(prediction, truth, grid: Grid) -> np.ndarray:
    """`joint_relative_l2` of every saved time by itself, the mean over samples. Shape `(time,)`."""
    p, u = np.asarray(prediction), np.asarray(truth)
    return np.array([np.mean(joint_relative_l2(p[:, k], u[:, k], grid)) for k in range(u.shape[1])])


def _pair(prediction, truth) -> tuple[np.ndarray, np.ndarray]:
    p, u = np.asarray(prediction), np.asarray(truth)
    wide = np.complex128 if np.iscomplexobj(p) or np.iscomplexobj(u) else np.float64
    p, u = p.astype(wide), u.astype(wide)
    # A prediction that is not finite must count as infinitely wrong, and inf − inf must not become NaN.
    return np.where(np.isfinite(p), p, np.inf), u


def _weights(grid: Grid, times) -> np.ndarray:
    """Quadrature weights that broadcast against `(sample, [time,] *space, channels)`."""
    w = grid.weights[None, ..., None]
    return w if times is None else time_weights(times).reshape(1, -1, *(1,) * grid.ndim, 1) * w[:, None]


def time_weights(times) -> np.ndarray:
    """Trapezoidal weights of increasing times; one time has weight 1."""
    t = np.asarray(times, dtype=float)
    if len(t) == 1:
        return np.ones(1)
    gaps = np.diff(t)
    return 0.5 * (np.append(gaps, 0) + np.insert(gaps, 0, 0))


def _inner(f: np.ndarray) -> tuple[int, ...]:
    """All axes but samples and channels."""
    return tuple(range(1, f.ndim - 1))


def _slopes(f: np.ndarray, grid: Grid) -> list[np.ndarray]:
    """Partial derivatives of `(…, *space, channels)`; infinite where the values are not finite."""
    lead = f.ndim - 1 - grid.ndim
    rows = np.moveaxis(f, range(lead), range(grid.ndim, grid.ndim + lead))  # space axes first
    with precision_context("double"):
        slopes = [np.asarray(d) for d in gradient(rows.reshape(*grid.shape, -1), grid)]
    whole = (np.moveaxis(d.reshape(rows.shape), range(grid.ndim, grid.ndim + lead), range(lead)) for d in slopes)
    return [np.where(np.isfinite(d), d, np.inf) for d in whole]


def _face(f: np.ndarray, axis: int, end: int, extrapolate: bool) -> np.ndarray:
    first = np.take(f, end, axis=axis)
    if not extrapolate:
        return first
    return 1.5 * first - 0.5 * np.take(f, 1 if end == 0 else -2, axis=axis)
