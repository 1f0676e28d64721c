"""A small architecture and small tasks, for tests of the loop."""

from dataclasses import dataclass

import equinox as eqx
import jax
import numpy as np

from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid, GridField
from sobolev.operators import AbstractArchitecture, AbstractOperator


class TinyOperator(AbstractOperator):
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)
    mlp: eqx.nn.MLP

    def __call__(self, field):
        apply = self.mlp
        for _ in range(field.grid.ndim):
            apply = jax.vmap(apply)
        return GridField(apply(field.with_coordinates().values), field.grid, self.outputs.names)


@dataclass(frozen=True)
class TinyNet(AbstractArchitecture):
    """A multilayer perceptron of values and coordinates, point by point."""

    width: int = 8

    def build(self, inputs, outputs, *, key):
        size = inputs.channels + inputs.grid.ndim
        return TinyOperator(inputs, outputs, eqx.nn.MLP(size, outputs.channels, self.width, 1, jax.nn.gelu, key=key))


def tiny_task(samples=40, points=8, validation=0.2, test=0.1):
    """a ↦ x sin a on [0, 1]."""
    grid = Grid((Axis("x", 0, 1, points, "nodes"),))
    a = np.random.default_rng(0).standard_normal((samples, points, 1))
    u = np.sin(a) * grid.coordinates["x"][:, None]
    splits = Splits.of(samples, validation=validation, test=test)
    return Task(a, u, FieldSpec(("a",), grid), FieldSpec(("u",), grid), splits, name="tiny")


def decay_task(samples=6, frames=7, points=8, extra=True):
    """Trajectories u(t) = e^(−t) u(0) at t = 0, ½, 1, …, with a constant channel behind the state."""
    grid = Grid((Axis("x", 0, 1, points, "periodic"),))
    times = 0.5 * np.arange(frames)
    start = np.random.default_rng(1).standard_normal((samples, points, 1))
    u = np.exp(-times)[None, :, None, None] * start[:, None]
    constant = np.arange(samples)[:, None, None] * np.ones((points, 1))
    inputs = np.concatenate([start, constant], axis=-1) if extra else start
    spec = FieldSpec(("u", "c") if extra else ("u",), grid)
    splits = Splits(np.arange(samples - 2), np.array([samples - 2]), np.array([samples - 1]))
    return Task(inputs, u, spec, FieldSpec(("u",), grid), splits, times=times, name="decay")


def bits(tree):
    """All arrays of a tree, as bytes."""
    return b"".join(np.asarray(a).tobytes() for a in jax.tree.leaves(eqx.filter(tree, eqx.is_array)))
