"""Checkpoints with Orbax: whole or absent, checked when read, tied to what they belong to."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any

import numpy as np

from .._core import CheckpointError, StoreError
from ._fingerprint import digest_of_arrays

_KEPT = 2
_FORMAT = 1


class Checkpoints:
    """The last `_KEPT` checkpoints of a run, in `directory`/checkpoints, named by step.

    Each holds the arrays of the loop's state and a JSON record: fingerprints, a digest of the arrays, the journal.
    Orbax writes beside and renames, so that kill -9 leaves whole checkpoints only; the digest finds files damaged
    later. A damaged checkpoint is passed over for the one before.
    """

    def __init__(self, directory: str | Path, fingerprints: dict[str, str]):
        import orbax.checkpoint as ocp

        _quiet()
        self.directory = Path(directory).absolute()
        self._folder = self.directory / "checkpoints"
        self._fingerprints = fingerprints
        with _store_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._manager = ocp.CheckpointManager(
                self._folder,
                options=ocp.CheckpointManagerOptions(
                    max_to_keep=_KEPT, create=True, enable_async_checkpointing=False, cleanup_tmp_directories=True
                ),
            )

    def save(self, step: int, arrays: list[Any], journal: dict[str, Any]) -> None:
        """Writes a checkpoint; one of the same step is replaced."""
        import orbax.checkpoint as ocp

        host = [np.asarray(a) for a in arrays]
        record = {
            "format": _FORMAT,
            "fingerprints": self._fingerprints,
            "digest": digest_of_arrays(host),
            "journal": journal,
        }
        items = ocp.args.Composite(
            state=ocp.args.StandardSave({_name(i): a for i, a in enumerate(host)}),
            record=ocp.args.JsonSave(record),
        )
        with _store_errors(self._folder):
            if step in self._manager.all_steps():
                self._manager.delete(step)
            self._manager.save(step, args=items, force=True)
            self._manager.wait_until_finished()

    def latest(self, like: list[Any]) -> tuple[list[np.ndarray], dict[str, Any]] | None:
        """Arrays and journal of the newest sound checkpoint; None when there is none at all.

        `CheckpointError` when it belongs to something else, or when all are damaged.
        """
        steps = sorted(self._manager.all_steps(), reverse=True)
        damage = []
        for step in steps:
            try:
                arrays, record = self._read(step, like)
            except _Damaged as error:
                damage.append(f"step {step}: {error}")
                continue
            self._check(record["fingerprints"])
            return arrays, record["journal"]
        if damage:
            raise CheckpointError(
                "No checkpoint of this run can be read.",
                given="; ".join(damage),
                expected="a whole checkpoint",
                fix=f"start afresh: remove {self._folder}, or choose another directory",
            )
        return None

    def close(self) -> None:
        """Releases Orbax's threads."""
        self._manager.close()

    def _read(self, step: int, like: list[Any]) -> tuple[list[np.ndarray], dict[str, Any]]:
        import orbax.checkpoint as ocp

        try:
            record = self._manager.restore(step, args=ocp.args.Composite(record=ocp.args.JsonRestore()))["record"]
            belongs, digest, kind = record["fingerprints"], record["digest"], record["format"]
        except Exception as error:  # Orbax and its stores raise many kinds; all of them mean that it is damaged
            raise _Damaged(f"record: {type(error).__name__}") from error
        if kind != _FORMAT:
            raise CheckpointError("The checkpoint has another format.", given=kind, expected=_FORMAT)
        if belongs != self._fingerprints:
            return [], record  # refused by the caller, with the reason
        target = {_name(i): np.empty(a.shape, a.dtype) for i, a in enumerate(like)}
        try:
            state = self._manager.restore(step, args=ocp.args.Composite(state=ocp.args.StandardRestore(target)))[
                "state"
            ]
            arrays = [np.asarray(state[_name(i)]) for i in range(len(like))]
        except Exception as error:
            raise _Damaged(f"arrays: {type(error).__name__}") from error
        if digest_of_arrays(arrays) != digest:
            raise _Damaged("arrays: the digest differs")
        return arrays, record

    def _check(self, found: dict[str, str]) -> None:
        wrong = [name for name, digest in self._fingerprints.items() if found.get(name) != digest]
        if wrong:
            raise CheckpointError(
                f"The checkpoint in {self.directory} belongs to another {', '.join(wrong)}.",
                given=", ".join(f"{name} {self._fingerprints[name][:8]}" for name in wrong),
                expected=", ".join(f"{name} {str(found.get(name))[:8]}" for name in wrong),
                fix="repeat the call exactly as it was begun to resume it, or choose another directory",
            )


class _Damaged(Exception):
    """A checkpoint that cannot be used; why."""


@contextlib.contextmanager
def _store_errors(folder: Path):
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"Cannot write checkpoints to {folder}.",
            given=error.strerror or str(error),
            expected="a writable folder with enough space",
            fix="choose another directory or free some space",
        ) from error


def _name(i: int) -> str:
    return f"leaf{i:05d}"


def _quiet() -> None:
    """Orbax reports every file through absl; only its errors concern a user."""
    logging.getLogger("absl").setLevel(logging.ERROR)
