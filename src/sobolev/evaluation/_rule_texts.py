"""What is printed for each rule: how it was satisfied, or why it could not be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._entries import Entry
from ._numbers import error_text
from ._rules import FLOOR_FACTOR
from ._setting import Setting
from ._sweep import label, method_name

FAIL_ABOVE = 0.1  # R4: a relative residual or distance above this is no truncation error


def rule_texts(
    setting: Setting, entries: Sequence[Entry], outside: Sequence[str], facts: dict[str, Any]
) -> dict[str, str]:
    """R1–R12 in words."""
    return {
        "R1": _front(setting),
        "R2": _method(setting),
        "R3": _bar(setting),
        "R4": _residual(setting),
        "R5": _trivial(entries),
        "R6": _seeds(entries, facts),
        "R7": "relative L2, max, H1, boundary, conservation where the statement has any, wave-number bands, time "
        "windows; per field in the report, the frame and the JSON",
        "R8": _cost(entries),
        "R9": _conditions(entries, facts),
        "R10": _peeking(setting),
        "R11": "; ".join(outside),
        "R12": _failures(entries),
    }


def _front(setting: Setting) -> str:
    if not setting.front:
        return f"no classical method applies: {setting.why}" if setting.method is None else "no classical run succeeded"
    sizes = ", ".join(label(lv.resolution) for lv in setting.levels)
    beside = "each row stands beside the runs of equal error and of equal time"
    return "; ".join([f"classical error–cost front over {sizes}", beside, *setting.remarks])


def _method(setting: Setting) -> str:
    return (
        f"no classical method applies: {setting.why}"
        if setting.method is None
        else (f"{method_name(setting.method)}: {setting.why}")
    )


def _bar(setting: Setting) -> str:
    r = setting.reference
    own = _data_error(setting)
    if r.bar is None:
        return f"truth: {r.how}; its own error is not known, so that no floor can be told{own}"
    bar, floor = error_text(r.bar), error_text(FLOOR_FACTOR * r.bar)
    return f"truth: {r.how}; its own error about {bar}; scores up to {floor} are at its floor{own}"


def _data_error(setting: Setting) -> str:
    """What `simulate` estimated for the training data, where it did: a surrogate learns their error, too."""
    estimates = setting.task.provenance.get("estimated_relative_error") or {}
    known = [value for value in estimates.values() if isinstance(value, float)]
    if not known:
        return ""
    origin = setting.task.provenance.get("estimated_from", "a few samples solved finer")
    return f"; the training data's own error about {error_text(max(known))} ({origin})"


def _residual(setting: Setting) -> str:
    r = setting.reference
    parts = []
    if r.residual is not None:
        verdict = "" if r.residual <= FAIL_ABOVE else ": does NOT satisfy the statement"
        parts.append(
            f"relative residual of the {'reference' if setting.is_drawn else 'data'} {error_text(r.residual)}{verdict}"
        )
    if r.residual_note:
        parts.append(r.residual_note)
    if r.data_error is not None:
        what = "training data" if setting.is_drawn else "data"
        other = "the reference" if setting.is_drawn else "the finest classical run"
        verdict = "" if r.data_error <= FAIL_ABOVE or setting.is_drawn else ": the data do NOT satisfy the statement"
        parts.append(f"{what} differ from {other} by {error_text(r.data_error)}{verdict}")
    return "; ".join(parts) or "no statement to evaluate the data against"


def _trivial(entries: Sequence[Entry]) -> str:
    names = [e.name for e in entries if e.kind == "trivial" and e.where == "test"]
    missing = [] if "kernel ridge" in names else ["kernel ridge stands among the learned rows, as asked for"]
    if not any(name.startswith("coarse grid") for name in names):
        missing.append("no coarse grid: no classical method ran on one")
    if "persistence" not in names:
        missing.append("no persistence: nothing evolves")
    if "training mean" not in names:
        missing.append("no training mean: nothing to learn from")
    return "; ".join([f"trivial rows: {', '.join(names)}", *missing])


def _seeds(entries: Sequence[Entry], facts: dict[str, Any]) -> str:
    counts = {len(e.runs) for e in entries if e.kind == "learned" and e.is_random}
    if not counts:
        return "nothing random was compared"
    if counts == {1}:
        return "one seed: ranges are not known, and nothing is called best"
    return f"{max(counts)} seeds; median and range; best only where ranges separate"


def _cost(entries: Sequence[Entry]) -> str:
    unknown = any(e.cost.data is None for e in entries if e.kind == "learned" and e.runs)
    text = "data + training + inference; N* = (data + training) / (classical at equal error − inference), ∞ when never"
    return text + ("; the cost of the data is not known and counts as nothing: N* is a lower bound" if unknown else "")


def _conditions(entries: Sequence[Entry], facts: dict[str, Any]) -> str:
    same = f"one machine, {facts.get('cores', '?')} threads, compiling apart, everything timed in double precision; "
    same += "one at a time set beside one at a time, batches beside batches"
    if not any(e.cost.own is not None for e in entries if e.runs):
        return same
    own = facts.get("precision", "single")
    return f"{same}; in {own} precision, in which the operators were learned, their batches have a column of their own"


def _peeking(setting: Setting) -> str:
    if setting.is_drawn:
        return f"{len(setting.trial)} test inputs drawn afresh with their own key, never seen by training or selection"
    return f"{len(setting.trial)} test samples, read only here; given frames do not count"


def _failures(entries: Sequence[Entry]) -> str:
    failed = [f"{e.name} ({e.where})" for e in entries if e.failure]
    return f"failed, kept as rows: {', '.join(failed)}" if failed else "nothing failed"
