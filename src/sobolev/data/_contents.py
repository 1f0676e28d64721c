"""What a reader finds in a file, and the task that is made of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from .._core import DataError, SobolevError
from ..equations import Problem
from ..fields import FieldSpec, Grid
from ._checks import missing
from ._lazy import Stacked
from ._splits import Splits
from ._task import Task

Role = Literal["input", "output", "other"]
Frames = slice | int  # which saved times to read


@dataclass(frozen=True)
class Source:
    """Channels that are read together.

    `read(samples, frames)` gives `(samples, *dims, len(names))`; `dims` is the part of `("time", *space)` along
    which the channels vary, in this order, and where it starts with "time" only `frames` of it are read (a
    number drops the axis).
    """

    names: tuple[str, ...]
    dims: tuple[str, ...]
    dtype: np.dtype
    read: Callable[[np.ndarray, Frames], np.ndarray]
    role: Role = "other"


@dataclass(frozen=True)
class Contents:
    """A data set as read: sources of channels on one grid, with one set of times."""

    name: str
    samples: int
    grid: Grid
    times: np.ndarray | None
    sources: tuple[Source, ...]
    provenance: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What the user said about a file; see `read_task`."""

    inputs: Any = None
    outputs: Any = None
    coordinates: Mapping[str, Any] = field(default_factory=dict)
    times: Any = None
    box: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    kind: Any = None
    dims: Any = None


@dataclass(frozen=True)
class _Channel:
    name: str
    source: Source
    column: int
    part: Literal["", "re", "im"] = ""

    @property
    def label(self) -> str:
        return f"{self.part}({self.name})" if self.part else self.name


def names_of(wanted: Any) -> dict[str, str]:
    """Channel name → name in the file, from a name, names in a sequence, or a mapping."""
    if wanted is None:
        return {}
    if isinstance(wanted, str):
        wanted = wanted.replace(",", " ").split()
    if isinstance(wanted, Mapping):
        return {str(k): str(v) for k, v in wanted.items()}
    return {str(name): str(name) for name in wanted}


def make_task(contents: Contents, request: Request, splits: Splits | None, problem: Problem | None) -> Task:
    """The task of `contents`: chosen channels stacked, the state at the start put first among the inputs.

    Without names, channels go by the role their reader gave them. Where outputs have times, input channels that
    repeat the state at the start are left out.
    """
    if not contents.samples:
        raise DataError(f"{contents.name} has no samples.", expected="at least one sample")
    outputs = _chosen(contents, request.outputs, "output")
    inputs = _chosen(contents, request.inputs, "input")
    if not outputs:
        raise DataError(
            f"Nothing in {contents.name} is an output.",
            given=", ".join(n for s in contents.sources for n in s.names),
            fix='outputs="..." names them',
        )
    moving = any("time" in c.source.dims for c in outputs)
    times = contents.times if moving else None
    frames: tuple[int, ...] = (len(contents.times),) if moving and contents.times is not None else ()
    for c in inputs:
        if "time" in c.source.dims:
            raise DataError(
                f"The input {c.name!r} of {contents.name} depends on time.",
                expected="inputs given at the start: a field of space, or a number for each sample",
                fix=f'outputs="{c.name}" if it is to be predicted',
            )
    if moving:
        inputs = [*outputs, *(c for c in inputs if not _repeats_start(c, outputs))]
    if not inputs:
        raise DataError(
            f"Nothing in {contents.name} is an input.",
            given=", ".join(n for s in contents.sources for n in s.names),
            fix='inputs="..." names them',
        )
    names = contents.grid.names
    return Task(
        inputs=_stacked(inputs, contents, (), names),
        outputs=_stacked(outputs, contents, frames, names),
        input_spec=FieldSpec(tuple(c.label for c in inputs), contents.grid),
        output_spec=FieldSpec(tuple(c.label for c in outputs), contents.grid),
        splits=splits or Splits.of(contents.samples),
        times=times,
        problem=problem,
        name=contents.name,
        provenance=contents.provenance,
    )


@contextlib.contextmanager
def reading(path: Any, what: str = "the file") -> Iterator[None]:
    """Turns whatever a library raises on a broken file into a `DataError` that names the file."""
    try:
        yield
    except SobolevError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DataError(
            f"{path} cannot be read.",
            given=reason,
            expected=f"{what} whole and of the layout that its beginning announces",
            fix="it may be truncated or damaged: fetch or write it again",
        ) from error


def _chosen(contents: Contents, wanted: Any, role: Role) -> list[_Channel]:
    known = {name: (s, i) for s in contents.sources for i, name in enumerate(s.names)}
    if wanted is None:
        found = {name: name for s in contents.sources if s.role == role for name in s.names}
    else:
        found = _with_components(names_of(wanted), known)
    channels = []
    for label, name in found.items():
        if name not in known:
            raise missing(name, known, contents.name)
        source, column = known[name]
        parts: Sequence[Any] = ("re", "im") if source.dtype.kind == "c" else ("",)
        channels += [_Channel(label, source, column, part) for part in parts]
    return channels


def _with_components(wanted: dict[str, str], known: Mapping[str, Any]) -> dict[str, str]:
    """`v` stands for all of `v0`, `v1`, … where only these exist."""
    found: dict[str, str] = {}
    for label, name in wanted.items():
        parts = [n for n in known if n.removeprefix(name).isdigit() and n != name]
        if name in known or not parts:
            found[label] = name
        else:
            found |= {label + n.removeprefix(name): n for n in parts}
    return found


def _repeats_start(channel: _Channel, outputs: list[_Channel]) -> bool:
    first = np.zeros(1, int)
    value = channel.source.read(first, 0)[..., channel.column]
    for other in outputs:
        if "time" in other.source.dims and other.part == channel.part:
            start = other.source.read(first, 0)[..., other.column]
            scale = np.max(np.abs(start), initial=1e-30)
            if start.shape == value.shape and np.max(np.abs(start - value), initial=0) <= 1e-6 * scale:
                return True
    return False


def _stacked(channels: list[_Channel], contents: Contents, frames: tuple[int, ...], names: tuple[str, ...]) -> Stacked:
    """Channels of one source are read once; what does not vary along an axis is repeated along it."""
    which: Frames = slice(None) if frames else 0
    axes = (*(("time",) if frames else ()), *names)

    def values(source: Source, samples: np.ndarray) -> np.ndarray:
        read = source.read(samples, which)
        dims = tuple(d for d in source.dims if d in axes)
        shape = [read.shape[1 + dims.index(a)] if a in dims else 1 for a in axes]
        return read.reshape(len(samples), *shape, read.shape[-1])

    groups: dict[int, list[int]] = {}
    for place, c in enumerate(channels):
        groups.setdefault(id(c.source), []).append(place)

    def reader(places: list[int]) -> Callable[[np.ndarray], np.ndarray]:
        source = channels[places[0]].source
        columns = [channels[place].column for place in places]
        imaginary = np.array([channels[place].part == "im" for place in places])

        def read(samples: np.ndarray) -> np.ndarray:
            found = values(source, samples)[..., columns]
            return np.where(imaginary, found.imag, found.real) if found.dtype.kind == "c" else found

        return read

    return Stacked(
        [(places, reader(places)) for places in groups.values()],
        contents.samples,
        (*frames, *contents.grid.shape),
        _real_type(channels),
    )


def _real_type(channels: list[_Channel]) -> np.dtype:
    """Floating-point type of the channels; whole and logical numbers become float32."""
    kinds = [np.empty(0, c.source.dtype).real.dtype if c.source.dtype.kind in "fc" else np.float32 for c in channels]
    return np.result_type(np.float32, *kinds)
