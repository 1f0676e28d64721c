"""Every error of a batch of predictions, by field and by kind (rule R7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._core import ArgumentError
from ..equations import Problem
from ..fields import FieldSpec
from ._conserved import conservation_error, conserved_quantities
from ._metrics import (
    boundary_error,
    joint_relative_l2,
    relative_h1,
    relative_l2,
    relative_max,
    vrmse,
    window_errors,
)
from ._spectra import band_errors

Errors = dict[str, dict[str, np.ndarray]]  # field → kind of error → one number per sample
JOINT = "all"


def errors(
    prediction,
    truth,
    spec: FieldSpec,
    *,
    times: Sequence[float] | None = None,
    problem: Problem | None = None,
    given: int = 0,
) -> Errors:
    """Errors of `prediction` against `truth`, both `(sample, [time,] *space, channels)`.

    Field name → kind → array `(sample,)`; the field `all` holds the joint relative L² (each field counts the
    same). Kinds: `relative_l2`, `max`, `relative_h1`, `vrmse`, `low`, `mid`, `high`; `boundary` where there is
    one; with times `early`, `middle`, `late`; `conservation` where `problem` conserves something. The first
    `given` times were given to the prediction and do not count (R10).
    """
    p, u = np.asarray(prediction), np.asarray(truth)
    lead = (u.shape[0],) if times is None else (u.shape[0], len(times))
    if p.shape != u.shape or u.shape != (*lead, *spec.shape):
        raise ArgumentError(
            "Prediction and truth do not fit each other or their description.",
            given=f"prediction {p.shape}, truth {u.shape}",
            expected=f"both {('sample', *lead[1:], *spec.shape)}",
        )
    grid = spec.grid
    if times is not None:
        if given >= len(times):
            raise ArgumentError(
                "No time is left to score.", given=f"{len(times)} times, {given} of them given", expected="at least one"
            )
        p, u, times = p[:, given:], u[:, given:], list(times)[given:]
    kinds = {
        "relative_l2": relative_l2(p, u, grid, times),
        "max": relative_max(p, u, grid, times),
        "relative_h1": relative_h1(p, u, grid, times),
        "vrmse": vrmse(p, u, grid, times),
        **band_errors(p, u, grid, times),
    }
    if (edge := boundary_error(p, u, grid, times)) is not None:
        kinds["boundary"] = edge
    if times is not None:
        kinds |= window_errors(p, u, grid, times)
    found = {name: {kind: value[:, c] for kind, value in kinds.items()} for c, name in enumerate(spec.names)}
    if times is not None and problem is not None:
        for name, value in _conservation(p, u, spec, conserved_quantities(problem)).items():
            found[name]["conservation"] = value
    return {JOINT: {"relative_l2": joint_relative_l2(p, u, grid, times)}, **found}


def _conservation(p: np.ndarray, u: np.ndarray, spec: FieldSpec, conserved: dict[str, str]) -> dict[str, np.ndarray]:
    """Departures from what is conserved, by channel; those of a complex field stand with both of its channels."""
    found: dict[str, np.ndarray] = {}
    for channel, name in enumerate(spec.names):
        inner = name[3:-1] if name[:3] in ("re(", "im(") else name
        if inner not in conserved:
            continue
        fields = [f[..., [channel]] for f in (p, u)]
        if inner != name:
            parts = [spec.names.index(f"{part}({inner})") for part in ("re", "im")]
            fields = [f[..., [parts[0]]] + 1j * f[..., [parts[1]]] for f in (p, u)]
        found[name] = conservation_error(*fields, spec.grid, [conserved[inner]])[:, 0]
    return found


def failed_errors(names: Sequence[str], samples: int) -> Errors:
    """The errors of a run that gave nothing: infinite."""
    return {name: {"relative_l2": np.full(samples, np.inf)} for name in (JOINT, *names)}
