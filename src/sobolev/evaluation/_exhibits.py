"""What the report shows beside numbers: sample fields, training curves, spectra. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..fields import FieldSpec, Grid
from ._pictures import Picture
from ._spectra import spectrum

_NOTHING = FieldSpec((), Grid(()))


@dataclass(frozen=True)
class Sample:
    """One test sample as predicted: arrays without the sample axis, `([time,] *space, channels)`."""

    label: str
    number: int
    error: float
    given: np.ndarray
    truth: np.ndarray
    prediction: np.ndarray


@dataclass(frozen=True)
class Curve:
    """A training curve: loss against optimiser steps, and the validation where it was taken."""

    name: str
    steps: np.ndarray
    training: np.ndarray
    validation_steps: np.ndarray
    validation: np.ndarray


@dataclass(frozen=True)
class Exhibits:
    """`samples`: best, median and worst of `operator`; `spectra`: label → (frequency, energy).

    `times`: those of the samples, or `moment`: the time that a map to a time predicts. `growth`: row → relative L2 at
    each of the times, the mean over samples.
    `pictures`: of regions, meshes and errors on them, by heading.
    """

    operator: str = ""
    samples: tuple[Sample, ...] = ()
    inputs: FieldSpec = _NOTHING
    outputs: FieldSpec = _NOTHING
    times: np.ndarray | None = None
    curves: tuple[Curve, ...] = ()
    spectra: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    moment: float | None = None
    growth: dict[str, np.ndarray] = field(default_factory=dict)
    pictures: tuple[tuple[str, tuple[Picture, ...]], ...] = ()


def chosen_samples(scores: np.ndarray, given, truth, prediction, numbers=None) -> tuple[Sample, ...]:
    """The best, the median and the worst sample by score (fewer where there are fewer than three)."""
    order = np.argsort(scores, kind="stable")
    places = {"best": 0, "median": len(order) // 2, "worst": len(order) - 1}
    found: dict[int, str] = {}
    for label, place in places.items():
        found.setdefault(int(order[place]), label)
    numbers = np.arange(len(scores)) if numbers is None else np.asarray(numbers)
    return tuple(
        Sample(label, int(numbers[i]), float(scores[i]), *(np.asarray(f[i]) for f in (given, truth, prediction)))
        for i, label in found.items()
    )


def spectra_of(truth, prediction, spec: FieldSpec, *, times=None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Spectra of truth, prediction and error; of the last time where there are times."""
    p, u = (np.asarray(f) if times is None else np.asarray(f)[:, -1] for f in (prediction, truth))
    if not spec.grid.ndim:
        return {}
    fields = {"truth": u, "prediction": p, "error": p - u}
    return {label: spectrum(f, spec.grid) for label, f in fields.items() if np.isfinite(f).all()}
