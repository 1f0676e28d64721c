"""What the checks of nullspaces, balance and slopes let through, and what they warn of."""

import warnings

import pytest
import sympy as sp
from statement_zoo import LINE, RING, TIME, TORUS, x, y

import sobolev as sv

t = TIME.coordinate
u, v, w, s = sv.unknown("u", x, t), sv.unknown("v", x, t), sv.unknown("w", x, y), sv.unknown("s", x)
a = sv.input_field("a", x, default=1 + x**2)
FLUX = [sv.Neumann(s, 1, on="x.min"), sv.Neumann(s, 0.5, on="x.max"), sv.Mean(s)]
CORNER = [sv.Neumann(w, 2, on=("x.max", "y.max")), sv.Neumann(w, 0, on=("x.min", "y.min")), sv.Mean(w)]
SQUARE = LINE * sv.Interval(y, 0, 1)


@pytest.mark.parametrize(
    ("domain", "equation", "conditions"),
    [
        (LINE, sv.div(a * sv.grad(s)) - 2, FLUX),  # ∮ a s_n = a(0)·1 + a(1)·½ = 2
        (LINE, sv.div((1 + s.diff(x) ** 2) * sv.grad(s)) - 2 - sp.Rational(5, 8), FLUX),  # (1 + g²) g at both ends
        (LINE, 3 * s.diff(x, 2) - 9 * x, FLUX),
        (RING, s.diff(x, 2) - sp.sin(x), sv.Mean(s)),
        (TORUS, -sv.laplacian(w) - sp.cos(x) * sp.cos(y), sv.Mean(w)),
        (SQUARE, sv.laplacian(w) - 4, CORNER),
        (LINE, s.diff(x, 2) - sp.sign(x - sp.Rational(1, 3)) - sp.Rational(-1, 3), [sv.Neumann(s, 0), sv.Mean(s)]),
        (LINE, s.diff(x, 2) - sv.input_field("r", x, prior=sv.priors.GaussianField(sv.priors.RBF(1))), FLUX),
    ],
)
def test_data_in_balance_are_let_through(domain, equation, conditions):
    assert sv.Problem(domain, equation, conditions)


def test_manufactured_solutions_are_in_balance():
    bare = sv.Problem(SQUARE, sv.div((1 + x * y) * sv.grad(w)), [sv.Neumann(w, 0), sv.Mean(w)])
    assert sv.manufactured(bare, w=sp.sin(3 * x + y)).exact


def test_a_mean_in_a_rate_does_not_fix_the_constant_of_a_constraint():
    """v″ = u determines v up to a constant, whatever the rate of u does with v."""
    equations = [sp.Eq(u.diff(t), u.diff(x, 2) + v), sp.Eq(v.diff(x, 2), u)]
    assert sv.Problem(RING * TIME, equations, [sv.Initial(u, sp.sin(x)), sv.Mean(v)])
    with pytest.raises(sv.StatementError, match="Nothing fixes the constant in v"):
        sv.Problem(RING * TIME, equations, [sv.Initial(u, sp.sin(x))])
    screened = [equations[0], sp.Eq(v.diff(x, 2) - v, u)]
    with pytest.raises(sv.StatementError, match="one condition too many"):
        sv.Problem(RING * TIME, screened, [sv.Initial(u, sp.sin(x)), sv.Mean(v)])


@pytest.mark.parametrize(
    ("condition", "initial", "jump"),
    [
        (sv.Neumann(u, 0), x / 4, "x.min at t = 0 by 0.25"),
        (sv.Neumann(u, sp.cos(t), on="x.min"), -x, None),  # outwards is to the left
        (sv.Neumann(u, 1, on="x.min"), x, "x.min at t = 0 by 2"),
        (sv.Robin(u, 2, 1, 3, on="x.max"), x, None),
        (sv.Robin(u, 2, 1, 0, on="x.max"), x, "x.max at t = 0 by 3"),
        (sv.Neumann(u, 0, on="x.max"), sv.input_field("b", x, default=x**2), "x.max at t = 0 by 2"),
        (sv.Neumann(u, 0), sp.cos(sp.pi * x), None),
        (sv.Neumann(u, 0), sp.Heaviside(x - sp.Rational(1, 2)), None),
    ],
)
def test_slopes_that_disagree_at_the_start_warn_with_their_size(condition, initial, jump):
    other = {("x.min",): "x.max", ("x.max",): "x.min"}.get(condition.on)
    rest = [sv.Dirichlet(u, initial, on=other)] if other else []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sv.Problem(LINE * TIME, u.diff(t) - u.diff(x, 2), [sv.Initial(u, initial), condition, *rest])
    said = [str(w.message) for w in caught if w.category is sv.StatementWarning]
    assert (not said) if jump is None else (jump in said[0] and "slope of the solution" in said[0])
