"""Steady problems: observed orders as declared, the time of a 256² Darcy solve, and solves per second in batches.

`python -m benchmarks.steady --json PATH` writes `error` (the largest distance of an observed from a declared order),
`darcy_256` (seconds: first call with compilation, later calls) and `darcy_64_milliseconds_per_sample`.
"""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

import sobolev as sv
from sobolev._core import precision_context
from sobolev.equations import Values, values_of
from sobolev.methods import FiniteDifference

from ._measure import arguments, median, report

x, y = sv.coordinates("x y")
SQUARE = sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1)
EXACT = sp.sin(5 * x + 1) * sp.exp(y / 2) + sp.cos(4 * x * y)
POINTS = {2: (33, 65), 4: (33, 65), 6: (25, 41)}  # before rounding errors show


def statements() -> dict[str, tuple[sv.Problem, tuple[int, ...]]]:
    """Manufactured statements, and the orders to be observed on them."""
    u = sv.unknown("u", x, y)
    smooth = 2 + sp.sin(3 * x) * sp.cos(2 * y)
    walls = [sv.Dirichlet(u, 0)]
    given = {
        "Darcy, smooth a": (-sv.div(smooth * sv.grad(u)), (2, 4, 6)),
        "Poisson, variable coefficient": (-sv.div((1 + x * y) * sv.grad(u)) + x * u.diff(x), (2, 4, 6)),
        "Helmholtz, k² = 150": (sv.laplacian(u) + 150 * u, (2, 4, 6)),
        "nonlinear, Δu + eᵘ": (sv.laplacian(u) + sp.exp(u), (2, 4, 6)),
    }
    return {
        name: (sv.manufactured(sv.Problem(SQUARE, [sp.Eq(left, 0)], walls, name=name), u=EXACT), orders)
        for name, (left, orders) in given.items()
    }


def layered() -> tuple[sv.Problem, sp.Expr]:
    """Two phases with contrast 100 and an interface on a cell face of every grid used, and the exact solution."""
    u, n = sv.unknown("u", x, y), sp.Rational(1, 2)
    a = sp.Piecewise((100, x < n), (1, True))
    left, right = sp.sin(sp.pi * (x - n)) / 100, sp.sin(sp.pi * (x - n))
    exact = sp.Piecewise((left, x < n), (right, True)) * sp.cos(y)
    source = (sp.pi**2 + sp.Piecewise((1, x < n), (1, True))) * sp.sin(sp.pi * (x - n)) * sp.cos(y)
    conditions = [
        sv.Dirichlet(u, left.subs(x, 0) * sp.cos(y), on="x.min"),
        sv.Dirichlet(u, right.subs(x, 1) * sp.cos(y), on="x.max"),
        sv.Dirichlet(u, exact.subs(y, 0), on="y.min"),
        sv.Dirichlet(u, exact.subs(y, 1), on="y.max"),
    ]
    return sv.Problem(SQUARE, [sp.Eq(-sv.div(a * sv.grad(u)), source)], conditions, name="Darcy, two phases"), exact


def error(problem: sv.Problem, exact: sp.Expr, order: int, n: int) -> float:
    compiled = FiniteDifference(order=order).compile(problem, tolerance=1e-9, resolution=n)
    outcome = compiled.run(values_of(problem))
    mesh = np.meshgrid(*(a.coordinates for a in compiled.space.grid.axes), indexing="ij")
    expected = sp.lambdify([x, y], exact, "numpy")(*mesh)
    return float(np.linalg.norm(np.asarray(outcome.coefficients[..., 0]) - expected) / np.linalg.norm(expected))


def orders() -> float:
    """Prints the table; the largest shortfall of an observed order."""
    worst = 0.0
    print(f"{'statement':34} {'declared':>8} {'observed':>9}   errors")
    rows = [(p, EXACT, o, POINTS[o]) for p, found in statements().values() for o in found]
    problem, exact = layered()
    for statement, solution, order, points in [*rows, (problem, exact, 2, (34, 68))]:
        errors = [error(statement, solution, order, n) for n in points]
        ratio = np.log((points[1] - 1) / (points[0] - 1))
        observed = float(np.log(errors[0] / errors[1]) / ratio)
        worst = max(worst, order - observed)
        print(f"{statement.name:34} {order:8} {observed:9.2f}   {errors[0]:.1e} → {errors[1]:.1e}", flush=True)
    return worst


def darcy_256(repeats: int = 5) -> dict[str, float]:
    """Seconds of a two-phase Darcy solve on 256² points: first call, and later calls with other coefficients."""
    problem, rng = sv.problems.darcy(), np.random.default_rng(0)
    compiled = FiniteDifference().compile(problem, tolerance=1e-6, resolution=256)
    times = []
    for _ in range(repeats + 1):
        blobs = np.kron(rng.random((16, 16)) > 0.5, np.ones((16, 16)))
        field = sv.GridField(np.where(blobs, 12.0, 3.0), compiled.space.grid, "a")
        begin = time.perf_counter()
        jax.block_until_ready(compiled.run(Values({}, {"a": field})))
        times.append(time.perf_counter() - begin)
    return {"first": times[0], "later": median(times[1:])}


def darcy_64(batch: int = 64, repeats: int = 3) -> float:
    """Milliseconds per sample of two-phase Darcy solves on 64² points in batches."""
    problem, rng = sv.problems.darcy(), np.random.default_rng(0)
    compiled = FiniteDifference().compile(problem, tolerance=1e-6, resolution=64)
    blobs = np.kron(rng.random((batch, 8, 8)) > 0.5, np.ones((8, 8)))
    fields = jnp.asarray(np.where(blobs, 12.0, 3.0))
    grid = compiled.space.grid
    solve = jax.jit(jax.vmap(lambda a: compiled.run(Values({}, {"a": sv.GridField(a, grid, "a")})).coefficients))
    jax.block_until_ready(solve(fields))
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        jax.block_until_ready(solve(fields))
        times.append(time.perf_counter() - begin)
    return 1e3 * min(times) / batch


def main() -> None:
    given = arguments(__doc__, runs=5)
    with precision_context("double"):
        figures = {
            "error": orders(),
            "darcy_256": darcy_256(given.runs),
            "darcy_64_milliseconds_per_sample": darcy_64(repeats=given.runs),
        }
    report(figures, given.json)


if __name__ == "__main__":
    main()
