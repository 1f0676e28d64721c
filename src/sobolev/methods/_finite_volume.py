"""Finite volumes for conservation laws."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx

from .. import spaces
from .._core import ArgumentError, SobolevError
from ..assembly import FiniteVolumes, Riemann
from ..domains import Box
from ..equations import Problem, Values, conservation_law
from ..solvers import ssp_rk3
from ._abstract import AbstractMethod, Compiled, Outcome, Verdict
from ._collocation import in_double, saved_times
from ._verdicts import admit, no_box

_DEFAULT_CELLS = {1: 400, 2: 100}


class FiniteVolume(AbstractMethod):
    """WENO5 and SSP-RK3 on cells, for ∂u/∂t + ∇·F(u) = s on boxes in one and two dimensions, shocks included.

    `cells` per side (None: 400, 100; `sv.solve` refines). `riemann`: "rusanov", "hll" or "hllc" (None: HLLC for an
    ideal gas, which it recognises by its fluxes, HLL otherwise); wave speeds are eigenvalues of the Jacobian of the
    statement's flux. `weights`: WENO-Z ("z") or Jiang & Shu's ("js"). Systems are reconstructed component by
    component, which leaves faint wiggles behind strong shocks where characteristic fields would not.
    `courant`: the fraction of a cell that a wave may cross in a step. `matched` shrinks steps like h^(5/3), so that
    smooth solutions converge with order 5 instead of the 3 of the steps; shocks have order 1 in L1 either way.

    Conditions: `Neumann(u, 0)` of all unknowns at an end is outflow; a `Dirichlet` among them makes it a wall, where
    the given unknown is reflected oddly and the others evenly; Dirichlet of all is inflow. Solutions hold cell
    averages (`solution.coefficients`); called as functions they give point values.

    Fails by name (`inadmissible`) where density, pressure or depth would become negative, or wave speeds complex.
    """

    cells: int | tuple[int, ...] | None = eqx.field(static=True, default=None)
    riemann: Riemann | None = eqx.field(static=True, default=None)
    weights: spaces.Weights = eqx.field(static=True, default="z")
    courant: float = eqx.field(static=True, default=0.5)
    matched: bool = eqx.field(static=True, default=False)

    def __check_init__(self):
        if self.riemann not in (None, "rusanov", "hll", "hllc"):
            raise ArgumentError(
                "FiniteVolume has no such Riemann solver.", given=repr(self.riemann), expected="rusanov, hll, hllc"
            )
        if self.weights not in ("js", "z"):
            raise ArgumentError("FiniteVolume has no such weights.", given=repr(self.weights), expected="'z' or 'js'")
        if not (isinstance(self.courant, float | int) and 0 < self.courant <= 1):
            raise ArgumentError("The Courant number is out of range.", given=repr(self.courant), expected="0 to 1")

    @property
    def order(self) -> float:
        return 5 if self.matched else 3

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is not None and not isinstance(problem.space, Box):
            return Verdict(False, f"needs a box; this problem lives on a {no_box(problem)}")
        if problem.ndim > 2:
            return Verdict(False, "works in one and two dimensions")
        try:
            conservation_law(problem)
            FiniteVolumes(problem, spaces.Cells(problem.space, 8), self.riemann)
        except SobolevError as error:
            return Verdict(False, error.headline.rstrip("."))
        return Verdict(True)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        space = spaces.Cells(problem.space, resolution or self.cells or _DEFAULT_CELLS[problem.ndim])
        volumes = FiniteVolumes(problem, space, self.riemann, self.weights)
        saved = saved_times(problem, times)
        shrink = min(1.0, (16 / max(space.points)) ** (2 / 3)) if self.matched else 1.0

        @eqx.filter_jit
        def solve(values: Values) -> Outcome:
            result = ssp_rk3(volumes.form(values), saved, self.courant * shrink)
            return Outcome(result.states, None, result.code, result.steps)

        return Compiled(problem, space, saved, in_double(solve))
