"""Finite elements against bare scikit-fem and SciPy: same mesh, same element, same factorisation.

−∇·((k + x²)∇u) + u = 1 on the unit square, u = 0 on its sides, degree 1: `python -m benchmarks.fem [unknowns]` on a
quiet machine. Medians of alternate runs, after compilation, the mesh given to both:

- bare: assembly, elimination of the sides and SuperLU (minimum degree, as Sobolev chooses), by scikit-fem's forms;
- same values: a solve whose numbering, program and factors are there; new values: with another k, factorised anew.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse.linalg as sparse_linalg
import skfem
import sympy as sp

import sobolev as sv
from sobolev.methods import FiniteElement

RUNS = 7


def bare(mesh: Any, k: float) -> np.ndarray:
    """scikit-fem and SciPy by hand."""
    basis = skfem.Basis(mesh, skfem.ElementTriP1())

    @skfem.BilinearForm
    def left(u, v, w):
        slopes = sum(u.grad[i] * v.grad[i] for i in range(2))
        return (k + w.x[0] ** 2) * slopes + u * v

    @skfem.LinearForm
    def right(v, w):
        return v

    matrix, load, full, inner = skfem.condense(left.assemble(basis), right.assemble(basis), D=basis.get_dofs())
    options = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.01, "options": {"SymmetricMode": True}}
    full[inner] = sparse_linalg.splu(matrix.tocsc(), **options).solve(load)
    return full


def timed(function: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def main(unknowns: int) -> None:
    count = round(unknowns**0.5) + 1
    x, y = sv.coordinates("x y")
    u, k = sv.unknown("u", x, y), sv.parameter("k", default=1.0)
    problem = sv.Problem(
        sv.Interval(x, 0, 1) * sv.Interval(y, 0, 1),
        [sp.Eq(-sv.div((k + x**2) * sv.grad(u)) + u, 1)],
        [sv.Dirichlet(u, 0)],
        name="diffusion",
    )
    method = FiniteElement(degree=1)

    def ours(value: float) -> sv.Solution:
        return sv.solve(problem.replace(k=value), method, resolution=count, quiet=True)

    begin = time.perf_counter()
    found = ours(1.0)
    print(f"mesh, numbering, compilation and first solve: {time.perf_counter() - begin:.1f} s")
    line = np.linspace(0, 1, count + 1)
    mesh = skfem.MeshTri.init_tensor(line, line)
    at = found(x=mesh.p[0], y=mesh.p[1])
    print(f"{(count - 1) ** 2} unknowns; largest difference {np.abs(at - bare(mesh, 1.0)).max():.1e}")
    times: dict[str, list[float]] = {"bare": [], "same values": [], "new values": []}
    for i in range(RUNS):
        times["bare"].append(timed(lambda i=i: bare(mesh, 1.0 + i)))
        times["same values"].append(timed(lambda: ours(1.0)))
        times["new values"].append(timed(lambda i=i: ours(2.0 + i)))
    base = statistics.median(times["bare"])
    for name, each in times.items():
        median = statistics.median(each)
        print(f"{name:12} {median:6.2f} s   {median / base:.2f} × bare   (from {min(each):.2f} to {max(each):.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
