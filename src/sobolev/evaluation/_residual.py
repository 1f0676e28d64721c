"""Whether the truth satisfies the statement (R4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import jax
import numpy as np

from .._core import SobolevError, precision_context
from ..assembly import grid_residual
from ..equations import Problem
from ..fields import Axis, Grid, GridField
from ..methods import FiniteVolume
from ..solutions import residual_errors
from ._contenders import fault
from ._draws import Family
from ._setting import Setting
from ._sweep import closely_followed


def with_residual(setting: Setting) -> Setting:
    """The setting with the relative residual of its first sample: of the reference as a function where it was solved
    here, of the data on their own grid where they were read."""
    if setting.problem is None or setting.family is None:
        return setting
    if isinstance(setting.method, FiniteVolume):
        words = "residual not evaluated: across shocks only the integral form holds, which FiniteVolume keeps exactly"
        return dataclasses.replace(setting, reference=dataclasses.replace(setting.reference, residual_note=words))
    take = _of_reference if setting.is_drawn else _of_data
    try:
        value = take(setting, setting.problem, setting.family)
        found = dataclasses.replace(setting.reference, residual=value)
    except SobolevError as error:
        found = dataclasses.replace(setting.reference, residual_note=f"residual not evaluated: {fault(error)}")
    return dataclasses.replace(setting, reference=found)


def _of_reference(setting: Setting, problem: Problem, family: Family) -> float | None:
    solved = [lv for lv in setting.levels if not lv.failure and lv.first is not None]
    if not solved:
        return None
    with precision_context("double"):
        member = jax.tree.map(lambda leaf: leaf[0], family.drawn)
        field = solved[-1].first
        if not problem.is_steady and setting.method is not None:  # the data's own times may be far apart
            field = closely_followed(family, setting.method, solved[-1].resolution)
        found = residual_errors(field, problem, family.values(member))
    return max(found.values())


def _of_data(setting: Setting, problem: Problem, family: Family) -> float | None:
    """‖R(u)‖ / (‖R(u) − R(0)‖ + ‖R(0)‖): 0 where u satisfies the statement, 1 where it has nothing to do with it."""
    task = setting.task
    _, outputs = task.arrays(task.splits.test[:1])
    grid = task.output_spec.grid
    if task.times is not None and problem.time is not None:
        gaps = np.diff(task.times)
        if len(gaps) < 4 or not np.allclose(gaps, gaps[0], rtol=1e-3):
            return None  # differences in time need equally spaced times
        start, stop = float(task.times[0]), float(task.times[-1])
        grid = Grid((Axis(problem.time.name, start, stop, len(task.times)), *grid.axes))
    with precision_context("double"):
        member = jax.tree.map(lambda leaf: leaf[0], family.drawn)
        values = family.values(member)
        fields = _fields(problem, outputs[0], task.output_spec.names, grid)
        zeros = {name: f.with_values(np.zeros(f.values.shape)) for name, f in fields.items()}
        ours, none = ([np.asarray(r) for r in grid_residual(problem, f, values).equations] for f in (fields, zeros))
    ratios = []
    for r, r0 in zip(ours, none, strict=True):
        size = _rms(r - r0) + _rms(r0)
        ratios.append(_rms(r) / size if size > 0 else _rms(r))
    return float(max(ratios))


def _fields(problem: Problem, values: np.ndarray, names: tuple[str, ...], grid: Grid) -> Mapping[str, GridField]:
    found = {}
    for name in problem.unknown_names:
        if name in names:
            channel = values[..., names.index(name)]
        else:
            channel = values[..., names.index(f"re({name})")] + 1j * values[..., names.index(f"im({name})")]
        wide = channel.astype(complex if np.iscomplexobj(channel) else float)
        found[name] = GridField(wide[..., None], grid, name)
    return found


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.abs(values) ** 2)))
