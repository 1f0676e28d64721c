"""Operators in files: JSON and raw arrays, never pickle."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .. import nn
from .._core import CheckpointError, atomic_path
from ..fields import Axis, FieldSpec, Grid
from ..nn._cp import CPKernel
from ..nn._dense import DenseKernel
from ..nn._tensor_train import TTKernel
from ..nn._tucker import TuckerKernel
from . import _deeponet, _fno, _kernel_ridge, _mean, _unet
from ._abstract import AbstractArchitecture, AbstractEstimator, AbstractOperator
from ._normalised import Normalised
from ._statistics import Statistics

_FORMAT = "sobolev operator"
_VERSION = 1

# Everything that an operator can consist of. A file names classes; only these are ever built.
_PARTS: tuple[type, ...] = (
    *(Axis, Grid, FieldSpec, Statistics, Normalised),
    *(nn.Modes, nn.DomainPadding, nn.FourierFeatures, nn.Dense, nn.Tucker, nn.CP, nn.TT),
    *(nn.Pointwise, nn.PointwiseMLP, nn.Gate, nn.SpectralConvolution, nn.Convolution),
    *(DenseKernel, TuckerKernel, CPKernel, TTKernel),
    *(_fno.FNO, _fno.FourierLayer, _fno.FourierNeuralOperator),
    *(_deeponet.DeepONet, _deeponet.DeepOperatorNetwork),
    *(_unet.UNet, _unet.DoubleConvolution, _unet.UNetwork),
    *(_kernel_ridge.KernelRidge, _kernel_ridge.KernelChoice, _kernel_ridge.KernelRidgeOperator),
    *(_mean.Mean, _mean.MeanOperator),
)

# What NumPy, zipfile and zlib raise when they meet something else than they wrote.
_DAMAGE = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, OverflowError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)


def save_operator(
    path: str | Path,
    operator: AbstractOperator,
    architecture: AbstractArchitecture | AbstractEstimator | None = None,
    parts: Iterable[type] = (),
) -> None:
    """Writes an operator with its wrappers, and what built it, to one file, whole or not at all.

    `parts` names further classes it may consist of (dataclasses and modules, wrappers of one's own); they must be
    named again to load it.

    The file is a NumPy archive: a JSON header and the arrays, with a digest of both. Raises `StoreError` when it
    cannot be written, `CheckpointError` for an operator that has parts of other makers.
    """
    encoder = _Encoder(_table(parts))
    body = {"operator": encoder(operator), "architecture": encoder(architecture)}
    arrays = encoder.arrays
    text = json.dumps(body)
    header = {"format": _FORMAT, "version": _VERSION, "digest": _digest(text, arrays), "body": text}
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        stored = {f"array{i:05d}": a for i, a in enumerate(arrays)}
        np.savez(file, header=np.frombuffer(json.dumps(header).encode(), np.uint8), **stored)


def load_operator(path: str | Path, parts: Iterable[type] = ()) -> AbstractOperator:
    """The operator of a file that `save_operator` wrote.

    Raises `CheckpointError` when there is none, when it is truncated or changed, or of another kind or version.
    Nothing is unpickled or evaluated; classes outside the library's own and `parts` are refused.
    """
    operator = _load(path, _table(parts))[0]
    if not isinstance(operator, AbstractOperator):
        raise _refusal(path, "it holds no operator")
    return operator


def load_architecture(path: str | Path, parts: Iterable[type] = ()) -> AbstractArchitecture | AbstractEstimator | None:
    """What built the operator of a file, if it was saved along."""
    return _load(path, _table(parts))[1]


def _table(parts: Iterable[type]) -> dict[str, type]:
    return {part.__name__: part for part in (*_PARTS, *parts)}


def _load(path: str | Path, table: dict[str, type]) -> tuple[Any, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            header = json.loads(archive["header"].tobytes().decode())
            count = len(archive.files) - 1
            arrays = [archive[f"array{i:05d}"] for i in range(count)]
        kind, version, digest, text = (header[k] for k in ("format", "version", "digest", "body"))
    except FileNotFoundError as error:
        raise _refusal(path, "there is no such file") from error
    except _DAMAGE as error:
        raise _refusal(path, "it is truncated, damaged or something else") from error
    if kind != _FORMAT:
        raise _refusal(path, f"it is of kind {kind!r}")
    if version != _VERSION:
        raise _refusal(path, f"it has version {version!r}, this library reads {_VERSION}")
    if digest != _digest(text, arrays):
        raise _refusal(path, "its contents were changed or damaged")
    try:
        body = json.loads(text)
        return tuple(_decode(body[name], arrays, table) for name in ("operator", "architecture"))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _refusal(path, f"its description cannot be read ({error})") from error


class _Encoder:
    """Values as JSON, their arrays aside."""

    def __init__(self, table: dict[str, type]):
        self.table = table
        self.arrays: list[np.ndarray] = []

    def __call__(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, jax.Array | np.ndarray):
            self.arrays.append(np.asarray(value))
            return {"weights" if isinstance(value, jax.Array) else "constant": len(self.arrays) - 1}
        if isinstance(value, tuple):
            return {"tuple": [self(v) for v in value]}
        name = type(value).__name__
        if self.table.get(name) is not type(value):
            raise CheckpointError(
                "This operator cannot be saved: it has a part that is not the library's own.",
                given=f"{type(value).__module__}.{name}",
                expected="operators, wrappers and layers of sobolev",
                fix="name the classes of its other parts in parts=(...)",
            )
        return {"class": name, "fields": {f.name: self(getattr(value, f.name)) for f in dataclasses.fields(value)}}


def _decode(value: Any, arrays: list[np.ndarray], table: dict[str, type]) -> Any:
    if not isinstance(value, dict):
        return value
    if "weights" in value:
        return jnp.asarray(arrays[value["weights"]])
    if "constant" in value:
        return arrays[value["constant"]]
    if "tuple" in value:
        return tuple(_decode(v, arrays, table) for v in value["tuple"])
    cls = table[value["class"]]
    fields = {name: _decode(v, arrays, table) for name, v in value["fields"].items()}
    if set(fields) != {f.name for f in dataclasses.fields(cls)}:
        raise ValueError(f"{cls.__name__} has other fields")
    if not issubclass(cls, eqx.Module):
        return cls(**fields)
    # A module's own constructor would draw fresh weights.
    module = object.__new__(cls)
    for name, field in fields.items():
        object.__setattr__(module, name, field)
    return module


def _digest(text: str, arrays: list[np.ndarray]) -> str:
    digest = hashlib.sha256(text.encode())
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _refusal(path: str | Path, why: str) -> CheckpointError:
    return CheckpointError(
        f"{path} is no operator that can be loaded: {why}.",
        expected="a file that sobolev's save_operator wrote",
        fix="train and save the operator again, or give another file",
    )
