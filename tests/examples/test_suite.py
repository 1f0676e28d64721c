"""The suite's cases are whole: every statement checks itself and is taken by what is set to solve it."""

import json

import numpy as np
import pytest
from benchmarks.suite._cases import cases
from benchmarks.suite._page import GUIDE, PAGE, RESULTS
from benchmarks.suite._scores import scores, the_truth
from benchmarks.suite._table import outcome

from sobolev.methods import AbstractMethod

CASES = cases()


def test_every_problem_is_there():
    assert {case.number for case in CASES} >= set(range(1, 23))


@pytest.mark.filterwarnings("ignore::sobolev.StatementWarning")  # 15 starts with a slope at a wall
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_statements_are_taken_by_their_contenders(case):
    problem = case.statement()
    for contender in case.contenders:
        assert not isinstance(contender.method, AbstractMethod) or contender.method.applies(problem), contender.name
    assert all(np.all(np.isfinite(values)) for values in case.places().values())


def test_a_case_is_scored_against_its_exact_solution():
    (case,) = [c for c in CASES if c.number == 14]
    truth, reference, own = the_truth(case)
    found = list(scores(case, truth))
    assert reference is None and own == 0
    by_name = {s.contender: s.worst for s in found}
    assert by_name["Chebyshev"] < 1e-6 < by_name["finite differences, order 2"] < 1e-3
    assert outcome(case, found, own, [])["met"] == "yes"
    assert outcome(case, found, 1e-2, [])["met"] == "floor"  # a reference this poor could not tell


def test_page_and_guide_are_made_from_the_results():
    results = json.loads(RESULTS.read_text())
    rows = [f"| {k['number']} | {k['name']} |" for k in results]
    page, guide = PAGE.read_text(), GUIDE.read_text()
    assert rows and all(row in page for row in rows)
    for k in results:
        if k["best"] is not None:  # the most accurate in time stands first
            best = f"{k['best']['method']}: {k['best']['error']:.1e} in {k['best']['seconds']:.2g} s"
            assert f"| {k['number']} {k['name']} | {best} |" in guide
