"""What a checkpoint belongs to: short digests of operator, task, statement and training."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import jax
import numpy as np
from jaxtyping import PRNGKeyArray, PyTree

from ..data import Task
from ._training import Training

_SAMPLES = 64  # training samples that enter the digest of a task


def fingerprints(what: Any, weights: PyTree, task: Task, training: Training, key: PRNGKeyArray) -> dict[str, str]:
    """Digests by name. Two runs with equal digests take the same steps; a checkpoint is refused where one differs.

    `training` leaves out what changes no result: devices, block, time between checkpoints.
    """
    execution = training.execution
    return {
        "operator": _digest(_text(what), *_described(weights)),
        "task": _digest(_text((task.input_spec, task.output_spec)), repr(task.step), *_data(task)),
        "statement": _digest(str(task.problem)),
        "training": _digest(
            _text((training.budget, training.batch, training.schedule, training.optimiser, training.loss)),
            _text((training.selection, training.augmentation, execution.precision)),
        ),
        "key": _digest(np.asarray(jax.random.key_data(key)).tobytes()),
    }


def digest_of_arrays(arrays: list[np.ndarray]) -> str:
    """Digest of shapes, types and bytes."""
    return _digest(
        *(part for a in arrays for part in (repr((a.shape, a.dtype.str)), np.ascontiguousarray(a).tobytes()))
    )


def _described(weights: PyTree) -> list[str]:
    return [
        f"{jax.tree_util.keystr(path)} {w.shape} {w.dtype}" for path, w in jax.tree_util.tree_leaves_with_path(weights)
    ]


def _data(task: Task) -> list[Any]:
    """Splits, and the values of some training samples. The test samples are not looked at."""
    train = task.splits.train
    some = train[np.linspace(0, len(train) - 1, min(_SAMPLES, len(train))).astype(int)]
    x, y = task.arrays(some)
    return [train.tobytes(), task.splits.validation.tobytes(), x.tobytes(), y.tobytes()]


def _text(value: Any) -> str:
    """repr without addresses in memory, which differ from process to process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def _digest(*parts: str | bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:24]
