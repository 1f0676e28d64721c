"""Sobolev's side of `benchmarks.etd`: statements, stepped by SpectralETD with the 2/3 rule and fixed steps."""

import json
import sys

import jax
import numpy as np
import sympy as sp
from _etd_cases import (
    KS_LENGTH,
    KS_POINTS,
    KS_STEP,
    KS_STEPS,
    NS_POINTS,
    NS_STEP,
    NS_STEPS,
    NS_VISCOSITY,
    ORDERS,
    ks_start,
    ns_start,
    seconds,
)

from sobolev import (
    Grid,
    GridField,
    Initial,
    Interval,
    Mean,
    Problem,
    Time,
    coordinates,
    input_field,
    laplacian,
    unknown,
)
from sobolev._core import precision_context
from sobolev.equations import values_of
from sobolev.methods import SpectralETD
from sobolev.solvers import ETDRK2, ETDRK4, FixedStep

SCHEMES = {4: ETDRK4, 2: ETDRK2}
x, y, t = coordinates("x y t")


def kuramoto_sivashinsky() -> Problem:
    u, start = unknown("u", x, t), input_field("start", x, default=0)
    problem = Problem(
        domain=Interval(x, 0, KS_LENGTH, periodic=True) * Time(t, 0, KS_STEP * KS_STEPS),
        equations=[sp.Eq(u.diff(t) + u * u.diff(x) + u.diff(x, 2) + u.diff(x, 4), 0)],
        conditions=[Initial(u, start)],
    )
    grid = Grid.over(problem.space, KS_POINTS)
    return problem.replace(start=GridField(ks_start(), grid, "start"))


def navier_stokes() -> Problem:
    w, psi = unknown("w", x, y, t), unknown("psi", x, y, t)
    start = input_field("start", x, y, default=0)
    problem = Problem(
        domain=Interval(x, 0, 1, periodic=True) * Interval(y, 0, 1, periodic=True) * Time(t, 0, NS_STEP * NS_STEPS),
        equations=[
            sp.Eq(w.diff(t) + psi.diff(y) * w.diff(x) - psi.diff(x) * w.diff(y), NS_VISCOSITY * laplacian(w)),
            sp.Eq(-laplacian(psi), w),
        ],
        conditions=[Initial(w, start), Mean(psi, 0)],
    )
    grid = Grid.over(problem.space, NS_POINTS)
    return problem.replace(start=GridField(ns_start(), grid, "start"))


def main(folder: str) -> None:
    result = {}
    with precision_context("double"):
        for name, problem, points, step in (
            ("ks", kuramoto_sivashinsky(), KS_POINTS, KS_STEP),
            ("ns", navier_stokes(), NS_POINTS, NS_STEP),
        ):
            values = values_of(problem)
            for order in ORDERS:
                method = SpectralETD(points, SCHEMES[order], FixedStep(step), dealias="2/3")
                compiled = method.compile(problem, tolerance=1e-6, times=[problem.time.stop])
                result[f"{name}{order}"] = seconds(lambda c=compiled, v=values: jax.block_until_ready(c.run(v)))
                coefficients = compiled.run(values).coefficients[0][..., :1]
                shape = (points,) * problem.ndim
                np.save(f"{folder}/ours_{name}{order}.npy", compiled.space.to_grid(coefficients, shape)[..., 0])
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
