"""What is to be simulated, and in what portions."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from .._core import Precision
from ..equations import Problem
from ..methods import AbstractMethod
from ._describe import describe, describe_problem, fingerprint, versions

_BLOCK_BYTES = 2**17  # of solution state solved at once: the ten arrays of this size that a solver holds fit the cache
_BLOCK_SAMPLES = 64
_CHUNK_BYTES = 2**21  # written at once: large enough that fsync does not show, small enough to read batch by batch
PORTIONED = "portioned_for"
_PORTIONS = 16  # a simulation is interrupted, resumed and shared among workers by portions


@dataclass(frozen=True, eq=False)
class Plan:
    """One simulation. Everything in it, and nothing else, determines its samples; equal plans give equal bytes.

    `portioned_for`: for how many samples the portions were chosen, where a store has been extended since.
    """

    problem: Problem
    method: AbstractMethod
    samples: int
    resolution: tuple[int, ...] | int | None
    times: tuple[float, ...] | None
    tolerance: float
    seed: Seed
    width: Width
    portioned_for: int | None = None

    @functools.cached_property
    def description(self) -> dict[str, Any]:
        """What determines the samples, as plain data."""
        portions = {} if self.portioned_for is None else {PORTIONED: self.portioned_for}
        return {
            "statement": describe_problem(self.problem),
            "method": describe(self.method),
            "samples": self.samples,
            "resolution": describe(self.resolution),
            "times": describe(self.times),
            "tolerance": self.tolerance,
            "key": [self.seed.kind, *self.seed.data],
            "precision": self.width.precision,
            "dtype": self.width.stored,
            "versions": versions(),
            **portions,
        }

    @functools.cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.description)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)


@dataclass(frozen=True)
class Seed:
    """A JAX key as plain data, so that a plan can be written down and sent to workers."""

    kind: str
    data: tuple[int, ...]

    @staticmethod
    def of(key: PRNGKeyArray) -> Seed:
        typed = jnp.issubdtype(key.dtype, jax.dtypes.prng_key)
        data = jax.random.key_data(key) if typed else key
        return Seed(
            str(jax.random.key_impl(key)) if typed else "threefry2x32", tuple(np.asarray(data).ravel().tolist())
        )

    @property
    def key(self) -> PRNGKeyArray:
        return jax.random.wrap_key_data(np.array(self.data, np.uint32), impl=self.kind)


@dataclass(frozen=True)
class Width:
    """Width of numbers: while solving, and in the data."""

    precision: Precision
    stored: str  # NumPy's name of the real type

    def of(self, dtype: Any) -> np.dtype:
        """Stored type of values of this type."""
        stored = np.dtype(self.stored)
        return np.result_type(stored, np.complex64) if np.dtype(dtype).kind == "c" else stored


@dataclass(frozen=True)
class Portions:
    """Samples go in batches of `batch` (one chunk of the store each), which are solved in blocks of `block`.

    Both follow from the sizes alone, never from the machine: a block is always compiled for the same number of
    samples (the last is filled up), so that a sample is the same whatever batch, worker or run computes it.
    """

    samples: int
    block: int
    batch: int

    @staticmethod
    def of(samples: int, state_bytes: int, stored_bytes: int, portioned_for: int | None = None) -> Portions:
        """For `samples` samples whose solution takes `state_bytes` in one instant, and `stored_bytes` in the store.

        With `portioned_for`, in the portions that so many samples would have: those of a store that is extended.
        """
        block = max(1, min(_BLOCK_SAMPLES, _BLOCK_BYTES // max(1, state_bytes)))
        batch = min(max(1, _CHUNK_BYTES // max(1, stored_bytes)), math.ceil((portioned_for or samples) / _PORTIONS))
        block = min(block, batch)
        return Portions(samples, block, block * math.ceil(batch / block))

    @property
    def batches(self) -> int:
        return math.ceil(self.samples / self.batch)

    def numbers(self, batch: int) -> range:
        """Sample numbers of one batch."""
        return range(batch * self.batch, min(self.samples, (batch + 1) * self.batch))


def counts(resolution: int | Sequence[int] | None) -> tuple[int, ...] | int | None:
    """A resolution as plain numbers."""
    if resolution is None or isinstance(resolution, int | np.integer):
        return None if resolution is None else int(resolution)
    return tuple(int(n) for n in resolution)
