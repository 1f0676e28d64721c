"""Where errors are measured: uniform interior points of boxes, low-discrepancy points of shapes, at several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from sobolev._core import precision_context

from ._case import Places


def in_box(sides: Mapping[str, tuple[float, float]], count: int, times: Sequence[float] = ()) -> Places:
    """A grid of `count` interior points per side, each at every time."""
    axes = [lower + (upper - lower) * (np.arange(count) + 0.5) / count for lower, upper in sides.values()]
    nodes = [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]
    return _at_times(dict(zip(sides, nodes, strict=True)), times)


def in_shape(shape: Any, names: Sequence[str], count: int = 4096, times: Sequence[float] = ()) -> Places:
    """Low-discrepancy points of a shape, each at every time."""
    with precision_context("double"):
        points = np.asarray(shape.sample(count, kind="sobol", key=jax.random.key(0)))
    return _at_times({name: points[:, i] for i, name in enumerate(names)}, times)


def _at_times(nodes: dict[str, np.ndarray], times: Sequence[float]) -> Places:
    if not len(times):
        return nodes
    return {**{name: values[None, :] for name, values in nodes.items()}, "t": np.asarray(times, float)[:, None]}
