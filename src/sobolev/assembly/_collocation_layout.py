"""Which nodal values are unknowns: the inner nodes of each channel, boundary nodes being left to the conditions."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sympy.core.function import AppliedUndef

from .._core import UnsupportedError
from ..equations import Mean, Problem, Robin
from ..fields import Grid


@dataclass(frozen=True, eq=False)
class Channel:
    """∂ₜ^time_order of an unknown. `sides[d]` holds the conditions at the lower and upper end of axis d.

    k conditions at an end determine the k outermost layers of nodes there.
    """

    unknown: AppliedUndef
    time_order: int
    sides: tuple[tuple[tuple[Robin, ...], tuple[Robin, ...]], ...]

    @property
    def key(self) -> tuple[str, int]:
        return self.unknown.func.__name__, self.time_order

    @property
    def is_complex(self) -> bool:
        return self.unknown.is_real is not True

    def layers(self, d: int) -> tuple[int, int]:
        """Numbers of layers that conditions determine at both ends of axis d."""
        low, high = self.sides[d]
        return len(low), len(high)


@dataclass(frozen=True, eq=False)
class Layout:
    """Unknowns of several channels in one real vector: inner nodes channel after channel, then multipliers.

    Complex channels give their real parts, then their imaginary parts. One multiplier for each mean.
    """

    channels: tuple[Channel, ...]
    grid: Grid
    means: tuple[Mean, ...] = ()

    def inner(self, channel: Channel) -> tuple[slice, ...]:
        """The inner nodes of a channel as an index into nodal arrays."""
        ends = (channel.layers(d) for d in range(self.grid.ndim))
        return tuple(slice(low, n - high) for n, (low, high) in zip(self.grid.shape, ends, strict=True))

    def inner_shape(self, channel: Channel) -> tuple[int, ...]:
        return tuple(s.stop - s.start for s in self.inner(channel))

    @functools.cached_property
    def parts(self) -> tuple[tuple[int, bool], ...]:
        """(channel number, imaginary?) of each real block of the vector."""
        return tuple((i, part) for i, c in enumerate(self.channels) for part in ((False, True)[: 1 + c.is_complex]))

    @functools.cached_property
    def size(self) -> int:
        blocks = sum(math.prod(self.inner_shape(self.channels[i])) for i, _ in self.parts)
        return blocks + len(self.means)

    def unpack(self, y: Array) -> tuple[list[Array], Array]:
        """Inner nodal arrays of all channels, and the multipliers."""
        blocks, at = [], 0
        for c in self.channels:
            shape = self.inner_shape(c)
            n = math.prod(shape)
            block = y[at : at + n].reshape(shape)
            at += n
            if c.is_complex:
                block = block + 1j * y[at : at + n].reshape(shape)
                at += n
            blocks.append(block)
        return blocks, y[at:]

    def pack(self, blocks: list[Array], multipliers: Array | None = None) -> Array:
        """The inverse of `unpack`; imaginary parts of real channels are dropped."""
        flat = []
        for c, block in zip(self.channels, blocks, strict=True):
            block = jnp.broadcast_to(1.0 * block, self.inner_shape(c))
            flat.append(block.real.ravel())
            if c.is_complex:
                flat.append(block.imag.ravel())
        if multipliers is not None:
            flat.append(multipliers)
        return jnp.concatenate(flat)

    def mass(self, evolves: dict[tuple[str, int], bool]) -> np.ndarray:
        """Ones for channels that evolve, zeros for those that do not and for multipliers."""
        blocks = [
            np.full(math.prod(self.inner_shape(self.channels[i])), float(evolves[self.channels[i].key]))
            for i, _ in self.parts
        ]
        return np.concatenate([*blocks, np.zeros(len(self.means))])


def channel_of(problem: Problem, unknown: AppliedUndef, time_order: int, grid: Grid) -> Channel:
    """The channel of ∂ₜ^time_order unknown with the conditions that hold for it."""
    sides = []
    for axis in grid.axes:
        ends = ("", "") if axis.kind == "periodic" else (f"{axis.name}.min", f"{axis.name}.max")
        low, high = (problem.boundary_condition(unknown, part) if part else () for part in ends)
        if len(low) + len(high) > axis.points - 2:
            raise UnsupportedError(
                f"Axis {axis.name} has too few points for the conditions on {unknown}.",
                given=f"{axis.points} points, {len(low)} + {len(high)} conditions",
                fix="a finer resolution",
            )
        sides.append((tuple(low), tuple(high)))
    return Channel(unknown, time_order, tuple(sides))
