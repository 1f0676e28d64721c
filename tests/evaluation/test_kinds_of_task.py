"""`compare` on every kind of task: complex, three-dimensional, systems, rolled out, whole trajectories; and what was
learned or solved elsewhere. From data, so that no classical method runs."""

import jax
import numpy as np
import pytest

import sobolev as sv
from sobolev import operators, training
from sobolev.data import Splits, Task
from sobolev.evaluation import Learned, compare
from sobolev.fields import Axis, FieldSpec, Grid

KEY = jax.random.key(0)
SHORT = training.Training(training.Epochs(1), batch=8)
TINY = operators.FNO(width=4, modes=3, layers=1)


def _task(names, shape, frames=None, samples=20):
    """Waves that turn: frame k is the start moved by k points along x."""
    rng = np.random.default_rng(0)
    grid = Grid(tuple(Axis(name, 0, 1, n, "periodic") for name, n in zip("xyz", shape, strict=False)))
    spec = FieldSpec(names, grid)
    waves = np.fft.irfft(rng.standard_normal((samples, 3, len(names))), shape[0], axis=1)
    start = waves.reshape(samples, shape[0], *(1,) * (len(shape) - 1), len(names)) * np.ones((*shape, 1))
    times = None if frames is None else np.linspace(0, 1, frames)
    moved = [np.roll(start, k, axis=1) for k in range(frames or 2)]
    outputs = moved[1] if frames is None else np.stack(moved, axis=1)
    return Task(start, outputs, spec, spec, Splits.of(samples, 2, 4), times=times)


def _compared(task, **how):
    return compare(task, {"FNO": TINY}, training=SHORT, seeds=1, quiet=True, key=KEY, **how)


@pytest.mark.parametrize(
    ("task", "how", "fields"),
    [
        (_task(("re(psi)", "im(psi)"), (16,)), None, {"re(psi)", "im(psi)"}),
        (_task(("u",), (8, 6, 6)), None, {"u"}),
        (_task(("u",), (16,), 7), training.OneStep(), {"u"}),
        (_task(("u", "v"), (16,), 7), training.WholeTrajectory(), {"u", "v"}),
    ],
    ids=["complex", "3-D", "one step", "trajectory of a system"],
)
def test_each_kind_has_its_rows_and_its_report(task, how, fields, tmp_path):
    found = _compared(task, evolution=how)
    assert not [e.failure for e in found.entries if e.failure]
    entry = found["FNO"].entry
    assert set(entry.runs[0].errors) == {"all", *fields}
    assert 0 < entry.median < 5
    assert found["zero"].entry.median == pytest.approx(1.0)
    assert "persistence" in {e.name for e in found.entries} or task.times is None
    page = found.report(tmp_path / "r.html").read_text()
    assert "Median: sample" in page and "NaN" not in page and ">nan<" not in page
    (operator,) = found.operators["FNO"]
    assert isinstance(operator, operators.AbstractOperator)


def test_persistence_knows_what_a_moved_wave_scores():
    """Given frames do not count (R10), in the map to a time, in steps and in whole trajectories alike."""
    task = _task(("u",), (16,), 3)
    rows = [compare(task, (), evolution=how, quiet=True, key=KEY)["persistence"].entry for how in _WAYS]
    last = np.roll(task.inputs, 2, axis=1)[task.splits.test]
    start = task.inputs[task.splits.test]
    norm = [np.sqrt(np.sum(f**2, axis=(1, 2))) for f in (start - last, last)]
    assert rows[0].median == pytest.approx(np.mean(norm[0] / norm[1]))
    assert rows[1].median == pytest.approx(rows[2].median)
    assert rows[1].median < rows[0].median


_WAYS = (training.FinalTime(), training.OneStep(), training.WholeTrajectory())


@pytest.fixture(scope="module")
def elsewhere():
    task = _task(("u",), (16,))
    fits = [sv.fit(TINY, task, SHORT, quiet=True, key=jax.random.key(s)) for s in range(2)]
    other = sv.fit(TINY, _task(("w",), (16,)), SHORT, quiet=True, key=KEY)
    learned = Learned((fits[0].operator,) * 2, (3.0, 5.0), (1.0, 1.0), 7.0, "from an earlier run")
    contenders = {"fits": fits, "bare": fits[0].operator, "run": learned, "other": other}
    contenders |= {"solution": _solution()}
    return compare(task, contenders, seeds=1, quiet=True, key=KEY)


def _solution():
    return sv.solve(sv.problems.advection(), resolution=16, quiet=True)


def test_fitted_before_is_scored_with_its_own_cost(elsewhere):
    fits, run = elsewhere["fits"].entry, elsewhere["run"].entry
    assert len(fits.runs) == 2 and fits.runs[0].score == pytest.approx(run.runs[1].score, rel=1e-5)
    assert run.cost.training == 4.0 and run.cost.data == 7.0
    assert "from an earlier run" in run.notes


def test_what_cannot_be_known_is_said_in_the_row(elsewhere):
    assert any("not known: N* is a lower bound" in r for r in elsewhere["bare"].remarks)
    assert any("seen the test samples" in r for r in elsewhere["fits"].remarks)
    assert "the field has other channels" in elsewhere["other"].entry.failure
    assert "no reference" in elsewhere["solution"].entry.failure


def test_a_ridge_that_was_asked_for_is_a_learned_row():
    found = compare(_task(("u",), (16,)), operators.KernelRidge(), quiet=True, key=KEY)
    assert found["KernelRidge"].entry.kind == "learned"
    assert "kernel ridge stands among the learned rows" in found.rules["R5"]
