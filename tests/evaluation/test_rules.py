"""The rules R1–R12 on small synthetic comparisons, where every answer is known."""

import json
import math

import numpy as np
import pytest

import sobolev as sv
from sobolev.evaluation import Comparison, Cost, Entry, FrontPoint, Reference, Run, Standing, break_even
from sobolev.evaluation._numbers import seconds_text

FRONT = (
    FrontPoint("FiniteDifference", "8", 0.2, 1e-3),
    FrontPoint("FiniteDifference", "16", 0.05, 4e-3),
    FrontPoint("FiniteDifference", "32", 0.01, 20e-3),
    FrontPoint("Chebyshev", "16", 0.06, 9e-3),  # beaten in both by FiniteDifference 16
)


FREE, TYPICAL, EXACT = Cost(), Cost(10.0, 20.0, 5.0, 1e-3), Reference("exact solution", 0.0)


def _run(score, seed=None, cost=FREE):
    return Run({"all": {"relative_l2": np.array([score])}, "u": {"relative_l2": np.array([score])}}, cost, seed)


def _entry(name, *scores, kind="learned", cost=TYPICAL, **more):
    seeds = range(len(scores)) if kind == "learned" else [None] * len(scores)
    return Entry(name, kind, tuple(_run(v, s, cost) for v, s in zip(scores, seeds, strict=True)), **more)


def _comparison(*entries, front=FRONT, reference=EXACT):
    return Comparison("test", tuple(entries), front, reference, {})


def test_equal_error_and_equal_time():
    standing: Standing = _comparison(_entry("FNO", 0.055, 0.06, 0.07, cost=Cost(10, 20, 5, 5e-3)))["FNO"]
    assert (standing.equal_error.method, standing.equal_error.resolution) == ("FiniteDifference", "16")
    assert standing.equal_time.resolution == "16"  # 32 is more accurate but slower than 5 ms
    assert standing.break_even == math.inf  # 5 ms against 4 ms: never pays


def test_a_failed_classical_run_is_no_yardstick():
    front = (FrontPoint("FiniteDifference", "16", 1e-9, 1e-9, failure="singular"), *FRONT)
    assert _comparison(_entry("FNO", 0.06, 0.06, 0.06), front=front)["FNO"].equal_error.resolution == "16"
    assert "singular" in str(_comparison(_entry("FNO", 0.06, 0.06, 0.06), front=front))


@pytest.mark.parametrize(
    ("data", "training", "classical", "inference", "expected"),
    [
        (10.0, 20.0, 4e-3, 1e-3, 10_000),
        (None, 20.0, 4e-3, 1e-3, 20_000 / 3),
        (10.0, 20.0, 1e-3, 1e-3, math.inf),
        (10.0, 20.0, 5e-4, 1e-3, math.inf),
        (10.0, 20.0, None, 1e-3, math.inf),
        (0.0, 0.0, 4e-3, 1e-3, 0.0),
    ],
)
def test_break_even(data, training, classical, inference, expected):
    assert break_even(data, training, classical, inference) == pytest.approx(expected)


def test_batches_stand_beside_batches():
    """R9: N* of single solves from single solves, of batches from batches; and nothing where one was not timed."""
    front = (FrontPoint("FiniteDifference", "16", 0.05, 4e-3, batched=2e-3),)
    cost = Cost(10.0, 20.0, 5.0, 1e-3, batched=5e-4, own=2e-4)
    found = _comparison(_entry("FNO", 0.06, 0.06, 0.06, cost=cost), front=front)
    assert found["FNO"].break_even == pytest.approx(30 / (4e-3 - 1e-3))
    assert found["FNO"].break_even_batched == pytest.approx(30 / (2e-3 - 5e-4))
    assert "16: 2 ms (4×)" in str(found) and "in single" in str(found)
    assert _comparison(_entry("FNO", 0.06, 0.06, 0.06, cost=cost))["FNO"].break_even_batched is None


def test_what_a_trivial_row_beats_never_pays():
    mean = _entry("training mean", 0.055, kind="trivial", cost=Cost())
    found = _comparison(_entry("FNO", 0.06, 0.06, 0.06), mean)["FNO"]
    assert "worse than training mean" in found.remarks and found.break_even == math.inf
    ridge = _entry("kernel ridge", 0.055, kind="trivial", cost=Cost(10, 1, 1, 1e-4))
    found = _comparison(_entry("FNO", 0.06, 0.06, 0.06), ridge)["FNO"]
    assert "worse than kernel ridge" in found.remarks and 0 < found.break_even < math.inf


def test_break_even_prints_infinity_when_it_never_pays():
    slow = _comparison(_entry("FNO", 0.15, 0.15, 0.16, cost=Cost(1.0, 1.0, 0.0, 1.0)))
    assert "∞" in str(slow)
    assert json.loads(slow.to_json())["rows"][0]["break_even"] == "infinity"


def test_no_classical_method_is_said():
    found = _comparison(_entry("FNO", 0.1, 0.1, 0.1), front=())
    assert found["FNO"].break_even is None
    assert "no classical method applies" in str(found)


def test_reference_floor():
    reference = Reference("two resolutions", bar=0.01)
    at, above = _entry("at", 0.028, 0.03, 0.03), _entry("above", 0.031, 0.031, 0.031)
    found = _comparison(at, above, reference=reference)
    assert "at reference floor" in found["at"].remarks
    assert "at reference floor" not in found["above"].remarks
    assert "at reference floor" in str(found)


def test_best_needs_separated_ranges():
    ridge = _entry("kernel ridge", 0.2, kind="trivial")
    apart = _comparison(_entry("A", 0.01, 0.02, 0.03), _entry("B", 0.031, 0.04, 0.05), ridge)
    assert "best" in apart["A"].remarks
    overlap = _comparison(_entry("A", 0.01, 0.02, 0.035), _entry("B", 0.031, 0.04, 0.05), ridge)
    assert "best" not in str(overlap)


def test_a_trivial_row_that_wins_leaves_no_best():
    found = _comparison(_entry("A", 0.1, 0.2, 0.3), _entry("kernel ridge", 0.05, kind="trivial"))
    assert "best" not in str(found)


def test_one_seed_is_said_and_never_best():
    found = _comparison(_entry("A", 0.01), _entry("zero", 1.0, kind="trivial"))
    assert found["A"].remarks == ("one seed",)
    assert "one seed" in str(found)


def test_median_and_range_over_seeds():
    entry = _entry("A", 0.5, 0.1, 0.2)
    assert (entry.median, entry.range) == (0.2, (0.1, 0.5))


def test_failures_stay_as_rows():
    found = _comparison(_entry("FNO", 0.1, 0.1, 0.1), Entry("UNet", "learned", failure="refused: 17 × 17"))
    assert found["UNet"].entry.median == math.inf
    assert "refused: 17 × 17" in str(found)
    row = next(r for r in json.loads(found.to_json())["rows"] if r["name"] == "UNet")
    assert row["failure"] == "refused: 17 × 17"
    assert found.frame.query("entry == 'UNet'")["failure"].item() == "refused: 17 × 17"


def test_a_diverged_run_counts_as_infinite_not_as_missing():
    found = _comparison(_entry("FNO", 0.1, math.inf, math.inf))
    assert found["FNO"].entry.median == math.inf
    assert "best" not in found["FNO"].remarks


def test_outside_rows_take_no_part_in_ranking_and_have_no_break_even():
    outside = _entry("A", 0.001, 0.001, 0.001, where="length scale × ½")
    found = _comparison(_entry("A", 0.3, 0.3, 0.3), _entry("B", 0.1, 0.1, 0.1), outside)
    assert "best" in found["B"].remarks
    standing = next(s for s in found.standings if s.entry is outside)
    assert standing.break_even is None
    assert "length scale × ½" in str(found)


def test_frame_is_tidy():
    frame = _comparison(_entry("A", 0.1, 0.2, 0.3), _entry("zero", 1.0, kind="trivial")).frame
    assert len(frame.query("entry == 'A' and field == 'all' and error == 'relative_l2'")) == 3
    assert frame.query("entry == 'A' and field == 'u'")["value"].tolist() == [0.1, 0.2, 0.3]
    assert frame.query("entry == 'zero'")["seed"].isna().all()


def test_json_is_strict(tmp_path):
    path = tmp_path / "comparison.json"
    _comparison(_entry("A", 0.1), Entry("B", "learned", failure="nan")).to_json(path)

    def refuse(constant):
        raise AssertionError(constant)

    assert json.loads(path.read_text(), parse_constant=refuse)["rows"][1]["relative_l2"]["median"] == "infinity"


def test_unknown_row_is_named():
    with pytest.raises(sv.ArgumentError, match="no such row"):
        _comparison(_entry("A", 0.1))["B"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (3.4e-4, "340 µs"), (9.997e-4, "1 ms"), (0.01234, "12.3 ms"), (0.9999, "1 s"), (125, "2 min 5 s")],
)
def test_durations_as_people_read_them(seconds, text):
    assert seconds_text(seconds) == text
