"""Data for `learn`: simulated finer until they are right, and taken up again as they were."""

import json
from types import SimpleNamespace

import jax
import pytest

from sobolev import ConvergenceError, simulation
from sobolev.cli._data import resolved_data
from sobolev.cli._defaults import defaults_for
from sobolev.cli._learn import LearnOptions
from sobolev.cli._statements import find_statement

PROBLEM = find_statement("heat").random()
CHOSEN = defaults_for(PROBLEM, LearnOptions(), [])


def _resolve(monkeypatch, home, outcomes):
    """`resolved_data` where simulations end as `outcomes` say (error, seconds), by resolution; also what was tried.

    Pilots, of a few samples and without a store, are tried as resolutions; whole simulations as negative ones.
    """
    tried = []

    def simulate(problem, samples, resolution, store=None, **how):
        whole = store is not None
        tried.append(-resolution[0] if whole else resolution[0])
        error, seconds = outcomes[resolution[0]]
        if error is None:
            raise ConvergenceError("Not solved.")
        attributes = {"seconds": seconds, "estimated_relative_error": json.dumps({"u": error})}
        return SimpleNamespace(attrs=attributes)

    monkeypatch.setattr(simulation, "simulate", simulate)
    _, factor, seconds = resolved_data(PROBLEM, CHOSEN, home, may_refine=True, quiet=True, key=jax.random.key(0))
    return factor, seconds, list(dict.fromkeys(tried))


def test_a_few_samples_finer_until_accurate_then_all_and_remembered(monkeypatch, tmp_path):
    outcomes = {65: (None, 0.0), 129: ("not solved", 0.02), 257: (0.2, 0.03), 513: (0.01, 4.0)}
    assert _resolve(monkeypatch, tmp_path, outcomes) == (8, 4.0, [65, 129, 257, 513, -513])
    # Taken up again, nothing is judged anew and opening the store costs nothing.
    assert _resolve(monkeypatch, tmp_path, {513: (0.2, 0.1)}) == (8, 4.0, [-513])


def test_a_doubling_that_would_take_too_long_is_left(monkeypatch, tmp_path):
    assert _resolve(monkeypatch, tmp_path, {65: (0.2, 100.0)}) == (1, 100.0, [65, -65])


def test_what_no_grid_solves_is_said(monkeypatch, tmp_path):
    with pytest.raises(ConvergenceError):
        _resolve(monkeypatch, tmp_path, {64 * 2**k + 1: (None, 0.0) for k in range(6)})
