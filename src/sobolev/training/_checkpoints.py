"""Checkpoints with Orbax: whole or absent, checked when read, tied to what they belong to."""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from .._core import CheckpointError, StoreError
from ._fingerprint import digest_of_arrays

_KEPT = 2
_FORMAT = 1
# What Orbax and its stores raise on files that are missing, cut short or garbled.
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, RuntimeError, EOFError)


class Checkpoints:
    """The last `_KEPT` checkpoints of a run, in `directory`/checkpoints, named by step.

    Each holds the arrays of the loop's state and a JSON record: fingerprints, a digest of the arrays, the journal.
    Orbax writes beside and renames; old checkpoints are renamed before they are deleted: kill -9 leaves whole ones only
    under their names. The digest finds files damaged later. A damaged checkpoint is passed over for the one before.
    """

    def __init__(self, directory: str | Path, fingerprints: dict[str, str]):
        import orbax.checkpoint as ocp

        _quiet()
        self.directory = Path(directory).absolute()
        self._folder = self.directory / "checkpoints"
        self._fingerprints = fingerprints
        with _store_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._folder.iterdir():
                if not path.name.isdigit():  # left half written or half deleted by a kill
                    shutil.rmtree(path)
        self._checkpointer = ocp.Checkpointer(ocp.CompositeCheckpointHandler())

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
            self._remove([step])
            self._checkpointer.save(self._folder / str(step), args=items)
            self._remove(self._steps()[:-_KEPT])

    def latest(self, like: list[Any]) -> tuple[list[np.ndarray], dict[str, Any]] | None:
        """Arrays and journal of the newest sound checkpoint; None when there is none at all.

        `CheckpointError` when it belongs to something else, or when all are damaged.
        """
        damage = []
        for step in reversed(self._steps()):
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
        self._checkpointer.close()

    def _steps(self) -> list[int]:
        return sorted(int(path.name) for path in self._folder.iterdir() if path.name.isdigit())

    def _remove(self, steps: list[int]) -> None:
        for step in steps:
            path, away = self._folder / str(step), self._folder / f"{step}.deleted"
            if path.exists():
                path.rename(away)
                shutil.rmtree(away)

    def _read(self, step: int, like: list[Any]) -> tuple[list[np.ndarray], dict[str, Any]]:
        import orbax.checkpoint as ocp

        try:
            path = self._folder / str(step)
            record = self._checkpointer.restore(path, args=ocp.args.Composite(record=ocp.args.JsonRestore()))["record"]
            belongs, digest, kind = record["fingerprints"], record["digest"], record["format"]
        except _UNREADABLE as error:
            raise _Damaged(f"record: {type(error).__name__}") from error
        if kind != _FORMAT:
            raise CheckpointError("The checkpoint has another format.", given=kind, expected=_FORMAT)
        if belongs != self._fingerprints:
            return [], record  # refused by the caller, with the reason
        target = {_name(i): np.empty(a.shape, a.dtype) for i, a in enumerate(like)}
        try:
            wanted = ocp.args.Composite(state=ocp.args.StandardRestore(target))
            state = self._checkpointer.restore(path, args=wanted)["state"]
            arrays = [np.asarray(state[_name(i)]) for i in range(len(like))]
        except _UNREADABLE as error:
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
