"""Adapted meshes against uniform ones: −Δu = 1 on the L-shape, degree 2, at about 10⁴ unknowns.

`python -m benchmarks.adaptive [--json PATH]`. Errors are those of the gradient and of u in L2, relative, against a
solution on an adapted mesh with ten times as many unknowns. Counts of unknowns and errors do not depend on the machine.
The bar: at 10⁴ unknowns the error is at most a quarter of that on a uniform mesh; estimates, of a solve to a tolerance,
within 0.3 to 3 of its error.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

import sobolev as sv
from sobolev.methods import FiniteElement
from sobolev.methods._adapt import refined_by
from sobolev.spaces import at_points

UNKNOWNS = 10_000


def against(reference: sv.Solution, solution: sv.Solution) -> dict[str, float]:
    """Relative errors in L2 and of the gradient, on the reference's cells."""
    rule = reference.space.table.rule(4)
    points = np.moveaxis(rule.points, 0, -1).reshape(-1, 2)
    weights = (rule.weights[:, None] * rule.size).ravel()
    (u, du), (v, dv) = (at_points(s.space, np.asarray(s.coefficients), points) for s in (solution, reference))
    return {
        "l2": float(np.sqrt(weights @ (u - v)[:, 0] ** 2 / (weights @ v[:, 0] ** 2))),
        "gradient": float(np.sqrt(weights @ ((du - dv)[..., 0] ** 2).sum(1) / (weights @ (dv[..., 0] ** 2).sum(1)))),
    }


def adapted_to(problem: sv.Problem, unknowns: int) -> sv.Solution:
    """On the mesh of an adapted solution with fewer unknowns, refined by its indicators to as many as asked for."""
    coarse = sv.solve(problem, FiniteElement(), tolerance=2e-4, quiet=True)
    growth, mesh = unknowns / coarse.space.size, coarse.space.mesh
    for _ in range(4):  # marking takes whole groups of cells: the nearest of some tries
        tried = refined_by(coarse.space.mesh, coarse.cell_errors**2, FiniteElement().degree, growth)
        size = FiniteElement().on(tried).size
        if abs(size - unknowns) < abs(FiniteElement().on(mesh).size - unknowns):
            mesh = tried
        growth *= unknowns / size
    return sv.solve(problem, FiniteElement(mesh=mesh), resolution=1, quiet=True)


def uniform_to(problem: sv.Problem, unknowns: int) -> sv.Solution:
    count = 32
    uniform = sv.solve(problem, FiniteElement(), resolution=count, quiet=True)
    for _ in range(2):
        count = round(count * (unknowns / uniform.space.size) ** 0.5)
        uniform = sv.solve(problem, FiniteElement(), resolution=count, quiet=True)
    return uniform


def measured() -> dict[str, Any]:
    problem = sv.problems.poisson_l_shape()
    reference = sv.solve(problem, FiniteElement(), tolerance=1e-6, quiet=True)
    asked = sv.solve(problem, FiniteElement(), tolerance=5e-5, quiet=True)
    adapted, uniform = adapted_to(problem, UNKNOWNS), uniform_to(problem, UNKNOWNS)
    runs = {"adapted": adapted, "uniform": uniform, "adapted, to 5e-5": asked}
    errors = {name: against(reference, solution) for name, solution in runs.items()}
    bar = asked.error_bar
    return {
        "unknowns": {name: s.space.size for name, s in runs.items()} | {"reference": reference.space.size},
        "errors": errors,
        "uniform over adapted": {
            kind: errors["uniform"][kind] / errors["adapted"][kind] for kind in ("gradient", "l2")
        },
        "estimate over error": {
            "l2": bar.relative_l2 / errors["adapted, to 5e-5"]["l2"],
            "gradient": bar.gradient / errors["adapted, to 5e-5"]["gradient"],
        },
        "bar": {"uniform over adapted": 4.0, "estimate over error": [0.3, 3.0]},
        "estimate": dataclasses.asdict(bar),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    path = parser.parse_args().json
    found = measured()
    for name in ("unknowns", "errors", "uniform over adapted", "estimate over error", "bar"):
        print(f"{name}: {found[name]}")
    if path is not None:
        path.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
