"""The Well's HDF5 layout (Ohana et al., NeurIPS 2024 Datasets track)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from .._core import DataError
from ..fields import Axis, AxisKind, Grid
from ._axes import axis_from
from ._checks import checked_times, missing
from ._contents import Contents, Frames, Request, Role, Source, reading
from ._lazy import read_rows

_ORDERS = {"t0_fields": 0, "t1_fields": 1, "t2_fields": 2}


def is_well(file: Any) -> bool:
    """Whether an open HDF5 file has The Well's groups."""
    return "dimensions" in file and any(group in file for group in _ORDERS)


def well_contents(file: Any, request: Request, where: str) -> Contents:
    """The trajectories of an open file.

    Scalars (`t0_fields`) keep their names; vectors become v_x, v_y, …; second-order tensors s_xx, s_xy, ….
    Fields that vary in time are outputs, others and the scalars that vary between samples are inputs. Axes that
    the file leaves out because nothing varies along them are repeated. Sides with the boundary condition
    `periodic` are periodic axes.
    """
    if _attribute(file, "grid_type", "cartesian") != "cartesian":
        raise DataError(
            f"{where} is not on a box.",
            given=f"grid_type {_attribute(file, 'grid_type', '')!r}",
            expected="'cartesian'",
            fix="interpolate the fields to a Cartesian grid first",
        )
    dimensions = file["dimensions"]
    names = tuple(_strings(dimensions.attrs.get("spatial_dims", ())))
    for name in (*names, "time"):
        if name not in dimensions:
            raise missing(name, dimensions, f"the group dimensions of {where}")
    if not names:
        raise DataError(f"{where} does not name its space dimensions.", expected="dimensions.attrs['spatial_dims']")
    periodic = _periodic(file)
    axes: list[Axis] = []
    for name in names:
        kind: AxisKind = "periodic" if name in periodic else "nodes"
        axes.append(axis_from(name, _shared(dimensions[name], f"coordinate {name}", where), request, where, kind))
    times = checked_times(
        _shared(dimensions["time"], "times", where) if request.times is None else request.times, where
    )
    sizes = (len(times), *(a.points for a in axes))
    samples = _samples(file)
    sources: list[Source] = []
    for group, order in _ORDERS.items():
        for name in _strings(file[group].attrs.get("field_names", list(file[group]))) if group in file else []:
            if name not in file[group]:
                raise missing(name, file[group], f"the group {group} of {where}")
            sources.append(_field(file[group][name], name, order, names, sizes, samples, where))
    provenance: dict[str, Any] = {"source": where, "layout": "The Well"}
    provenance |= {k: _plain(v) for k, v in file.attrs.items()}
    _add_scalars(file, sources, samples, provenance, where)
    name = str(_attribute(file, "dataset_name", "the_well"))
    return Contents(name, samples, Grid(tuple(axes)), times, tuple(sources), provenance)


def _field(
    dataset: Any, name: str, order: int, space: tuple[str, ...], sizes: tuple[int, ...], samples: int, where: str
) -> Source:
    varying = [bool(v) for v in dataset.attrs.get("dim_varying", [True] * len(space))]
    by_sample = bool(dataset.attrs.get("sample_varying", True))
    by_time = bool(dataset.attrs.get("time_varying", True))
    dims = (*(("time",) if by_time else ()), *(d for d, v in zip(space, varying, strict=True) if v))
    lengths = dict(zip(("time", *space), sizes, strict=True))
    expected = (*((samples,) if by_sample else ()), *(lengths[d] for d in dims))
    components = [f"{name}_{''.join(c)}" for c in product(space, repeat=order)] if order else [name]
    tail = tuple(dataset.shape[len(expected) :])
    if tuple(dataset.shape[: len(expected)]) != expected or math.prod(tail) != len(components):
        raise DataError(
            f"The field {name} of {where} does not fit its attributes.",
            given=f"shape {tuple(dataset.shape)}",
            expected=f"{expected} (trajectory, time, space as far as they vary), then {len(components)} components",
        )
    kept = tuple(lengths[d] for d in dims if d != "time")

    def read(numbers: np.ndarray, frames: Frames) -> np.ndarray:
        with reading(where, f"the field {name}"):
            if by_sample and by_time and not isinstance(frames, slice):
                values = np.stack([dataset[int(s), frames] for s in numbers])
            elif by_sample:
                values = read_rows(dataset, numbers)
                values = values[:, frames] if by_time else values
            else:
                values = dataset[frames] if by_time else dataset[()]
                values = np.broadcast_to(values, (len(numbers), *values.shape))
            lead = values.shape[: 1 + (by_time and isinstance(frames, slice))]
            return values.reshape(*lead, *kept, len(components))

    return Source(tuple(components), dims, dataset.dtype, read, "output" if by_time else "input")


def _add_scalars(file: Any, sources: list[Source], samples: int, provenance: dict[str, Any], where: str) -> None:
    """Scalars of each trajectory become inputs; those of the whole file or of time go to the provenance."""
    group = file.get("scalars", {})
    for name in group:
        dataset = group[name]
        by_sample, by_time = (bool(dataset.attrs.get(f"{k}_varying", False)) for k in ("sample", "time"))
        if by_sample and not by_time:
            if dataset.shape != (samples,):
                raise DataError(
                    f"The scalar {name} of {where} does not fit its trajectories.",
                    given=f"shape {dataset.shape}",
                    expected=f"({samples},)",
                )
            role: Role = "input"
            sources.append(Source((name,), (), dataset.dtype, _scalar(dataset, where), role))
        else:
            with reading(where, f"the scalar {name}"):
                provenance.setdefault("scalars", {})[name] = dataset[()].tolist()


def _scalar(dataset: Any, where: str):
    def read(numbers: np.ndarray, frames: Frames) -> np.ndarray:
        with reading(where, dataset.name):
            return read_rows(dataset, numbers)[:, None]

    return read


def _samples(file: Any) -> int:
    """Number of trajectories: as stated, or as the first field that varies between them shows."""
    if "n_trajectories" in file.attrs:
        return int(file.attrs["n_trajectories"])
    shown = [d.shape[0] for g in _ORDERS if g in file for d in file[g].values() if d.attrs.get("sample_varying", True)]
    return int(shown[0]) if shown else 1


def _shared(dataset: Any, what: str, where: str) -> np.ndarray:
    """Points that all samples share; refused where they differ."""
    with reading(where, f"its {what}"):
        points = dataset[()]
    for flag in ("sample_varying", "time_varying"):
        if bool(dataset.attrs.get(flag, False)) and points.ndim > 1:
            if not np.allclose(points, points[:1], rtol=1e-6):
                raise DataError(
                    f"The {what} of {where} differ between samples or times.",
                    expected="the same for all samples",
                    fix="interpolate to one grid and the same times first",
                )
            points = points[0]
    return points


def _periodic(file: Any) -> set[str]:
    found: set[str] = set()
    for group in file.get("boundary_conditions", {}).values():
        if _attribute(group, "bc_type", "").lower() == "periodic":
            found |= set(_strings(group.attrs.get("associated_dims", ())))
    return found


def _attribute(item: Any, name: str, default: str) -> str:
    value = item.attrs.get(name, default)
    return value.decode() if isinstance(value, bytes) else str(value)


def _strings(values: Any) -> list[str]:
    values = [values] if isinstance(values, str | bytes) else values
    return [v.decode() if isinstance(v, bytes) else str(v) for v in values]


def _plain(value: Any) -> Any:
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str | bytes):
        return [_plain(v) for v in value]
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value.item() if isinstance(value, np.generic) else value
