"""Adapted meshes against uniform ones: −Δu = 1 on the L-shape, degree 2, at about 10⁴ unknowns.

`python -m benchmarks.adaptive [--json PATH]`. Errors are those of the gradient and of u in L2, relative, against a
solution on an adapted mesh with ten times as many unknowns. Counts of unknowns and errors do not depend on the machine.
The bar: at 10⁴ unknowns the error is at most a quarter of that on a uniform mesh; estimates within 0.3 to 3 of it.
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
from sobolev.spaces import at_points


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


def measured() -> dict[str, Any]:
    problem = sv.problems.poisson_l_shape()
    reference = sv.solve(problem, FiniteElement(), tolerance=1e-6, quiet=True)
    adapted = sv.solve(problem, FiniteElement(), tolerance=5e-5, quiet=True)
    count = 32
    uniform = sv.solve(problem, FiniteElement(), resolution=count, quiet=True)
    for _ in range(2):  # resolutions for as many unknowns
        count = round(count * (adapted.space.size / uniform.space.size) ** 0.5)
        uniform = sv.solve(problem, FiniteElement(), resolution=count, quiet=True)
    errors = {"adapted": against(reference, adapted), "uniform": against(reference, uniform)}
    bar = adapted.error_bar
    ratio = {
        # at equal unknowns: uniform errors fall like N^{-1/3} in the gradient and N^{-2/3} in L2
        "gradient": errors["uniform"]["gradient"] / errors["adapted"]["gradient"],
        "l2": errors["uniform"]["l2"] / errors["adapted"]["l2"],
    }
    return {
        "unknowns": {"adapted": adapted.space.size, "uniform": uniform.space.size, "reference": reference.space.size},
        "errors": errors,
        "uniform over adapted": ratio,
        "estimate over error": {
            "l2": bar.relative_l2 / errors["adapted"]["l2"],
            "gradient": bar.gradient / errors["adapted"]["gradient"],
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
