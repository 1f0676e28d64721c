"""Augmentation: symmetries of a family of problems, applied at random to inputs and outputs together."""

from __future__ import annotations

import abc
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from .._core import ArgumentError, UnsupportedError
from ..data import Task
from ..fields import FieldSpec, Grid

# (inputs, outputs) of one sample and a key -> the same, transformed
Transform = Callable[[Array, Array, PRNGKeyArray], tuple[Array, Array]]


# (order of axes, which of the new axes are reflected afterwards)
Element = tuple[tuple[int, ...], tuple[bool, ...]]


@dataclass(frozen=True)
class AbstractAugmentation(abc.ABC):
    """A random transformation of a sample under which the task is invariant."""

    @abc.abstractmethod
    def transform(self, task: Task) -> Transform:
        """The transformation of one sample; outputs may have a leading time axis."""


@dataclass(frozen=True)
class Symmetries(AbstractAugmentation):
    """Exchange of axes (`transpose`) and reflections (`flips`) of a square, drawn uniformly from the group they span.

    Both together give the eight symmetries of the square, rotations included; in 3-D the 48 of the cube. The
    statement must have them (a constant source, the same condition on all sides, …): that is the user's claim, and
    so is the grid's: subsampled data that keep one end of an axis and not the other have the transposition only.

    Channels are scalars unless `vectors` names their components in axis order, such as (("u", "v"),): these are
    exchanged and change sign with the axes. Pseudo-scalars (a vorticity) are named in `odd`: they change sign with
    every reflection. A periodic axis is reflected about its first point, others about their centre.
    """

    transpose: bool = True
    flips: bool = False
    vectors: tuple[tuple[str, ...], ...] = ()
    odd: tuple[str, ...] = ()

    def __post_init__(self):
        if not (self.transpose or self.flips):
            raise ArgumentError("Symmetries: none is chosen.", fix="transpose=True, flips=True, or augmentation=None")

    def transform(self, task):
        self.check(task.input_spec)
        self.check(task.output_spec)
        elements = self.elements(task.input_spec.grid.ndim)
        on_inputs = [self.action(e, task.input_spec) for e in elements]
        on_outputs = [self.action(e, task.output_spec) for e in elements]

        def transform(inputs, outputs, key):
            choice = jax.random.randint(key, (), 0, len(elements))
            return (
                jax.lax.select_n(choice, *(act(inputs) for act in on_inputs)),
                jax.lax.select_n(choice, *(act(outputs) for act in on_outputs)),
            )

        return transform

    def check(self, spec: FieldSpec) -> None:
        """Refuses grids and channels that these symmetries do not fit."""
        first, *others = spec.grid.axes
        for axis in others if self.transpose else ():
            same = (axis.points, axis.kind) == (first.points, first.kind) and np.isclose(axis.length, first.length)
            if not same:
                raise UnsupportedError(
                    "Symmetries: axes that differ cannot be exchanged.",
                    given=f"{first.name}: {first.points} {first.kind}, {axis.name}: {axis.points} {axis.kind}",
                    expected="a square grid",
                    fix="Symmetries(transpose=False, flips=True)",
                )
        for vector in self.vectors:
            present = [name in spec.names for name in vector]
            if any(present) and not (all(present) and len(vector) == spec.grid.ndim):
                raise ArgumentError(
                    "Symmetries: a vector has missing components.",
                    given=str(vector),
                    expected=f"{spec.grid.ndim} of {', '.join(spec.names)}",
                )

    def elements(self, ndim: int) -> tuple[Element, ...]:
        """All elements of the group."""
        orders = list(itertools.permutations(range(ndim))) if self.transpose else [tuple(range(ndim))]
        signs = list(itertools.product((False, True), repeat=ndim)) if self.flips else [(False,) * ndim]
        return tuple(itertools.product(orders, signs))

    def inverse(self, element: Element) -> Element:
        """The element that undoes it."""
        order, reflected = element
        back = tuple(order.index(a) for a in range(len(order)))
        return back, tuple(reflected[a] for a in back)

    def action(self, element: Element, spec: FieldSpec) -> Callable[[Array], Array]:
        """What an element does to values (leading axes are left alone)."""
        order, reflected = element
        source, sign = _channels(spec.names, order, reflected, self.vectors, self.odd)
        ndim, grid = spec.grid.ndim, spec.grid

        def act(values: Array) -> Array:
            lead = values.ndim - ndim - 1
            values = jnp.transpose(values, (*range(lead), *(lead + a for a in order), values.ndim - 1))
            for a, flip in enumerate(reflected):
                if flip:
                    values = _reflect(values, lead + a, grid, a)
            return values[..., np.array(source)] * jnp.asarray(sign, values.dtype)

        return act


def _reflect(values: Array, position: int, grid: Grid, axis: int) -> Array:
    flipped = jnp.flip(values, position)
    return jnp.roll(flipped, 1, position) if grid.axes[axis].kind == "periodic" else flipped


def _channels(names, order, reflected, vectors, odd) -> tuple[list[int], list[float]]:
    """Channel i of the image is sign[i] × channel source[i] of the original."""
    source, sign = list(range(len(names))), [1.0] * len(names)
    parity = -1.0 if (sum(reflected) + _parity(order)) % 2 else 1.0
    for i, name in enumerate(names):
        if name in odd:
            sign[i] = parity
        for vector in vectors:
            if name in vector:
                # Axis a of the image was axis order[a]: the component moves along with it.
                a = vector.index(name)
                source[i] = names.index(vector[order[a]])
                sign[i] = -1.0 if reflected[a] else 1.0
    return source, sign


def _parity(order: tuple[int, ...]) -> int:
    return sum(order[i] > order[j] for i in range(len(order)) for j in range(i + 1, len(order))) % 2
