"""The statement's own residual as a loss: what makes any operator physics-informed."""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._core import ArgumentError
from ..assembly import GridResidual, grid_residual
from ..data import Task
from ..equations import Problem, Values, values_of
from ..fields import FieldSpec, GridField
from ._losses import AbstractLoss


@dataclass(frozen=True)
class StatementResidual(AbstractLoss):
    """Σ mean(equation residual²) + `boundary` · Σ mean(condition residual²) of the predicted fields.

    `problem` (None: the task's) is read with the sample's input channels: those named as its input fields stand for
    them, those named as parameters (constant channels) for these; everything else keeps the value the problem is bound
    to. The residual is that of `sobolev.assembly.grid_residual`: spectral on periodic and Chebyshev axes, differences
    elsewhere, conservative for divergences. It needs no target: `training=Training(loss=StatementResidual())` learns
    from inputs alone; `RelativeL2() + 1e-3 * StatementResidual()` from both. Units are the statement's.

    Outputs of a steady problem are its unknowns. For an evolution they are frames, channels named `u@t` as
    `WholeTrajectory` makes them, together with the start; frames must be equally spaced.
    """

    problem: Problem | None = None
    boundary: float = 1.0

    def __post_init__(self):
        if not self.boundary >= 0:
            raise ArgumentError("StatementResidual: boundary is no weight.", given=self.boundary, expected=">= 0")

    def measure(self, task):
        problem = self.problem or task.problem
        if problem is None:
            raise ArgumentError(
                f"'{task.name}' has no statement whose residual could be a loss.",
                fix="StatementResidual(problem), or simulate the data from a problem",
            )
        fields = _reader(problem, task)
        values = _binder(problem, task.input_spec)

        def square(inputs, prediction, target):
            residual: GridResidual = grid_residual(problem, fields(inputs, prediction), values(inputs))
            equations = sum(jnp.mean(r**2) for r in residual.equations)
            conditions = sum((jnp.mean(r**2) for r in residual.conditions.values()), start=0.0)
            return equations + self.boundary * conditions

        return square


def _reader(problem: Problem, task: Task):
    """(inputs, prediction) of one sample → the unknowns as fields of the statement's grid."""
    spec = task.output_spec
    if problem.is_steady:
        missing = set(problem.unknown_names) - set(spec.names)
        if missing:
            raise _mismatch(problem, spec, ", ".join(problem.unknown_names))
        return lambda inputs, prediction: GridField(prediction, spec.grid, spec.names)
    return _trajectory_reader(problem, task)


def _trajectory_reader(problem: Problem, task: Task):
    from ..fields import Axis, Grid

    spec, names = task.output_spec, problem.unknown_names
    count = len(names)
    frames = [spec.names[i : i + count] for i in range(0, spec.channels, count)]
    times = [name.rpartition("@")[2] for name in spec.names[::count]]
    if any(frame != tuple(f"{n}@{t}" for n in names) for frame, t in zip(frames, times, strict=True)):
        raise _mismatch(problem, spec, f"frames of {', '.join(names)}: WholeTrajectory()(task)")
    assert problem.time is not None  # an evolution
    start, moments = problem.time.start, np.array([float(t) for t in times])
    gaps = np.diff(np.concatenate([[start], moments]))
    if not np.allclose(gaps, gaps[0], rtol=1e-3):
        raise ArgumentError("StatementResidual: frames are not equally spaced in time.", given=f"times {moments}")
    axis = Axis(problem.time.name, start, float(moments[-1]), len(moments) + 1, "nodes")
    grid = Grid((axis, *spec.grid.axes))

    def fields(inputs, prediction):
        later = jnp.moveaxis(prediction.reshape(*spec.grid.shape, len(moments), count), -2, 0)
        return GridField(jnp.concatenate([inputs[None, ..., :count], later]), grid, names)

    return fields


def _binder(problem: Problem, spec: FieldSpec):
    """inputs of one sample → the statement's values."""
    inputs = {a.func.__name__ for a in problem.inputs} & set(spec.names)
    parameters = {p.name for p in problem.parameters} & set(spec.names)
    bound = values_of(problem.replace(**dict.fromkeys(inputs | parameters, 0.0)))

    def values(sample) -> Values:
        channel = {name: sample[..., spec.names.index(name)] for name in inputs | parameters}
        fields = {name: GridField(channel[name], spec.grid, name) for name in inputs}
        scalars = {name: jnp.mean(channel[name]) for name in parameters}
        return eqx.tree_at(
            lambda v: (v.parameters, v.inputs), bound, (bound.parameters | scalars, bound.inputs | fields)
        )

    return values


def _mismatch(problem: Problem, spec: FieldSpec, expected: str) -> ArgumentError:
    return ArgumentError(
        f"The task's outputs are not the unknowns of '{problem.name}'.",
        given=", ".join(spec.names),
        expected=expected,
        fix="name the outputs as in the statement",
    )
