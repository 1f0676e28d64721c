"""The table of bad input: wrong statements."""

import numpy as np
import sympy as sp
from bad_case import Case, argument

import sobolev as sv
from sobolev import priors

x, y, t = sv.coordinates("x y t")
u, v = sv.unknown("u", x, t), sv.unknown("v", x, t)
w, s = sv.unknown("w", x, y), sv.unknown("s", x)
psi = sv.unknown("psi", x, y)
nu = sv.parameter("nu", default=0.1)
a, f = sv.input_field("a", x, default=1 + x**2), sv.input_field("f", x, default=sp.sin(x))
LINE, RING = sv.Interval(x, 0, 1), sv.Interval(x, 0, 1, periodic=True)
SQUARE, TORUS = LINE * sv.Interval(y, 0, 1), RING * sv.Interval(y, 0, 1, periodic=True)
TIME = sv.Time(t, 0, 1)
HEAT = u.diff(t) - nu * u.diff(x, 2)
POISSON = -sv.laplacian(w) - 1
FIXED = [sv.Initial(u, 0), sv.Dirichlet(u, 0)]


def problem(domain, equations, conditions=(), **rest):
    """A problem, not made until it is called."""
    return lambda: sv.Problem(domain, equations, conditions, **rest)


HEAT_1D = LINE * TIME
good = problem(HEAT_1D, HEAT, FIXED)
with_input = problem(LINE, -sv.div(a * sv.grad(s)) - f, sv.Dirichlet(s, 0))

SIDES = [
    Case(
        "one side without condition",
        problem(HEAT_1D, HEAT, [sv.Initial(u, 0), sv.Dirichlet(u, 0, on="x.min")], name="heat"),
        "'heat' has no condition on x = 1",
    ),
    Case("no boundary condition", problem(HEAT_1D, HEAT, sv.Initial(u, 0)), "no condition on x = 0 or x = 1"),
    Case(
        "one side of a square",
        problem(SQUARE, POISSON, sv.Dirichlet(w, 0, on=("x.min", "x.max", "y.min"))),
        "no condition on y = 1",
    ),
    Case(
        "too many conditions for order 2",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Neumann(u, 0, on="x.max")]),
        "too many conditions in x: 3",
    ),
    Case(
        "order 4 with two conditions",
        problem(HEAT_1D, u.diff(t) + u.diff(x, 4), FIXED),
        "because the equation has order 4 in x",
    ),
    Case("order 1 with two conditions", problem(HEAT_1D, u.diff(t) + u.diff(x), FIXED), "too many conditions in x: 2"),
    Case(
        "order 1 with none",
        problem(HEAT_1D, u.diff(t) + u.diff(x), sv.Initial(u, 0)),
        "because the equation has order 1 in x",
    ),
    Case(
        "condition at the outflow",
        problem(HEAT_1D, u.diff(t) + 2 * u.diff(x), [sv.Initial(u, 0), sv.Dirichlet(u, 0, on="x.max")]),
        "where the solution leaves",
    ),
    Case(
        "order 3 unbalanced",
        problem(
            HEAT_1D,
            u.diff(t) + u.diff(x, 3),
            [sv.Initial(u, 0), *(c(u, 0, on="x.min") for c in (sv.Dirichlet, sv.Neumann))],
        ),
        "1 on one side, 2 on the other",
    ),
    Case(
        "nothing differentiated in x",
        problem(HEAT_1D, u.diff(t) + u, FIXED),
        "nothing is differentiated with respect to x",
    ),
    Case(
        "a system with one unknown free",
        problem(HEAT_1D, [HEAT, v.diff(t) - v.diff(x, 2) - u], [*FIXED, sv.Initial(v, 0)]),
        "no condition on v on x = 0 or x = 1",
    ),
    Case(
        "a system with both on one",
        problem(HEAT_1D, [HEAT, v.diff(t) - v.diff(x, 2) - u], [*FIXED, sv.Neumann(u, 0), sv.Initial(v, 0)]),
        "on v",
    ),
    Case(
        "two values on one side",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Dirichlet(u, 1, on="x.max")]),
        "two conditions of one kind on u at x.max",
    ),
    Case("condition on a periodic side", problem(RING * TIME, HEAT, FIXED), "condition on a periodic side"),
    Case(
        "named periodic side",
        problem(RING * TIME, HEAT, [sv.Initial(u, 0), sv.Dirichlet(u, 0, on="x.min")]),
        "condition on a periodic side",
    ),
    Case(
        "no such part",
        problem(SQUARE, POISSON, [sv.Dirichlet(w, 0), sv.Dirichlet(w, 0, on="top")]),
        "no boundary part called 'top'",
    ),
    Case(
        "condition on time's end",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Dirichlet(u, 0, on="t.max")]),
        "no boundary part called 't.max'",
    ),
    Case(
        "boundary of an ODE",
        lambda: sv.Problem(TIME, (q := sv.unknown("q", t)).diff(t) + q, [sv.Initial(q, 1), sv.Dirichlet(q, 0)]),
        "boundary condition but no space",
    ),
]

STARTS = [
    Case("no initial value", problem(HEAT_1D, HEAT, sv.Dirichlet(u, 0)), "no initial value of u"),
    Case("no initial velocity", problem(HEAT_1D, u.diff(t, 2) - u.diff(x, 2), FIXED), "no initial velocity u_t"),
    Case(
        "too many initial values",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Initial(u.diff(t), 0)]),
        "too many initial conditions on u",
    ),
    Case("two initial values", problem(HEAT_1D, HEAT, [*FIXED, sv.Initial(u, 1)]), "two initial conditions on u"),
    Case(
        "initial value of a diagnostic",
        problem(RING * TIME, [HEAT + v, v - u**2], [sv.Initial(u, 0), sv.Initial(v, 0)]),
        "which has no time derivative",
    ),
    Case(
        "initial slope in space",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Initial(u.diff(x), 0)]),
        "initial condition on a space derivative",
    ),
    Case(
        "initial value that depends on time",
        problem(HEAT_1D, HEAT, [sv.Initial(u, t), sv.Dirichlet(u, 0)]),
        "initial value of 'problem' depends on time",
    ),
    Case(
        "initial value of a steady problem",
        problem(LINE, s.diff(x, 2), [sv.Initial(s, 0), sv.Dirichlet(s, 0)]),
        "initial condition but no time",
    ),
    Case(
        "time without evolution",
        problem(HEAT_1D, u.diff(x, 2), sv.Dirichlet(u, 0)),
        "Nothing in 'problem' is differentiated with respect to t",
    ),
    Case("evolution without time", problem(LINE, HEAT, sv.Dirichlet(u, 0)), "multiply the domain by sv.Time"),
    Case("third order in time", problem(HEAT_1D, u.diff(t, 3) - u.diff(x, 2), FIXED), "order 3 in time"),
]

NULLSPACES = [
    Case("pure Neumann", problem(SQUARE, POISSON, sv.Neumann(w, 0)), "Nothing fixes the constant in w"),
    Case(
        "periodic Poisson", problem(TORUS, -sv.laplacian(w) - sp.sin(2 * sp.pi * x)), "Nothing fixes the constant in w"
    ),
    Case(
        "stream function on a torus",
        problem(RING * TIME, [HEAT - v.diff(x), v.diff(x, 2) - u], sv.Initial(u, 0)),
        "add Mean(v, 0)",
    ),
    Case(
        "mean where nothing is free",
        problem(LINE, s.diff(x, 2), [sv.Dirichlet(s, 0), sv.Mean(s, 0)]),
        "one condition too many",
    ),
    Case(
        "mean of what evolves", problem(RING * TIME, HEAT, [sv.Initial(u, 0), sv.Mean(u, 0)]), "one condition too many"
    ),
    Case(
        "pure Neumann out of balance",
        problem(SQUARE, POISSON, [sv.Neumann(w, 0), sv.Mean(w)]),
        "its sources and boundary fluxes do not balance",
    ),
    Case(
        "a flux out of balance",
        problem(
            LINE, sv.div(a * sv.grad(s)) - 1, [sv.Neumann(s, 0, on="x.min"), sv.Neumann(s, 1, on="x.max"), sv.Mean(s)]
        ),
        "the equation for s leaves 1 = 0",
    ),
    Case(
        "a periodic source with a mean",
        problem(RING, s.diff(x, 2) - sp.exp(sp.cos(2 * sp.pi * x)), sv.Mean(s)),
        "subtract the mean: +1.26607 on the left",
    ),
    Case(
        "a value out of balance",
        lambda: problem(RING, s.diff(x, 2) - sv.input_field("b", x, default=0), sv.Mean(s))().replace(b=1),
        "do not balance",
    ),
    Case("two means", problem(RING, s.diff(x, 2), [sv.Mean(s, 0), sv.Mean(s, 1)]), "two means of s"),
    Case("mean that varies", problem(RING, s.diff(x, 2), sv.Mean(s, x)), "varies in space"),
    Case(
        "mean of an ODE",
        lambda: sv.Problem(TIME, (q := sv.unknown("q", t)).diff(t) + q, [sv.Initial(q, 1), sv.Mean(q)]),
        "mean but no space",
    ),
]

EQUATIONS = [
    Case("no equations", problem(LINE, []), "no equations"),
    Case(
        "fewer equations than unknowns",
        problem(RING * TIME, HEAT - v, [sv.Initial(u, 0)]),
        "fewer equations than unknowns",
    ),
    Case(
        "more equations than unknowns",
        problem(RING * TIME, [HEAT, u.diff(t) - u], [sv.Initial(u, 0)]),
        "more equations than unknowns",
    ),
    Case(
        "equation without unknown",
        problem(RING * TIME, [HEAT, nu - 1], sv.Initial(u, 0)),
        "An equation of 'problem' contains no unknown",
    ),
    Case("no unknown", problem(LINE, nu - 1), "'problem' has no unknown"),
    Case("trivially true", problem(LINE, [sp.Eq(s, s)]), "trivially true or false"),
    Case("a vector equation", problem(SQUARE, sv.grad(w)), "An equation is a vector"),
    Case("text as equation", problem(LINE, "u_xx = 0"), "not an expression"),
    Case("an inequality", problem(LINE, s.diff(x, 2) > 0), "not an expression"),
    Case("an array as equation", problem(LINE, [np.zeros(3)]), "not an expression"),
    Case("not finite", problem(LINE, s.diff(x, 2) + sp.oo, sv.Dirichlet(s, 0)), "finite numbers"),
    Case(
        "condition on a stranger",
        problem(HEAT_1D, HEAT, [*FIXED, sv.Initial(v, 0)]),
        "condition on v, which is in no equation",
    ),
    Case("not a condition", problem(HEAT_1D, HEAT, [*FIXED, sp.Eq(u, 0)]), "This is not a condition"),
    Case(
        "imaginary unit, real unknown",
        problem(RING * TIME, sp.I * u.diff(t) + u.diff(x, 2), sv.Initial(u, 0)),
        "unknowns are real",
    ),
    Case("imaginary initial value", problem(RING * TIME, HEAT, sv.Initial(u, sp.I)), "but u is real"),
    Case("unevaluated derivative", problem(LINE, sp.Derivative(a * s, x) + s, sv.Dirichlet(s, 0)), "left unevaluated"),
    Case(
        "an integral",
        problem(RING * TIME, HEAT + sp.Integral(u, (x, 0, 1)), sv.Initial(u, 0)),
        "no function of a field",
    ),
]

SYMBOLS = [
    Case("unknown symbol", problem(HEAT_1D, HEAT + sp.Symbol("k"), FIXED), 'k = sv.parameter("k", default=...)'),
    Case("another x", problem(HEAT_1D, HEAT + sp.Symbol("x"), FIXED), "use the same symbol x"),
    Case("undefined function", problem(HEAT_1D, HEAT + sp.Function("g")(x), FIXED), "neither an unknown nor an input"),
    Case(
        "unknown without time",
        problem(HEAT_1D, s.diff(x, 2), sv.Dirichlet(s, 0)),
        "does not have the coordinates of the domain",
    ),
    Case(
        "unknown at a point",
        problem(HEAT_1D, HEAT + u.subs(x, 0), FIXED),
        "does not have the coordinates of the domain",
    ),
    Case(
        "input of a foreign coordinate",
        problem(LINE, s.diff(x, 2) - sv.input_field("b", y, default=1), sv.Dirichlet(s, 0)),
        "no coordinate of the domain",
    ),
    Case(
        "one name, two parameters",
        problem(HEAT_1D, HEAT - sv.parameter("nu", default=3), FIXED),
        "uses the name nu twice",
    ),
    Case(
        "a parameter called like the unknown",
        problem(HEAT_1D, HEAT - sv.parameter("u", default=3), FIXED),
        "uses the name u twice",
    ),
    Case(
        "an input called like a coordinate",
        problem(HEAT_1D, HEAT - sv.input_field("t", x, default=3), FIXED),
        "uses the name t twice",
    ),
    Case(
        "a parameter called name",
        problem(HEAT_1D, HEAT - sv.parameter("name", default=3), FIXED),
        "means something else",
    ),
    Case("a problem without name", problem(HEAT_1D, HEAT, FIXED, name=""), "needs a name"),
    argument("a domain of nothing", problem("unit square", HEAT, FIXED), "This is not a domain"),
    argument("two times", lambda: TIME * LINE * sv.Time(y, 0, 1), "one time"),
]

DATA = [
    Case(
        "input of nothing",
        problem(LINE, s.diff(x, 2) - sv.input_field("b", x), sv.Dirichlet(s, 0)),
        "no prior, default or value",
    ),
    Case(
        "random in time",
        problem(HEAT_1D, HEAT - sv.input_field("b", x, t, prior=priors.GaussianField(priors.RBF(1))), FIXED),
        "depends on time",
    ),
    Case("initial value not periodic", problem(RING * TIME, HEAT, sv.Initial(u, x)), "not periodic in x"),
    Case(
        "source not periodic",
        problem(RING * TIME, HEAT - sp.cos(x), sv.Initial(u, 0)),
        "A coefficient or source of 'problem' is not periodic",
    ),
    Case("coefficient not periodic", problem(RING * TIME, HEAT + x * u, sv.Initial(u, 0)), "not periodic in x"),
    Case(
        "default not periodic",
        problem(RING * TIME, HEAT - a, sv.Initial(u, 0)),
        "The input a of 'problem' is not periodic",
    ),
    Case(
        "value not periodic",
        lambda: problem(RING * TIME, HEAT - sv.input_field("b", x, default=1), sv.Initial(u, 0))().replace(b=x),
        "not periodic in x",
    ),
    Case(
        "boundary value not periodic",
        problem(RING * sv.Interval(y, 0, 1), POISSON, sv.Dirichlet(w, x)),
        "not periodic in x",
    ),
    Case(
        "prior not periodic",
        problem(
            RING * TIME,
            HEAT - sv.input_field("b", x, prior=priors.GaussianField(priors.RBF(1), "neumann")),
            sv.Initial(u, 0),
        ),
        "a periodic prior on a periodic side",
    ),
    Case("a pole", problem(RING * TIME, HEAT, sv.Initial(u, 1 / sp.sin(2 * sp.pi * x) ** 2)), "not finite"),
    Case(
        "exact solution of another unknown",
        problem(HEAT_1D, HEAT, FIXED, exact={"v": 0}),
        "does not match its unknowns",
    ),
    Case(
        "exact solution with a stranger",
        problem(HEAT_1D, HEAT, FIXED, exact=sp.Symbol("q") * x),
        "contains something unknown",
    ),
    Case("exact solution as text", problem(HEAT_1D, HEAT, FIXED, exact="sin(x)"), "not an expression"),
    Case(
        "random initial value of a stranger",
        problem(HEAT_1D, HEAT, FIXED, random_initial={"v": priors.GaussianField(priors.RBF(1))}),
        "random_initial of 'problem' names 'v'",
    ),
    Case("values of a stranger", problem(HEAT_1D, HEAT, FIXED, values={"mu": 1}), "nothing called mu"),
    Case("values that are no mapping", problem(HEAT_1D, HEAT, FIXED, values=3), "no mapping"),
]

STATEMENTS = [*SIDES, *STARTS, *NULLSPACES, *EQUATIONS, *SYMBOLS, *DATA]
