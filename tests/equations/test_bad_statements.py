"""The whole text of a refusal, and the warnings of statements that are merely suspicious. The table of refusals is in
tests/bad_input."""

import warnings

import pytest
import sympy as sp
from statement_zoo import LINE, TIME, x, y

import sobolev as sv

t = TIME.coordinate
u, w = sv.unknown("u", x, t), sv.unknown("w", x, y)
HEAT_1D, SQUARE = LINE * TIME, LINE * sv.Interval(y, 0, 1)
HEAT, POISSON = u.diff(t) - sv.parameter("nu", default=0.1) * u.diff(x, 2), -sv.laplacian(w) - 1


def test_whole_message():
    with pytest.raises(sv.StatementError) as caught:
        sv.Problem(HEAT_1D, HEAT, [sv.Initial(u, 0), sv.Dirichlet(u, 0, on="x.min")], name="heat")
    assert str(caught.value).splitlines() == [
        "'heat' has no condition on x = 1.",
        "  given:    Initial(u, 0), Dirichlet(u, 0, on=x.min)",
        "  expected: one condition on every side, because the equation has order 2 in x",
        '  fix:      add Dirichlet(u, ..., on="x.max"), Neumann(...), or make Interval(x, 0, 1, periodic=True)',
    ]


def test_jump_at_the_start_warns_with_its_size():
    with pytest.warns(sv.StatementWarning, match=r"u disagree on x.max at t = 0 by 0\.25"):
        sv.Problem(HEAT_1D, HEAT, [sv.Initial(u, x / 4), sv.Dirichlet(u, 0)])


def test_jump_at_a_corner_warns_with_its_size():
    conditions = [sv.Dirichlet(w, 1, on=("x.min", "x.max")), sv.Dirichlet(w, 1 + 2 * x * y, on=("y.min", "y.max"))]
    with pytest.warns(sv.StatementWarning, match=r"the corner of x.max and y.max by 2"):
        sv.Problem(SQUARE, POISSON, conditions)


def test_conditions_that_meet_do_not_warn():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = [
            sv.Problem(HEAT_1D, HEAT, [sv.Initial(u, sp.cos(x)), sv.Dirichlet(u, sp.cos(x))]),
            sv.Problem(SQUARE, POISSON, sv.Dirichlet(w, x + y)),
        ]
    assert len(made) == 2 and not [w for w in caught if w.category is sv.StatementWarning]


def test_jumps_of_random_inputs_are_left_alone():
    start = sv.input_field("start", x, prior=sv.priors.GaussianField(sv.priors.RBF(0.2), mean=5))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = sv.Problem(HEAT_1D, HEAT, [sv.Initial(u, start), sv.Dirichlet(u, 0)])
    assert made.is_random and not [w for w in caught if w.category is sv.StatementWarning]
