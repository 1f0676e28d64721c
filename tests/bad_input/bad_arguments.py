"""The table of bad input: values that are replaced, and arguments of what a statement is made of."""

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from bad_case import Case, argument
from bad_statements import HEAT, LINE, RING, TIME, nu, problem, s, t, u, w, x, y

import sobolev as sv
from sobolev import priors

a, f = sv.input_field("a", x, default=1 + x**2), sv.input_field("f", x, default=sp.sin(x))
good = problem(LINE * TIME, HEAT, [sv.Initial(u, 0), sv.Dirichlet(u, 0)])
with_input = problem(LINE, -sv.div(a * sv.grad(s)) - f, sv.Dirichlet(s, 0))

REPLACED = [
    Case("a misspelt name", lambda: good().replace(nuu=1), "did you mean nu?"),
    Case("NaN", lambda: good().replace(nu=float("nan")), "not a finite number"),
    Case("text", lambda: good().replace(nu="big"), "not a finite number"),
    Case("an array for a number", lambda: good().replace(nu=np.ones(3)), "not a finite number"),
    Case("an expression for a number", lambda: good().replace(nu=x), "not a finite number"),
    Case("None", lambda: good().replace(nu=None), "not a finite number"),
    Case("an input of another coordinate", lambda: with_input().replace(f=y), "no coordinate of it"),
    Case("an input as text", lambda: with_input().replace(f="x"), "not an expression"),
    Case(
        "an input with NaN",
        lambda: with_input().replace(f=jnp.array([1.0, jnp.nan])),
        "1 numbers that are NaN or infinite",
    ),
    Case("an infinite input", lambda: with_input().replace(f=sp.oo), "not finite"),
    Case("nothing random to draw", lambda: sv.draw(good(), key=jax.random.key(0)), "nothing random"),
    Case("no law of initial values", lambda: good().random(), "nothing random"),
    argument("a number for a key", lambda: sv.draw(sv.problems.darcy(), key=0), "needs a random key"),
    argument("manufactured without an unknown", lambda: sv.manufactured(good()), "one expression for each unknown"),
    argument("manufactured with another", lambda: sv.manufactured(good(), u=0, v=0), "one expression for each unknown"),
    argument(
        "manufactured of a stranger",
        lambda: sv.manufactured(good(), u=sp.Symbol("q")),
        "neither coordinate nor parameter",
    ),
    argument("manufactured from text", lambda: sv.manufactured(good(), u="x"), "not an expression"),
    argument(
        "manufactured with data",
        lambda: sv.manufactured(with_input().replace(a=lambda x: x), s=x),
        "must be an expression",
    ),
    Case(
        "manufactured, not periodic",
        lambda: sv.manufactured(problem(RING * TIME, HEAT, sv.Initial(u, 0))(), u=x),
        "not periodic in x",
    ),
    argument("exact at the wrong coordinates", lambda: sv.problems.heat().exact_solution(x=0), "wrong coordinates"),
    argument("no such problem", lambda: sv.problems.find("burger"), "did you mean 'burgers'?"),
    argument("heat with odd sides", lambda: sv.problems.heat(boundary="open"), "does not know this boundary"),
    argument("four dimensions", lambda: sv.problems.heat(ndim=4), "one to three space dimensions"),
    argument("a resonance", lambda: sv.problems.helmholtz(wavenumber=sp.pi * sp.sqrt(2)), "resonance"),
    argument("three solitons", lambda: sv.problems.kdv(solitons=3), "one or two solitons"),
]

ARGUMENTS = [
    argument("no coordinates", lambda: sv.coordinates(""), "No coordinate is named"),
    argument("coordinates from numbers", lambda: sv.coordinates(3), "No coordinate is named"),
    argument("a coordinate twice", lambda: sv.coordinates("x x"), "named twice"),
    argument("a coordinate that is no name", lambda: sv.coordinates("2x"), "needs a name"),
    argument("a parameter called lambda", lambda: sv.parameter("lambda"), 'call it "lambda_"'),
    argument("a parameter without name", lambda: sv.parameter(3), "needs a name"),
    argument("a parameter of text", lambda: sv.parameter("k", default="1"), "not an expression"),
    argument("a complex parameter", lambda: sv.parameter("k", default=sp.I), "not a real number"),
    argument("an infinite parameter", lambda: sv.parameter("k", default=float("inf")), "not finite"),
    argument(
        "a parameter with a random field",
        lambda: sv.parameter("k", prior=priors.GaussianField(priors.RBF(1))),
        "draws functions",
    ),
    argument("a parameter with no law", lambda: sv.parameter("k", prior=3), "cannot be drawn from"),
    argument("a law that is a class", lambda: sv.parameter("k", prior=priors.Uniform), "cannot be drawn from"),
    argument(
        "an input with a random number", lambda: sv.input_field("b", x, prior=priors.Uniform(0, 1)), "draws numbers"
    ),
    argument("an input of nothing", lambda: sv.input_field("b"), "depends on nothing"),
    argument("a default of a stranger", lambda: sv.input_field("b", x, default=y), "no coordinate of it"),
    argument("an unknown of nothing", lambda: sv.unknown("u"), "depends on nothing"),
    argument("an unknown of numbers", lambda: sv.unknown("u", 3), "no coordinate"),
    argument("an unknown twice of x", lambda: sv.unknown("u", x, x), "names a coordinate twice"),
    argument("an unknown with a bad name", lambda: sv.unknown("u v", x), "needs a name"),
    argument("Dirichlet of no unknown", lambda: sv.Dirichlet(x, 0), "not about an unknown"),
    argument("Dirichlet of text", lambda: sv.Dirichlet(u, "0"), "not an expression"),
    argument("Dirichlet of nothing", lambda: sv.Dirichlet(u, None), "not an expression"),
    argument("Dirichlet of a function", lambda: sv.Dirichlet(u, np.sin), "use an sv.input_field"),
    argument("Dirichlet of NaN", lambda: sv.Dirichlet(u, float("nan")), "not finite"),
    argument("Dirichlet on a number", lambda: sv.Dirichlet(u, 0, on=1), "does not say where it holds"),
    argument("Dirichlet on nothing", lambda: sv.Dirichlet(u, 0, on=()), "does not say where it holds"),
    argument("Neumann of the unknown", lambda: sv.Neumann(u, u), "contains an unknown"),
    argument("Robin of nothing", lambda: sv.Robin(u, 0, 0, 1), "says nothing"),
    argument("Initial acceleration", lambda: sv.Initial(u.diff(t, 2), 0), "first time derivative"),
    argument("Initial of an expression", lambda: sv.Initial(2 * u, 0), "not about an unknown"),
    argument("Initial of an array", lambda: sv.Initial(u, np.zeros(4)), "not an expression"),
    argument("Mean of text", lambda: sv.Mean(u, "0"), "not an expression"),
    argument("gradient of nothing", lambda: sv.grad(nu), "no direction"),
    argument("gradient of text", lambda: sv.grad("u"), "not an expression"),
    argument("gradient along a number", lambda: sv.grad(u, 1), "no coordinate"),
    argument("Laplacian of None", lambda: sv.laplacian(None), "not an expression"),
    argument("divergence of a scalar", lambda: sv.div(u), "takes a vector"),
    argument("divergence of too many", lambda: sv.div([w, w, w]), "one component per coordinate"),
    argument("curl of three", lambda: sv.curl2d([w, w, w]), "two components"),
    argument("an empty interval", lambda: sv.Interval(x, 1, 0), "is empty"),
    argument("an endless interval", lambda: sv.Interval(x, 0, sp.oo), "not finite"),
    argument("an interval of text", lambda: sv.Interval(x, "0", 1), "not a number"),
    argument("an interval of a name", lambda: sv.Interval("x", 0, 1), "needs a coordinate"),
    argument("an interval that is maybe periodic", lambda: sv.Interval(x, 0, 1, periodic="no"), "yes or no"),
    argument("time backwards", lambda: sv.Time(t, 1, 0), "backwards"),
    argument("a box twice in x", lambda: LINE * LINE, "names a coordinate twice"),
    argument("a domain times a number", lambda: LINE * 3, "This is not a domain"),
]

VALUES = [*REPLACED, *ARGUMENTS]
