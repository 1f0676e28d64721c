"""`compare` from end to end, small: what each rule makes of a real comparison."""

import json

import jax
import numpy as np
import pytest
import sympy as sp

import sobolev as sv
from sobolev import data, operators, priors, training
from sobolev.evaluation import _setting, _sweep, compare, learnable_method
from sobolev.evaluation._draws import drawn_family
from sobolev.evaluation._rows import classical_rows
from sobolev.fields import Axis, FieldSpec, Grid
from sobolev.methods import AbstractMethod, Verdict

KEY = jax.random.key(0)
SHORT = training.Training(training.Epochs(2), batch=8)


def _family():
    x = sv.coordinates("x")
    u = sv.unknown("u", x)
    f = sv.input_field("f", x, prior=priors.GaussianField(priors.RBF(0.3), "neumann", modes=8))
    return sv.Problem(
        name="bar",
        domain=sv.Interval(x, 0, 1),
        equations=[sp.Eq(-u.diff(x, 2), f)],
        conditions=[sv.Dirichlet(u, 0)],
    )


def _table_task(n=40, points=16):
    """y = cumulative mean of x: learnable, from no statement that we know."""
    rng = np.random.default_rng(0)
    spec = FieldSpec(("x",), Grid((Axis("s", 0, 1, points, "periodic"),)))
    x = rng.standard_normal((n, points, 1))
    y = np.cumsum(x, axis=1) / points
    return data.Task(x, y, spec, FieldSpec(("y",), spec.grid), data.Splits.of(n, 5, 8))


class _Refusing(operators.AbstractArchitecture):
    """An architecture that takes nothing."""

    def build(self, inputs, outputs, *, key):
        raise sv.UnsupportedError("Refusing takes no field at all.", given="a field")


@pytest.fixture(scope="module")
def simulated():
    family = _family()
    made = sv.simulate(family, 24, 17, method=learnable_method(family), check=0, quiet=True, key=KEY)
    learners = {"FNO": operators.FNO(width=4, modes=4, layers=1), "refusing": _Refusing()}
    return compare(family, learners, data=made, training=SHORT, seeds=2, quiet=True, key=KEY)


@pytest.fixture(scope="module")
def read():
    return compare(_table_task(), [operators.KernelRidge()], training=SHORT, seeds=1, quiet=True, key=KEY)


def test_classical_runs_converge_to_the_reference(simulated):
    errors = [p.error for p in simulated.front]
    assert len(errors) >= 4
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 3 * errors[2]  # a smooth problem: at least first order over two doublings


def test_the_strongest_method_is_named_with_its_reason(simulated):
    assert simulated.front[0].method in simulated.rules["R2"]


def test_the_reference_has_an_error_bar_and_a_small_residual(simulated):
    assert 0 < simulated.reference.bar < 0.05
    assert simulated.reference.residual < 1e-3
    finest = simulated.front[-1]
    assert finest.error == simulated.reference.bar  # it is not exact: its own estimated error stands for it


def test_all_trivial_rows_are_there(simulated, read):
    names = {e.name for e in simulated.entries if e.kind == "trivial"}
    assert {"zero", "training mean", "kernel ridge"} <= names
    assert any(name.startswith("coarse grid") for name in names)
    assert simulated["zero"].entry.median == pytest.approx(1.0)
    assert {"zero", "training mean"} <= {e.name for e in read.entries}


def test_kernel_ridge_beats_the_mean_on_a_linear_map(simulated):
    assert simulated["kernel ridge"].entry.median < 0.5 * simulated["training mean"].entry.median


def test_two_seeds_are_two_runs_with_their_cost(simulated):
    entry = simulated["FNO"].entry
    assert [run.seed for run in entry.runs] == [0, 1]
    assert entry.scores[0] != entry.scores[1]
    assert entry.cost.data > 0 and entry.cost.training > 0 and entry.cost.inference > 0
    assert entry.cost.batched > 0 and entry.cost.own > 0
    beside = simulated["FNO"].equal_error
    assert 0 < beside.batched <= beside.seconds
    assert simulated["kernel ridge"].entry.cost.own is None  # it computes in double precision itself


def test_rows_outside_the_law_are_there_for_every_learned_row(simulated):
    where = {e.where for e in simulated.entries if e.name == "FNO"}
    assert any("length scale" in w for w in where)
    assert "twice the resolution" in where


def test_what_refuses_is_a_row(simulated):
    standing = simulated["refusing"]
    assert "Refusing takes no field" in standing.entry.failure
    assert "refusing" in simulated.rules["R12"]


def test_every_rule_is_spoken_for(simulated, read):
    for comparison in (simulated, read):
        assert list(comparison.rules) == [f"R{i}" for i in range(1, 13)]
        assert all(comparison.rules.values())


def test_conditions_and_json(simulated):
    facts = json.loads(simulated.to_json())["conditions"]
    assert facts["seeds"] == 2
    assert facts["versions"]["jax"] == jax.__version__
    assert facts["samples"]["test"] == 32


def test_the_report_of_a_real_comparison(simulated, tmp_path):
    text = simulated.report(tmp_path / "report.html").read_text()
    for part in ("<math", "Median: sample", "Spectra", "FNO, seed 1", "Refusing takes no field"):
        assert part in text


def test_data_without_a_statement_say_so(read):
    assert not read.front
    assert "no statement" in read.rules["R2"]
    assert "not known" in read.rules["R3"]
    assert "half the resolution; no law is known" in read.rules["R11"]
    assert "no coarse grid" in read.rules["R5"] and "no persistence" in read.rules["R5"]
    assert read["KernelRidge"].break_even is None


def test_data_that_do_not_satisfy_the_statement_are_found_out():
    """R4: the same samples, their outputs multiplied by 68 as in a published data set."""
    family = _family()
    made = sv.simulate(family, 24, 17, method=learnable_method(family), check=0, quiet=True, key=KEY)
    task = data.as_task(made, problem=family).loaded()
    scaled = data.Task(
        task.inputs, 68 * task.outputs, task.input_spec, task.output_spec, task.splits, problem=family, name="scaled"
    )
    honest = data.Task(
        task.inputs, task.outputs, task.input_spec, task.output_spec, task.splits, problem=family, name="as it is"
    )
    wrong, right = (compare(t, (), quiet=True, key=KEY) for t in (scaled, honest))
    assert wrong.reference.residual > 0.9
    assert wrong.reference.data_error == pytest.approx(67, rel=0.05)
    assert "NOT satisfy" in wrong.rules["R4"]
    assert right.reference.residual < 0.02  # differences of second order on 17 points
    assert "NOT" not in right.rules["R4"]


class _Stuck(AbstractMethod):
    """A method that takes every statement and solves none."""

    @property
    def order(self):
        return 2

    def applies(self, problem):
        return Verdict(True)

    def compile(self, problem, *, tolerance, resolution=None, times=None):
        raise sv.ConvergenceError("Stuck.")


def test_where_the_strongest_method_fails_the_data_s_own_gives_the_reference(monkeypatch):
    family = _family()
    made = sv.simulate(family, 12, 17, method=learnable_method(family), check=0, quiet=True, key=KEY)
    task = data.as_task(made, problem=family, splits=data.Splits.of(12, 2, 0))
    monkeypatch.setattr(_setting, "chosen_method", lambda problem: (_Stuck(), "it is the strongest"))
    found = _setting.drawn_setting(task, family, None, 3, 0.0, lambda note: None, key=KEY)
    assert type(found.method).__name__ == "FiniteDifference" and found.front
    assert "solved none of its runs" in found.why
    titles = [e.name for e in classical_rows(found, None) if e.failure]
    assert titles and all(title.startswith("_Stuck") for title in titles)
    monkeypatch.setattr(_setting, "learnable_method", lambda problem: _Stuck())
    with pytest.raises(sv.ConvergenceError, match="there is no reference"):
        _setting.drawn_setting(task, family, None, 3, 0.0, lambda note: None, key=KEY)


def test_what_a_sweep_may_cost_is_bounded_and_said(monkeypatch):
    """Fewer test inputs where all would take too long, then no finer run; never in silence."""
    costs = {9: 5.0, 17: 50.0, 33: 500.0}
    monkeypatch.setattr(_sweep, "_expected", lambda levels, resolution, n, steps: n * costs.get(resolution[0], 0.0))
    family = _family()
    grid = Grid((Axis("x", 0, 1, 17, "nodes"),))
    n = 16
    task = data.Task(
        np.zeros((n, 17, 1)), np.zeros((n, 17, 1)), FieldSpec(("f",), grid), FieldSpec(("u",), grid), data.Splits.of(n)
    )
    members = drawn_family(family, n, key=KEY)
    said = []
    swept = _sweep.sweep(members, sv.methods.FiniteDifference(), task, patience=15.0, done=said.append)
    assert [lv.resolution for lv in swept.levels] == [(7,), (9,), (17,)] and len(said) == 3
    assert len(swept.family) == 8 and {len(lv.coefficients) for lv in swept.levels} == {8}
    assert swept.remarks == (
        "12 test inputs: 9 would have taken about 80 s for 16",
        "8 test inputs: 17 would have taken about 600 s for 12",
        "33 left out: about 4000 s for 8 test inputs",
    )
    first = swept.levels[0]  # of all members, cut: those that stay are solved as by themselves
    again = _sweep.classical_level(swept.family, sv.methods.FiniteDifference(), None, first.resolution)
    np.testing.assert_allclose(first.coefficients, again.coefficients, atol=1e-12)
