"""Other laws for the row outside the training law (R11)."""

import jax
import numpy as np
import pytest

import sobolev as sv
from sobolev.evaluation._shift import shifted, shifted_problem
from sobolev.priors import AlphaTau, GaussianField, LogUniform, RandomFourierSeries, TwoPhase, Uniform


@pytest.mark.parametrize(
    ("prior", "expected"),
    [
        (Uniform(1.0, 3.0), Uniform(3.0, 4.0)),
        (LogUniform(0.1, 0.4), LogUniform(0.4, 0.8)),
        (RandomFourierSeries(modes=4), RandomFourierSeries(modes=8)),
        (GaussianField(AlphaTau(2.0, 3.0)), GaussianField(AlphaTau(2.0, 6.0, 16.0))),
        (TwoPhase(GaussianField(AlphaTau(2.0, 3.0)), 3, 12), TwoPhase(GaussianField(AlphaTau(2.0, 6.0, 16.0)), 3, 12)),
    ],
)
def test_laws_move_away_from_what_was_seen(prior, expected):
    law, words = shifted(prior)
    assert law == expected
    assert words


def test_unknown_laws_are_not_invented():
    assert shifted(object()) is None


def test_the_statement_stays_and_its_draws_change():
    darcy = sv.problems.darcy()
    other, words = shifted_problem(darcy)
    assert "half the length scale" in words
    assert str(other.equations) == str(darcy.equations)
    key, x = jax.random.key(0), np.linspace(0.01, 0.99, 200)[:, None]
    jumps = [
        np.count_nonzero(np.diff(np.asarray(sv.draw(p, key=key).values["a"](x=x, y=x.T)), axis=0))
        for p in (darcy, other)
    ]
    assert jumps[1] > 1.2 * jumps[0]
