"""The compiled part of training: many optimiser steps in one call, and validation."""

from __future__ import annotations

import math
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
from ._blocks import choose_block, over_samples, value_and_grad_in_blocks, working_set
from ._losses import AbstractLoss, RelativeL2
from ._rollout import rollout
from ._training import Training

_AXIS = "sample"


class LoopState(eqx.Module):
    """Everything that a step changes. Weights are one vector (see `Flat`)."""

    weights: Array
    optimiser: PyTree
    average: Array | None
    step: Int[Array, ""]

    @property
    def selected(self) -> Array:
        """The weights that are validated: the moving average where there is one."""
        return self.weights if self.average is None else self.average


class Flat:
    """Weights as one vector, so that an optimiser's step is a few operations instead of a few per leaf.

    Complex weights are held as real and imaginary parts; the gradient with respect to those needs no conjugation.
    """

    def __init__(self, weights: PyTree):
        leaves, self._tree = jax.tree.flatten(weights)
        self._like = [(leaf.shape, leaf.dtype) for leaf in leaves]
        self.dtype = jnp.result_type(*(leaf.real.dtype for leaf in leaves))

    def vector(self, weights: PyTree) -> Array:
        """The leaves of a PyTree like the weights, one after the other."""
        parts = []
        for leaf in jax.tree.leaves(weights):
            parts += [leaf.real.ravel(), leaf.imag.ravel()] if jnp.iscomplexobj(leaf) else [leaf.ravel()]
        return jnp.concatenate([part.astype(self.dtype) for part in parts])

    def tree(self, vector: Array) -> PyTree:
        """The PyTree of a vector."""
        leaves, begin = [], 0
        for shape, dtype in self._like:
            size = math.prod(shape)
            real = vector[begin : begin + size].reshape(shape)
            begin += size
            if jnp.issubdtype(dtype, jnp.complexfloating):
                leaves.append(jax.lax.complex(real, vector[begin : begin + size].reshape(shape)).astype(dtype))
                begin += size
            else:
                leaves.append(real.astype(dtype))
        return jax.tree.unflatten(self._tree, leaves)


class Program:
    """One task, one network, one way to train, as functions of arrays.

    Each batch is divided over the devices of `mesh`, each share into blocks of `block` samples; gradients are added up
    over both. Weights, data and optimiser state are the same on all devices.
    """

    def __init__(self, skeleton: Any, task: Task, training: Training, sample: tuple[Array, Array], weights: PyTree):
        self._skeleton, self._task, self._training = skeleton, task, training
        self.flat = Flat(weights)
        self.mesh = _mesh(training.execution.devices, training.batch)
        self.devices = self.mesh.size
        self.width = -(-training.batch // self.devices) * self.devices
        self._loss = self._of_sample(training.loss)
        self._scores = (self._of_sample(training.selection.loss), self._frames(RelativeL2()))
        self._optimiser = training.optimiser.transformation()
        self._augment = training.augmentation.transform(task) if training.augmentation else None
        bytes_per_sample = working_set(lambda w, x, y: self._loss(w, x, y), weights, *sample)
        platform = self.mesh.devices.flat[0].platform
        self.block = choose_block(self.width // self.devices, training.execution.block, bytes_per_sample, platform)

    @property
    def compiler_options(self) -> dict[str, Any]:
        """Options for compiling `advance`: the widest vectors on CPUs, as training waits for memory."""
        return {"xla_cpu_prefer_vector_width": 512} if self.mesh.devices.flat[0].platform == "cpu" else {}

    def start(self, weights: PyTree) -> LoopState:
        """The state before the first step."""
        vector = self.flat.vector(weights)
        average = jnp.copy(vector) if self._training.selection.average else None
        state = LoopState(vector, self._optimiser.init(vector), average, jnp.zeros((), jnp.int32))
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

    def validate(self, vector: Array, x: Array, y: Array, used: Array) -> tuple[Array, Array]:
        """Sums over samples of the selection's loss, and of the relative L2 error per frame.

        The number of samples is a multiple of `devices` times `block`.
        """

        def share(vector, x, y, used):
            weights = self.flat.tree(vector)

            def add(total, block):
                a, b, u = block
                scores = tuple(over_samples(f, weights, a, b) for f in self._scores)
                kept = jax.tree.map(lambda s: jnp.sum(jnp.where(_behind(u, s), s, 0), axis=0), scores)
                return jax.tree.map(jnp.add, total, kept), None

            blocks = jax.tree.map(lambda a: a.reshape(-1, self.block, *a.shape[1:]), (x, y, used))
            like = jax.eval_shape(lambda w, a, b: tuple(f(w, a, b) for f in self._scores), weights, x[0], y[0])
            zero = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), like)
            return self._summed(jax.lax.scan(add, zero, blocks)[0])

        return self._shared(share, 1)(vector, x, y, used)

    def _gradient(self, state: LoopState, x, y, positions, used, key) -> tuple[Array, PyTree]:
        """Mean loss of a batch and its gradient, shared out over devices and blocks."""
        keys = jax.random.split(jax.random.fold_in(key, state.step), positions.shape[0])
        weights = self.flat.tree(state.weights)

        def share(weights, x, y, positions, used, keys):
            batch = (x[positions], y[positions])
            if self._augment is not None:
                batch = jax.vmap(self._augment)(*batch, keys)

            def total(weights, block):
                a, b, u = block
                return jnp.sum(jnp.where(u, over_samples(self._loss, weights, a, b), 0))

            sums = value_and_grad_in_blocks(total, weights, (*batch, used), self.block)
            return self._summed((sums, jnp.sum(used)))

        sums, number = self._shared(share, 3)(weights, x, y, positions, used, keys)
        loss, gradient = sums
        return loss / number, self.flat.vector(gradient) / number.astype(self.flat.dtype)

    def _updated(self, state: LoopState, gradient: Array, share: Array) -> LoopState:
        direction, optimiser = self._optimiser.update(gradient, state.optimiser, state.weights)
        rate = self._training.schedule(share)
        weights = state.weights - (rate * direction).astype(self.flat.dtype)
        step, average = state.step + 1, state.average
        if average is not None:
            decay = jnp.minimum(self._training.selection.average, step / (9.0 + step))
            average = average + ((1 - decay) * (weights - average)).astype(self.flat.dtype)
        return LoopState(weights, optimiser, average, step)

    def _shared(self, function: Callable, same: int) -> Callable:
        """`function` on every device: its first `same` arguments whole, of the others a share of the first axis."""
        if self.devices == 1:
            return function

        def mapped(*arguments):
            specs = (PartitionSpec(),) * same + (PartitionSpec(_AXIS),) * (len(arguments) - same)
            return jax.shard_map(function, mesh=self.mesh, in_specs=specs, out_specs=PartitionSpec(), check_vma=False)(
                *arguments
            )

        return mapped

    def _summed(self, tree: PyTree) -> PyTree:
        """Sums over the devices, within `_shared`."""
        return tree if self.devices == 1 else jax.lax.psum(tree, _AXIS)

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


def _behind(flags: Array, values: Array) -> Array:
    """Flags of samples, broadcast over what follows the sample axis."""
    return flags.reshape(-1, *(1,) * (values.ndim - 1))


def _mesh(count: int | None, batch: int) -> Mesh:
    """The devices that share a batch: those asked for, else all, at most one per sample."""
    devices = jax.local_devices()
    if count is not None and count > len(devices):
        raise ArgumentError("Execution: there are not so many devices.", given=count, expected=f"<= {len(devices)}")
    return Mesh(np.array(devices[: count or batch]), (_AXIS,))
