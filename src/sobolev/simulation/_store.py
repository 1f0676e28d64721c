"""The Zarr store of a simulation: written chunk by chunk, each whole or absent, resumed after any interruption.

The files are those of an ordinary Zarr 3 group, and nothing else. A batch is one chunk of every variable; the chunk
of `code` (how each solve ended) is written last, so that a batch is finished exactly when it is there. Chunks and
metadata are encoded by Zarr in memory and then written beside, fsynced and renamed: Zarr's own LocalStore renames,
but does not fsync, and leaves torn `.partial` files behind when it is killed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._core import Result, StoreError, write_bytes
from ._plan import PORTIONED, Plan
from ._runner import Batch, Runner, Variable

CODE = "code"
_ROOT = "zarr.json"


class SimulationStore:
    """The store at `path` of one simulation."""

    def __init__(self, path: str | os.PathLike, runner: Runner):
        self.path = Path(path)
        self._plan, self._portions = runner.plan, runner.portions
        code = Variable(CODE, (), (), np.dtype(np.int8), "code")
        self._variables = (*runner.variables, code)
        self._files: dict[str, Any] = {}
        self._group = self._template(runner)
        self._description = json.loads(json.dumps(runner.plan.description))
        self._metadata = {key: contents.to_bytes() for key, contents in self._files.items()}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Makes the store, or takes up an interrupted one of the same plan, and keeps other processes out.

        `StoreError` for anything else that is there. The lock ends with the process, however that ends.
        """
        self._check_place()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise StoreError(
                f"Cannot write {self.path}.",
                given=error.strerror or str(error),
                expected="a place where a folder can be made",
                fix="choose another store=",
            ) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StoreError(
                    f"Another process is writing {self.path}.", fix="wait for it, or choose another store="
                ) from error
            self._prepare()
            yield
        finally:
            os.close(descriptor)

    def _prepare(self) -> None:
        for leftover in self.path.rglob(".*.tmp"):
            leftover.unlink()  # of a write that was killed
        root = self.path / _ROOT
        shorter = root.exists() and _plan_of(root) != self._description
        if shorter:
            self._reopen(root)
        # The group's own metadata first: they say whose folder this is, should this be interrupted here. Of a store
        # that is extended they come last: until then it is the shorter one, whose last batch is missing.
        for key in sorted(self._metadata, key=lambda k: (k != _ROOT) != shorter):
            path = self.path / key
            if not path.exists() or path.read_bytes() != self._metadata[key]:
                write_bytes(path, self._metadata[key])

    def _reopen(self, root: Path) -> None:
        """Makes a shorter store unfinished: it is no longer complete, and a last batch that was not full is missing."""
        theirs = json.loads(root.read_bytes())
        samples = theirs["attributes"]["plan"]["samples"]
        theirs["attributes"].pop("complete", None)
        write_bytes(root, json.dumps(theirs, indent=2).encode())
        if samples % self._portions.batch:
            (self.path / CODE / f"c.{samples // self._portions.batch}").unlink(missing_ok=True)

    def missing(self) -> list[int]:
        """Numbers of the batches that are still to be computed."""
        return [b for b in range(self._portions.batches) if not (self.path / CODE / f"c.{b}").exists()]

    def write(self, batch: int, solved: Batch) -> None:
        """Writes one batch; once this returns, it is on the disk."""
        numbers = self._portions.numbers(batch)
        arrays = {**solved.arrays, CODE: solved.codes}
        for variable in self._variables:  # `code` is the last
            self._group[variable.name][numbers.start : numbers.stop] = arrays[variable.name]
            for key, contents in self._take_chunks().items():
                write_bytes(self.path / key, contents)

    def finish(self, findings: dict[str, Any]) -> None:
        """Marks the store as complete and adds what was found out about its samples."""
        root = json.loads(self._metadata[_ROOT])
        root["attributes"] |= {**findings, "complete": True}
        write_bytes(self.path / _ROOT, json.dumps(root, indent=2).encode())

    def is_complete(self) -> bool:
        """Whether the store is there and finished; `StoreError` if it is of another simulation."""
        self._check_place()
        root = self.path / _ROOT
        if not root.exists() or _plan_of(root) != self._description:
            return False
        return bool(json.loads(root.read_bytes())["attributes"].get("complete"))

    def _template(self, runner: Runner) -> Any:
        """The group with all its metadata and coordinates, in memory; chunks put into it are taken to the disk."""
        import zarr
        from zarr.storage import MemoryStore

        group = zarr.create_group(MemoryStore(self._files), attributes=attributes(runner))
        for name, dims, values, extra in coordinates(runner):
            array = group.create_array(name, data=values, dimension_names=dims, compressors=None)
            array.attrs.update(extra)
        for v in self._variables:
            group.create_array(
                v.name,
                shape=(self._plan.samples, *v.shape),
                chunks=(self._portions.batch, *v.shape),
                dtype=v.dtype,
                fill_value=-1 if v.name == CODE else np.nan,
                dimension_names=("sample", *v.dims),
                chunk_key_encoding={"name": "default", "separator": "."},
                attributes=variable_attributes(v),
                config={"write_empty_chunks": True},
            )
        return group

    def _take_chunks(self) -> dict[str, bytes]:
        """The chunks that Zarr has encoded into memory, which are removed from there."""
        return {key: self._files.pop(key).to_bytes() for key in [k for k in self._files if k not in self._metadata]}

    def _check_place(self) -> None:
        if not self.path.exists():
            return
        if not self.path.is_dir():
            raise StoreError(
                f"{self.path} is a file.", expected="a folder to be made", fix="choose another store= or remove it"
            )
        root, held = self.path / _ROOT, sorted(p.name for p in self.path.iterdir() if p.suffix != ".tmp")
        if root.exists():
            self._check_same(root)
        elif held:
            raise StoreError(
                f"{self.path} holds something else.",
                given=", ".join(held[:6]),
                expected="a new folder, or an interrupted simulation of the same plan",
                fix="choose another store=",
            )

    def _check_same(self, root: Path) -> None:
        theirs, mine = _plan_of(root), self._description
        if theirs is None:
            raise StoreError(
                f"{self.path} is a Zarr store, but no simulation of Sobolev's.", fix="choose another store="
            )
        if theirs != mine and not _is_shorter(theirs, mine):
            name = next(k for k in {**mine, **theirs} if mine.get(k) != theirs.get(k))
            raise StoreError(
                f"{self.path} holds another simulation: its {name} is not this one's.",
                given=_short(mine.get(name)),
                expected=_short(theirs.get(name)),
                fix="resume with the same arguments, or choose another store=",
            )


def continued(plan: Plan, path: str | os.PathLike) -> Plan:
    """The plan in the portions of the store at `path`, where that holds fewer samples of it, or was extended to it."""
    theirs = _plan_of(Path(path) / _ROOT)
    mine = json.loads(json.dumps(plan.description))
    if theirs is None or not (_is_shorter(theirs, mine) or (PORTIONED in theirs and _same_law(theirs, mine))):
        return plan
    return dataclasses.replace(plan, portioned_for=theirs.get(PORTIONED, theirs["samples"]))


def _plan_of(root: Path) -> dict[str, Any] | None:
    """The plan in a store's root, or None where there is no store of ours."""
    try:
        return dict(json.loads(root.read_bytes())["attributes"]["plan"])
    except (OSError, KeyError, TypeError, ValueError):
        return None


def _is_shorter(theirs: dict[str, Any], mine: dict[str, Any]) -> bool:
    return _same_law(theirs, mine, "samples") and theirs.get("samples", 0) < mine["samples"]


def _same_law(theirs: dict[str, Any], mine: dict[str, Any], *but: str) -> bool:
    """Whether two plans agree in all but these and the portions."""
    left = {PORTIONED, *but}
    return all(theirs.get(k) == mine.get(k) for k in {*theirs, *mine} - left)


def attributes(runner: Runner) -> dict[str, Any]:
    """Attributes of the data set: what it is of, and everything that determines it."""
    plan = runner.plan
    return {
        "name": plan.problem.name,
        "statement": str(plan.problem),
        "method": type(plan.method).__name__,
        "tolerance": plan.tolerance,
        "results": [r.name for r in Result],
        "plan": plan.description,
        "fingerprint": plan.fingerprint,
    }


def coordinates(runner: Runner) -> list[tuple[str, tuple[str], np.ndarray, dict[str, Any]]]:
    """Coordinates of the data set: name, dimension, values, attributes."""
    found: list[tuple[str, tuple[str], np.ndarray, dict[str, Any]]] = []
    for a in runner.grid.axes:
        found.append((a.name, (a.name,), a.coordinates, {"kind": a.kind, "lower": a.lower, "upper": a.upper}))
    if runner.times is not None:
        found.append(("time", ("time",), runner.times, {}))
    return found


def variable_attributes(variable: Variable) -> dict[str, Any]:
    """Attributes of one variable."""
    return {"role": variable.role}


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 200 else text[:200] + " …"
