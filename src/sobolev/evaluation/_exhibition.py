"""What the report shows of a comparison besides its tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data import Task
from ..training import FinalTime
from ._contenders import Contender
from ._entries import Entry
from ._exhibits import Exhibits, chosen_samples, spectra_of
from ._metrics import relative_l2_by_time
from ._setting import Setting
from ._trial import EvolutionMap, Trial, counted_frames
from ._trivial import persistence


def exhibits(
    everyone: Sequence[Contender], entries: Sequence[Entry], setting: Setting, how: EvolutionMap | None
) -> Exhibits:
    """Sample fields and spectra of the best learned contender (its median seed), training curves of all, and where
    there are times how the error of every row that was predicted here grows with them."""
    curves = tuple(curve for c in everyone for curve in c.curves)
    ran = [e for e in entries if e.kind == "learned" and e.where == "test" and np.isfinite(e.median)]
    if not ran:
        return Exhibits(curves=curves)
    entry = min(ran, key=lambda e: e.median)
    contender = next(c for c in everyone if c.name == entry.name)
    middle = _middle(entry)
    trial: Trial = setting.trial
    prediction = contender.predictor(contender.fits[middle][1], trial)
    scores = entry.runs[middle].errors["all"]["relative_l2"]
    return Exhibits(
        entry.name,
        chosen_samples(scores, trial.inputs, trial.truth, prediction),
        trial.input_spec,
        trial.output_spec,
        trial.times,
        curves,
        spectra_of(trial.truth, prediction, trial.output_spec, times=trial.times),
        _moment(setting.task, how),
        _growth(everyone, entries, trial),
    )


def _moment(task: Task, how: EvolutionMap | None) -> float | None:
    frames = counted_frames(task.times, how)
    if task.times is None or frames is None or not isinstance(how, FinalTime):
        return None
    return float(task.times[frames[0]])


def _growth(everyone: Sequence[Contender], entries: Sequence[Entry], trial: Trial) -> dict[str, np.ndarray]:
    if trial.times is None or len(trial.times) < 2:
        return {}
    found = {"persistence": persistence(trial, trial.output_spec)}
    ran = {e.name: e for e in entries if e.where == "test" and e.runs and np.isfinite(e.median)}
    for c in everyone:
        if c.name in ran:
            found[c.name] = c.predictor(c.fits[_middle(ran[c.name])][1], trial)
    return {name: relative_l2_by_time(p, trial.truth, trial.output_spec.grid) for name, p in found.items()}


def _middle(entry: Entry) -> int:
    """Which of the runs has the median score."""
    return int(np.argsort(entry.scores)[len(entry.scores) // 2])
