"""Shocks: Sod's tube against the exact solution, a lake at rest, conservation, and the order on smooth flows.

`python -m benchmarks.shocks --json PATH` writes `error` (density L1, 400 cells), `lake` (largest motion),
`drift` (of mass and energy between walls), and `order` (Burgers before its shock, cell averages).
"""

from __future__ import annotations

import time

import numpy as np

import sobolev as sv
from sobolev._core import precision_context
from sobolev.assembly import cell_averages
from sobolev.equations import values_of
from sobolev.methods import FiniteVolume

from ._measure import arguments, report


def march(problem: sv.Problem, cells: int, method: FiniteVolume) -> tuple[np.ndarray, np.ndarray]:
    """Averages at the start and the end, and the exact ones at the end."""
    stop = problem.time.stop
    with precision_context("double"):
        compiled = method.compile(problem, tolerance=1e-6, resolution=cells, times=[0, stop])
        outcome = compiled.run(values_of(problem))
    code = tuple(sv.Result)[int(outcome.code)]
    if not code:
        raise sv.ConvergenceError(f"'{problem.name}' ended with {code.name}.", given=f"{cells} cells")
    exact = cell_averages(
        compiled.space,
        lambda points: np.stack(
            [problem.exact_solution(**points, t=stop)[name] for name in problem.unknown_names], axis=-1
        ),
    )
    return np.asarray(outcome.coefficients), exact


def main() -> None:
    chosen = arguments(__doc__)
    began = time.process_time()
    found, exact = march(sv.problems.euler(), 400, FiniteVolume())
    sod = np.abs(found[-1] - exact).mean(axis=0)
    closed, _ = march(sv.problems.euler("walls", stop=0.2), 100, FiniteVolume())
    drift = np.abs((closed[-1] - closed[0]).mean(axis=0))[[0, 2]]
    still, rest = march(sv.problems.shallow_water("lake"), 100, FiniteVolume())
    smooth = sv.problems.inviscid_burgers(stop=0.05)
    errors = []
    for cells in (40, 80):
        averages, true = march(smooth, cells, FiniteVolume(matched=True))
        errors.append(np.abs(averages[-1] - true).mean())
    figures = {
        "error": float(sod[0]),
        "lake": float(np.abs(still[-1] - rest).max()),
        "drift": float(drift.max()),
        "order": float(np.log2(errors[0] / errors[1])),
        "cpu_seconds": time.process_time() - began,
    }
    print(f"Sod, 400 cells, HLLC: L1 error of density {sod[0]:.2e}, momentum {sod[1]:.2e}, energy {sod[2]:.2e}")
    print(f"between walls: drift of mass {drift[0]:.1e}, of energy {drift[1]:.1e}")
    print(f"lake at rest, 100 cells: largest change {figures['lake']:.1e}")
    print(f"Burgers before the shock, 40 to 80 cells: order {figures['order']:.2f} in cell averages")
    report(figures, chosen.json)


if __name__ == "__main__":
    main()
