"""Lid-driven cavity against PINNacle's reference, and a sweep over Reynolds numbers: `python -m benchmarks.cavity`.

Lid 4x(1 − x), ν = 1/100, by Taylor–Hood elements on a mesh graded towards the walls. The file has 101² nodes; its two
upper corners, where the pressure is infinite, are left out, and pressures are compared up to their means. Without the
file only the sweep is run: lid and ν up to Re 1000, each started from nothing. Bar: u and v within 3e-3 (relative L2).
`--cells N` (default 32), `--json PATH`.
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
from sobolev.spaces import box_mesh

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "pinnacle" / "lid_driven_a4.dat"
SWEEP = ((1.0, 1 / 100), (4.0, 1 / 100), (1.0, 1 / 400), (1.0, 1 / 1000))


def graded(problem: sv.Problem, cells: int) -> Any:
    """Equal cells moved halfway to where the nodes of Chebyshev's polynomials are."""
    mesh = box_mesh(problem.space, (cells, cells))
    x = mesh.vertices
    return dataclasses.replace(mesh, vertices=(x + (1 - np.cos(np.pi * x)) / 2) / 2)


def against_file(solution: sv.Solution) -> dict[str, float]:
    """Relative L2 difference of u, v and p."""
    table = np.loadtxt(FILE, comments="%")
    x, y = table[:, :2].T
    kept = ~((y > 1 - 1e-9) & ((x < 1e-9) | (x > 1 - 1e-9)))
    x, y, table = x[kept], y[kept], table[kept]
    found = {}
    for name, goal in zip("uvp", table[:, 2:5].T, strict=True):
        value = solution[name](x=x, y=y)
        shift = value.mean() - goal.mean() if name == "p" else 0.0
        found[name] = float(np.linalg.norm(value - shift - goal) / np.linalg.norm(goal - (name == "p") * goal.mean()))
    return found


def measured(cells: int) -> dict[str, Any]:
    problem = sv.problems.lid_driven_cavity()
    method = FiniteElement(mesh=graded(problem, cells))
    found: dict[str, Any] = {"cells": cells, "sweep": []}
    for lid, nu in SWEEP:
        solution = sv.solve(problem.replace(lid=lid, nu=nu), method, resolution=cells, quiet=True, throw=False)
        lowest = float(solution["u"](x=0.5, y=np.linspace(0, 1, 201)).min())
        row = {"Reynolds": lid / nu, "lid": lid, "converged": bool(solution.result)}
        found["sweep"].append({**row, "newton": int(solution.steps["newton"]), "lowest u on x = 1/2": lowest / lid})
        if (lid, nu) == SWEEP[0] and FILE.exists():
            found["difference from the file"] = against_file(solution)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=32)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = measured(options.cells)
    print(f"difference from the file: {found.get('difference from the file', 'no file')}   (bar: u, v 3e-3)")
    for row in found["sweep"]:
        print(row)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
