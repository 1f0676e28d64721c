"""The compiled part of training: many optimiser steps in one call, and validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Float, Int, PRNGKeyArray, PyTree

from .._core import ArgumentError
from ..data import Task
from ..fields import GridField
from ._blocks import choose_block, value_and_grad_in_blocks, working_set
from ._losses import AbstractLoss, RelativeL2
from ._rollout import rollout
from ._training import Training

_AXIS = "sample"


class LoopState(eqx.Module):
    """Everything that a step changes."""

    weights: PyTree
    optimiser: PyTree
    average: PyTree | None
    step: Int[Array, ""]

    @property
    def selected(self) -> PyTree:
        """The weights that are validated: the moving average where there is one."""
        return self.weights if self.average is None else self.average


class Program:
    """One task, one network, one way to train, as functions of arrays.

    Each batch is divided over the devices of `mesh`, each share into blocks of `block` samples; gradients are added up
    over both. Weights, data and optimiser state are the same on all devices.
    """

    def __init__(self, skeleton: Any, task: Task, training: Training, sample: tuple[Array, Array], weights: PyTree):
        self._skeleton, self._task, self._training = skeleton, task, training
        self.mesh = _mesh(training.execution.devices)
        self.devices = self.mesh.size
        self.width = -(-training.batch // self.devices) * self.devices
        self._loss = self._of_sample(training.loss)
        self._scores = (self._of_sample(training.selection.loss), self._frames(RelativeL2()))
        self._optimiser = training.optimiser.transformation()
        self._augment = training.augmentation.transform(task) if training.augmentation else None
        bytes_per_sample = working_set(lambda w, x, y: self._loss(w, x, y), weights, *sample)
        platform = self.mesh.devices.flat[0].platform
        self.block = choose_block(self.width // self.devices, training.execution.block, bytes_per_sample, platform)

    def start(self, weights: PyTree) -> LoopState:
        """The state before the first step."""
        average = jax.tree.map(jnp.copy, weights) if self._training.selection.average else None
        state = LoopState(weights, self._optimiser.init(weights), average, jnp.zeros((), jnp.int32))
        return self.on_devices(state)

    def on_devices(self, tree: PyTree) -> PyTree:
        """A copy of every array on every device of the mesh."""
        return jax.device_put(tree, NamedSharding(self.mesh, PartitionSpec()))

    def shared_out(self, tree: PyTree) -> PyTree:
        """Arrays divided over the devices by their first axis."""
        return jax.device_put(tree, NamedSharding(self.mesh, PartitionSpec(_AXIS)))

    def advance(
        self,
        state: LoopState,
        x: Array,
        y: Array,
        positions: Int[Array, "steps batch"],
        used: Array,
        shares: Float[Array, " steps"],
        count: Int[Array, ""],
        key: PRNGKeyArray,
    ) -> tuple[LoopState, Float[Array, " steps"]]:
        """`count` optimiser steps on the batches in the first rows of `positions`; their losses."""

        def body(i, carry):
            state, losses = carry
            loss, gradient = self._gradient(state, x, y, positions[i], used[i], key)
            return self._updated(state, gradient, shares[i]), losses.at[i].set(loss)

        return jax.lax.fori_loop(0, count, body, (state, jnp.zeros(shares.shape, shares.dtype)))

    def validate(self, weights: PyTree, x: Array, y: Array, used: Array) -> tuple[Array, Array]:
        """Sums over samples of the selection's loss, and of the relative L2 error per frame."""

        def share(weights, x, y, used):
            def scores(sample):
                a, b, u = sample
                return jax.tree.map(lambda s: jnp.where(u, s, 0), tuple(f(weights, a, b) for f in self._scores))

            each = jax.lax.map(scores, (x, y, used), batch_size=max(1, min(self.block, x.shape[0])))
            return jax.lax.psum(jax.tree.map(lambda s: jnp.sum(s, axis=0), each), _AXIS)

        split, same = PartitionSpec(_AXIS), PartitionSpec()
        mapped = jax.shard_map(
            share, mesh=self.mesh, in_specs=(same, split, split, split), out_specs=same, check_vma=False
        )
        return mapped(weights, x, y, used)

    def _gradient(self, state: LoopState, x, y, positions, used, key) -> tuple[Array, PyTree]:
        """Mean loss of a batch and its gradient, shared out over devices and blocks."""
        keys = jax.random.split(jax.random.fold_in(key, state.step), positions.shape[0])

        def share(weights, x, y, positions, used, keys):
            batch = (x[positions], y[positions])
            if self._augment is not None:
                batch = jax.vmap(self._augment)(*batch, keys)

            def total(weights, block):
                a, b, u = block
                return jnp.sum(jnp.where(u, jax.vmap(self._loss, (None, 0, 0))(weights, a, b), 0))

            sums = value_and_grad_in_blocks(total, weights, (*batch, used), self.block)
            return jax.lax.psum((sums, jnp.sum(used)), _AXIS)

        split, same = PartitionSpec(_AXIS), PartitionSpec()
        mapped = jax.shard_map(
            share, mesh=self.mesh, in_specs=(same, same, same, split, split, split), out_specs=same, check_vma=False
        )
        sums, number = mapped(state.weights, x, y, positions, used, keys)
        return jax.tree.map(lambda s: s / number.astype(s.real.dtype), sums)

    def _updated(self, state: LoopState, gradient: PyTree, share: Array) -> LoopState:
        # JAX returns ∂f/∂z of a real f; the direction of steepest ascent is its conjugate.
        uphill = jax.tree.map(jnp.conj, gradient)
        direction, optimiser = self._optimiser.update(uphill, state.optimiser, state.weights)
        rate = self._training.schedule(share)
        weights = jax.tree.map(lambda w, d: w - (rate * d).astype(w.dtype), state.weights, direction)
        step, average = state.step + 1, state.average
        if average is not None:
            decay = jnp.minimum(self._training.selection.average, step / (9.0 + step))
            average = jax.tree.map(lambda a, w: a + ((1 - decay) * (w - a)).astype(a.dtype), average, weights)
        return LoopState(weights, optimiser, average, step)

    def _frames(self, loss: AbstractLoss) -> Callable[[PyTree, Array, Array], Array]:
        """The loss of one sample: a scalar, or one per frame for one-step tasks (the given first frame left out)."""
        measure, spec, is_rolled = loss.measure(self._task), self._task.input_spec, self._task.step is not None

        def frames(weights, x, y):
            operator = eqx.combine(weights, self._skeleton)
            field = GridField(x, spec.grid, spec.names)
            if not is_rolled:
                return measure(x, operator(field).values, y)
            predicted = rollout(operator, field, y.shape[0] - 1)
            return jax.vmap(measure, (None, 0, 0))(x, predicted, y[1:])

        return frames

    def _of_sample(self, loss: AbstractLoss) -> Callable[[PyTree, Array, Array], Array]:
        frames = self._frames(loss)
        return lambda weights, x, y: jnp.mean(frames(weights, x, y))


def _mesh(count: int | None) -> Mesh:
    devices = jax.local_devices()
    if count is not None and count > len(devices):
        raise ArgumentError("Execution: there are not so many devices.", given=count, expected=f"<= {len(devices)}")
    return Mesh(np.array(devices[:count]), (_AXIS,))
