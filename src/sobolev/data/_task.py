"""What an operator learns: samples of fields with names, a grid, and splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..equations import Problem
from ..fields import FieldSpec


@dataclass(frozen=True)
class Splits:
    """Sample numbers of the disjoint parts. The test part is never seen by selection."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True, eq=False)
class Task:
    """Pairs of fields.

    - `inputs`: `(sample, *space, channels)`; random scalars are constant channels;
    - `outputs`: `(sample, *space, channels)`, or `(sample, time, *space, channels)` when `times` is given;
      both NumPy arrays or anything that is sliced like one (Zarr), read batch by batch;
    - `input_spec`, `output_spec`: channel names and grids;
    - `times`: saved times of the outputs (None for a steady map), strictly increasing; `inputs` then holds
      the state at the start (first channels, named as the outputs) and whatever else is given;
    - `problem`: the statement the samples came from, if known.
    """

    inputs: Any
    outputs: Any
    input_spec: FieldSpec
    output_spec: FieldSpec
    splits: Splits
    times: np.ndarray | None = None
    problem: Problem | None = None
    name: str = "task"
    provenance: dict[str, Any] = field(default_factory=dict)

    def arrays(self, samples: Sequence[int] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and outputs of these samples, in memory."""
        index = np.asarray(samples)
        return np.asarray(self.inputs[index]), np.asarray(self.outputs[index])
