"""22, HInv: recover a in u_t − ∇·(a∇u) = f on [−1, 1]², t ≤ 1, from 2500 noisy values of u at scattered (x, y, t).

Repaired: the noise has a seed, and errors of a and u are listed one by one (a has 97 % of the joint score), for
noise of standard deviation 0, 0.01 and 0.1 (u* has rms 0.33). a is known on the boundary (2); u is known neither there
nor at the start: the trace at each time and the start are fitted too. The places are those of the benchmark where
`../shared/data` has them, else as many of the same kind.

In time u is a polynomial of degree 4 through 0 and Radau's four points, at which the equation holds: a steady system of
four unknowns, which Chebyshev points take in space, and differentiate. The bar is for data without noise.
"""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

import sobolev as sv
from sobolev import Dirichlet, Interval, Problem, coordinates, input_field, unknown
from sobolev.methods import Chebyshev

from ._case import Answer, Attempt, Case, Contender, Exact, Places, Published
from ._inverse import Field, Trace, field_prior, gauss_newton, joined, lagrange, radau, trace_prior
from ._places import in_box
from ._scores import SHARED

x, y = coordinates("x y")
STAGES = 4
NODES, RATES = radau(STAGES)
u = [unknown(f"u{i}", x, y) for i in range(1, STAGES + 1)]
a, start = (input_field(name, x, y, default=1) for name in ("a", "start"))
traces = [input_field(f"g{i}", x, y, default=0) for i in range(1, STAGES + 1)]
INSIDE, ALONG = 6, 4  # functions of a and of the start per side, and of traces per edge
SEED = 20240522


def true_u(x, y, t):
    return np.exp(-t) * np.sin(np.pi * x) * np.sin(np.pi * y)


def true_a(x, y):
    return 2 + np.sin(np.pi * x) * np.sin(np.pi * y)


def sensors() -> Places:
    path = SHARED / "pinnacle" / "heatinv_points.dat"
    if path.exists():
        points = np.loadtxt(path)
    else:
        points = np.random.default_rng(SEED).uniform((-1, -1, 0), (1, 1, 1), (2500, 3))
    return dict(zip("xyt", points.T, strict=True))


def statement() -> Problem:
    """The equation at Radau's points in time."""
    (sx, sy), (cx, cy) = ([f(sp.pi * c) for c in (x, y)] for f in (sp.sin, sp.cos))
    shape = (4 * sp.pi**2 - 1) * sx * sy + sp.pi**2 * (2 * sx**2 * sy**2 - cx**2 * sy**2 - sx**2 * cy**2)
    equations = []
    for i, each in enumerate(u, 1):
        rate = sum(float(r) * w for r, w in zip(RATES[i], [start, *u], strict=True))
        equations.append(sp.Eq(rate - sv.div(a * sv.grad(each)), float(np.exp(-NODES[i])) * shape))
    return Problem(
        Interval(x, -1, 1) * Interval(y, -1, 1),
        equations,
        [Dirichlet(each, g) for each, g in zip(u, traces, strict=True)],
        name="inverse_heat",
    )


def recovered(case: Case, size: int, *, noise: float) -> Attempt:
    """a, the start and the traces by Gauss–Newton, `size` Chebyshev points a side."""
    problem, at = case.statement(), sensors()
    data = true_u(**at) + noise * np.random.default_rng(SEED).standard_normal(len(at["t"]))
    inner, edge = INSIDE**2, 4 + 4 * ALONG

    def parts(unknowns):
        coefficient = Field(unknowns[:inner].reshape(INSIDE, INSIDE), _two, -1.0, 1.0)
        edges = [Trace(c, -1.0, 1.0) for c in unknowns[2 * inner :].reshape(STAGES + 1, edge)]
        return coefficient, Field(unknowns[inner : 2 * inner].reshape(INSIDE, INSIDE), edges[0], -1.0, 1.0), edges[1:]

    def values(unknowns, x, y, t):
        coefficient, first, edges = parts(unknowns)
        given = {f"g{i}": g for i, g in enumerate(edges, 1)}
        bound = problem.replace(a=coefficient, start=first, **given)
        solution = sv.solve(bound, Chebyshev(), resolution=size, quiet=True)
        all_times = [first(x, y), *(solution[f"u{i}"](x=x, y=y) for i in range(1, STAGES + 1))]
        return sum(w * v for w, v in zip(np.moveaxis(lagrange(NODES, t), -1, 0), all_times, strict=True))

    prior = joined(*[field_prior(INSIDE)] * 2, *[trace_prior(ALONG)] * (STAGES + 1))
    fit = gauss_newton(lambda c: values(c, **at), data, noise, prior)
    unknowns = jnp.asarray(fit.unknowns)

    def evaluate(places: Places) -> Answer:
        found = jax.jit(lambda c: values(c, **places))(unknowns)
        return {"u": np.asarray(found), "a": np.asarray(parts(unknowns)[0](places["x"], places["y"]))}

    return Attempt(evaluate, fit.seconds, fit.compiling, f"{size}, {fit.iterations} iterations")


def _two(x, y):
    return 2.0


CASE = Case(
    number=22,
    name="HInv",
    statement=statement,
    contenders=tuple(
        Contender(f"Gauss–Newton, Chebyshev, noise {noise:g}", functools.partial(recovered, noise=noise), (13,))
        for noise in (0.0, 0.01, 0.1)
    ),
    truth=Exact(lambda at: {"u": true_u(at["x"], at["y"], at["t"]), "a": true_a(at["x"], at["y"])}),
    places=lambda: in_box({"x": (-1, 1), "y": (-1, 1)}, 24, (0.1, 0.3, 0.5, 0.7, 0.9)),
    trivial=0.286,
    published=Published(1.57, 5.09e-2, "sound"),
)
