"""21, PInv: recover a in −∇·(a∇u) = f on the unit square from noisy values of u at 50 × 50 nodes.

Repaired: the original's f has (2x + 1) and (2y + 1) where a* needs (2x − 1) and (2y − 1), so that (u*, a*) does not
solve its own equation; and its noise has no seed. a is known on the boundary and u is not, so that the trace of u is
fitted too. Errors of a and u are listed one by one, for noise of standard deviation 0, 0.01 and 0.1 (u* has rms 1/2);
what the trivial row scores is both together. The bar is for data without noise.
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

import sobolev as sv
from sobolev import Dirichlet, Interval, Problem, coordinates, input_field, unknown
from sobolev.methods import FiniteElement

from ._case import Answer, Attempt, Case, Contender, Exact, Places, Published
from ._inverse import Field, Trace, field_prior, gauss_newton, joined, trace_prior
from ._places import in_box

x, y = coordinates("x y")
u = unknown("u", x, y)
a, g = (input_field(name, x, y, default=1) for name in "ag")
NODES = tuple(c.ravel() for c in np.meshgrid(*[np.linspace(0, 1, 50)] * 2, indexing="ij"))
INSIDE, ALONG = 7, 6  # functions of a per side, and of the trace of u per edge
SEED = 20240521


def true_u(x, y):
    return np.sin(np.pi * x) * np.sin(np.pi * y)


def true_a(x, y):
    return 1 / (1 + x**2 + y**2 + (x - 1) ** 2 + (y - 1) ** 2)


def statement() -> Problem:
    exact = 1 / (1 + x**2 + y**2 + (x - 1) ** 2 + (y - 1) ** 2)
    (sx, sy), (cx, cy) = ([f(sp.pi * c) for c in (x, y)] for f in (sp.sin, sp.cos))
    slope = (2 * x - 1) * cx * sy + (2 * y - 1) * sx * cy
    force = 2 * sp.pi**2 * exact * sx * sy + 2 * sp.pi * exact**2 * slope
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1),
        sp.Eq(-sv.div(a * sv.grad(u)), force),
        [Dirichlet(u, g)],
        name="inverse_poisson",
    )


def spanned(x, y):
    """Coons' interpolation of a's values on the boundary."""
    along = (1 - x) * true_a(0, y) + x * true_a(1, y) + (1 - y) * true_a(x, 0) + y * true_a(x, 1)
    corners = [(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y]
    return along - sum(c * true_a(i, j) for c, (i, j) in zip(corners, ((0, 0), (0, 1), (1, 0), (1, 1)), strict=True))


def recovered(case: Case, size: int, *, noise: float) -> Attempt:
    """a and the trace of u by Gauss–Newton, `size` elements of degree 2 a side."""
    problem = case.statement()
    data = true_u(*NODES) + noise * np.random.default_rng(SEED).standard_normal(len(NODES[0]))

    def parts(unknowns):
        inner = unknowns[: INSIDE**2].reshape(INSIDE, INSIDE)
        return Field(inner, spanned, 0.0, 1.0), Trace(unknowns[INSIDE**2 :], 0.0, 1.0)

    def solution(unknowns):
        coefficient, trace = parts(unknowns)
        return sv.solve(problem.replace(a=coefficient, g=trace), FiniteElement(), resolution=size, quiet=True)

    prior = joined(field_prior(INSIDE), trace_prior(ALONG))
    fit = gauss_newton(lambda c: solution(c)(x=NODES[0], y=NODES[1]), data, noise, prior)
    unknowns = jnp.asarray(fit.unknowns)

    def evaluate(places: Places) -> Answer:
        found = jax.jit(lambda c: solution(c)(**places))(unknowns)
        return {"u": np.asarray(found), "a": np.asarray(parts(unknowns)[0](places["x"], places["y"]))}

    return Attempt(evaluate, fit.seconds, fit.compiling, f"{size}, {fit.iterations} iterations")


CASE = Case(
    number=21,
    name="PInv",
    statement=statement,
    contenders=tuple(
        Contender(f"Gauss–Newton, finite elements, noise {noise:g}", functools.partial(recovered, noise=noise), (16,))
        for noise in (0.0, 0.01, 0.1)
    ),
    truth=Exact(lambda at: {"u": true_u(at["x"], at["y"]), "a": true_a(at["x"], at["y"])}),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 50),
    trivial=0.446,
    published=Published(9.42e-2, 1.96e-2, "void"),
)
