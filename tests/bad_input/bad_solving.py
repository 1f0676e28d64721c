"""The table of bad input: domains, priors, sv.solve, methods that cannot take a statement, and solutions."""

import functools
import math

import jax
import numpy as np
import sympy as sp
from bad_case import Case, argument, in_file, refused
from bad_statements import HEAT, HEAT_1D, LINE, RING, SQUARE, TIME, good, nu, problem, s, t, u, w, x, y

import sobolev as sv
from sobolev import methods, priors, problems
from sobolev.domains import Box

FLAT = sv.Dirichlet(s, 0)
G, R = priors.GaussianField, priors.RBF
KEY = jax.random.key(0)
HEAT_UP = sv.Problem(HEAT_1D, HEAT, [sv.Initial(u, sp.sin(sp.pi * x)), sv.Dirichlet(u, 0)], name="heat")
LOOSE = sv.Problem(HEAT_1D, HEAT.subs(nu, sv.parameter("k")) - sv.parameter("m") * u, HEAT_UP.conditions, name="loose")
UNDRAWN = HEAT_UP.replace(equations=[HEAT - sv.parameter("k", prior=priors.Uniform(0, 1)) * u])
RANDOM = sv.Problem(LINE, s.diff(x, 2) - sv.input_field("b", x, prior=priors.GaussianField(priors.RBF(1))), FLAT)
JUMP = sv.Problem(SQUARE, sv.div((1 + sp.Heaviside(x - sp.Rational(1, 3))) * sv.grad(w)) - 1, sv.Dirichlet(w, 0))
MIXED = problem(HEAT_1D, u.diff(t, x) - u, [sv.Initial(u, sp.sin(sp.pi * x)), sv.Dirichlet(u, 0, "x.min")])
CUBE = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1) * sv.Interval(sv.coordinates("z"), 0, 1)


def solve(statement=HEAT_UP, **how):
    """A call of sv.solve, not made until it is called."""
    return lambda: sv.solve(statement, **{"method": methods.FiniteDifference(), "quiet": True, **how})


@functools.cache
def heat():
    return sv.solve(HEAT_UP.replace(nu=1.0), methods.FiniteDifference(), resolution=9, times=[0, 0.05, 0.1], quiet=True)


@functools.cache
def rest():
    """A steady solution with walls."""
    bar = sv.Problem(LINE, -s.diff(x, 2) - 1, sv.Dirichlet(s, 0), name="bar")
    return sv.solve(bar, methods.FiniteDifference(), resolution=9, quiet=True)


@functools.cache
def lorenz():
    return sv.solve(problems.lorenz(stop=0.1), tolerance=1e-3, quiet=True)


DOMAINS = [
    argument("a box of nothing", lambda: Box(()), "product of intervals"),
    argument("space and time in x", lambda: LINE * sv.Time(x, 0, 1), "both space and time"),
    argument(
        "seven sides", lambda: math.prod((sv.Interval(c, 0, 1) for c in sv.coordinates("m n p q")), start=CUBE), "six"
    ),
    argument("no such side", lambda: Box((LINE,)).side("y"), "no such coordinate"),
]

PRIORS = [
    argument("a law without width", lambda: priors.Uniform(1, 0), "Uniform"),
    argument("a length scale below zero", lambda: R(-1), "length"),
    argument("a field with odd ends", lambda: G(R(1), "open"), "does not know this boundary"),
    argument("half a mode", lambda: G(R(1), modes=0.5), "modes is not a whole number"),
    argument("two phases of a number", lambda: priors.TwoPhase(3, 0, 1), "TwoPhase needs a law of fields"),
    argument("a mean that is NaN", lambda: G(R(1), mean=float("nan")), "mean is not finite"),
    argument(
        "a draw at the wrong coordinates",
        lambda: G(R(1), modes=2).draw(sv.problems.poisson().space, key=KEY)(x=0),
        "wrong coordinates",
    ),
]

SOLVING = [
    argument("solve text", lambda: sv.solve("heat"), "takes a statement"),
    argument("refer to text", lambda: sv.reference("heat"), "takes a statement"),
    argument("a tolerance of two", solve(tolerance=2.0), "tolerance is out of range"),
    argument("a tolerance of nothing", solve(tolerance=0.0), "tolerance is out of range"),
    argument("a tolerance as text", solve(tolerance="small"), "tolerance is out of range"),
    argument("a reference without tolerance", lambda: sv.reference(HEAT_UP, tolerance=-1.0), "tolerance"),
    argument("minus three points", solve(resolution=-3), "no number of points"),
    argument("one and a half points", solve(resolution=1.5), "no number of points"),
    argument("points of two sides", solve(resolution=(8, 8)), "One number of points per side"),
    argument("points as text", solve(resolution="64"), "no number of points"),
    argument("times beyond the end", solve(times=[0.5, 1.5]), "times to save do not fit"),
    argument("times backwards", solve(times=[0.5, 0.1]), "times to save do not fit"),
    argument("an empty list of times", solve(times=[]), "times to save do not fit"),
    argument("times that are NaN", solve(times=[0.0, float("nan")]), "times to save do not fit"),
    argument("times as text", solve(times="all"), "times to save"),
    argument("times of a steady problem", solve(problems.poisson(1), times=[0.1]), "no times"),
    argument("a class for a method", solve(method=methods.SpectralETD), "add the brackets"),
    argument("text for a method", solve(method="SpectralETD"), "not a method"),
    argument("half precision", solve(precision="half"), "'single' or 'double'"),
    argument("order three", lambda: methods.FiniteDifference(order=3), "no such order"),
    argument("too few points", solve(method=methods.FiniteDifference(order=6), resolution=5), "too few points"),
    argument("dealiasing by no", lambda: methods.SpectralETD(dealias="no"), "dealias"),
    argument("a scheme as text", lambda: methods.SpectralETD(scheme="ETDRK4"), "scheme"),
    argument(
        "gradients without resolution",
        lambda: jax.grad(lambda k: sv.solve(HEAT_UP.replace(nu=k), quiet=True)(x=0.2, t=0.1))(0.4),
        "cannot be refined",
    ),
    Case(
        "a function that JAX does not have",
        lambda: sv.solve(
            sv.Problem(LINE, -s.diff(x, 2) - sp.besselj(0, x), FLAT),
            methods.FiniteDifference(),
            resolution=9,
            quiet=True,
        ),
        "cannot be evaluated",
    ),
    Case("parameters without value", solve(LOOSE), "parameters k, m of 'loose' have no value"),
    Case("a parameter that is random", solve(UNDRAWN), "or draw them: sv.draw"),
    Case("an input that is random", solve(RANDOM), "draw it: sv.draw"),
    refused("Fourier modes between walls", solve(method=methods.SpectralETD()), "Methods that can: Chebyshev"),
    refused(
        "Chebyshev on a ring",
        solve(problem(RING * TIME, HEAT, sv.Initial(u, 0))(), method=methods.Chebyshev()),
        "periodic",
    ),
    refused("Fourier modes of what rests", solve(problems.poisson(2), method=methods.SpectralETD()), "steady"),
    refused("an ODE on a grid", solve(problems.lorenz(), method=methods.FiniteDifference()), "needs a space"),
    refused("a mixed derivative in time", lambda: sv.solve(MIXED()), "No method in the library takes"),
    refused("Chebyshev where data jump", solve(JUMP, method=methods.Chebyshev()), "jumps"),
    Case(
        "a resonance in the matrix",
        solve(
            sv.Problem(LINE, -s.diff(x, 2) - 256 * (2 - 2 * sp.cos(sp.pi / 16).evalf(30)) * s - 1, sv.Dirichlet(s, 0)),
            resolution=17,
        ),
        "was not solved",
        sv.ConvergenceError,
    ),
]

SOLUTIONS = [
    argument("a solution without x", lambda: heat()(t=0.05), "wrong coordinates"),
    argument("a solution with y", lambda: heat()(x=0.5, y=0, t=0.05), "wrong coordinates"),
    argument("a solution after its end", lambda: heat()(x=0.5, t=0.2), "outside the solved times"),
    argument("a solution outside its box", lambda: heat()(x=1.5, t=0.05), "outside the box"),
    argument("a solution at NaN", lambda: heat()(x=np.nan, t=0.05), "NaN"),
    argument("a solution at text", lambda: heat()(x="left", t=0.05), "not a number"),
    argument(
        "a solution at points that do not match",
        lambda: heat()(x=np.linspace(0, 1, 3), t=np.array([0.01, 0.02])),
        "do not broadcast",
    ),
    argument(
        "an exact solution at points that do not match",
        lambda: problems.heat().exact_solution(x=np.linspace(0, 1, 3), t=np.array([0.01, 0.02])),
        "do not broadcast",
    ),
    argument("another unknown", lambda: heat()["w"], "no such unknown"),
    argument("three unknowns at once", lambda: lorenz()(t=0.05), "several unknowns"),
    argument("times backwards again", lambda: heat().restrict(0.1, 0.05), "start < stop"),
    argument("a moment of what rests", lambda: rest().at(0.0), "does not depend on time"),
    argument("a derivative along y", lambda: heat().derivative("u", {"y": 1}, x=0.5, t=0.05), "wrong coordinates"),
    argument("two solutions of other unknowns", lambda: heat().compare(lorenz()), "different unknowns"),
    Case("no exact solution", lambda: lorenz().compare(), "No exact solution"),
    refused("what rests conserves nothing", lambda: rest().conservation(), "steady"),
    refused("an animation of what rests", lambda: rest().animate("still.gif"), "nothing to animate"),
    argument("a Robin condition that is text", lambda: sv.Robin(w, "a", 1, 0), "not an expression"),
    in_file("no such solution", lambda here: sv.load_solution(here / "missing.npz"), "no file"),
    in_file(
        "a torn solution",
        lambda here: sv.load_solution(_torn(heat().save(here / "heat.npz"))),
        "torn or holds no solution",
    ),
    in_file("a solution of other data", lambda here: sv.load_solution(_archive(here, a=np.zeros(3))), "no solution"),
    in_file(
        "a pickled solution",
        lambda here: sv.load_solution(_archive(here, header=np.array([{"a": 1}], dtype=object))),
        "no solution",
    ),
    in_file(
        "a solution of another statement",
        lambda here: sv.load_solution(heat().save(here / "heat.npz"), good()),
        "another statement",
        sv.StatementError,
    ),
    in_file(
        "a solution below a file",
        lambda here: heat().save(_archive(here, a=np.zeros(3)) / "heat.npz"),
        "Cannot write",
        sv.StoreError,
    ),
]


def _torn(path):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _archive(folder, **arrays):
    np.savez(folder / "other.npz", **arrays)
    return folder / "other.npz"


SOLVED = [*DOMAINS, *PRIORS, *SOLVING, *SOLUTIONS]
