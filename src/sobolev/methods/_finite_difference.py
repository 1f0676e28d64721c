"""Finite differences on boxes."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import lineax as lx

from .. import spaces
from .._core import ArgumentError
from ..equations import Problem
from ._abstract import AbstractMethod, Compiled, Verdict
from ._collocation import compile_collocation
from ._verdicts import admit, collocation_verdict

_DEFAULT_POINTS = {1: 401, 2: 65, 3: 33}


class FiniteDifference(AbstractMethod):
    """Finite differences of order 2, 4 or 6 on an equally spaced grid, for any statement on a box.

    `order=2` keeps `div(a*grad(u))` in conservative form with harmonic means, so that a may jump; 4 and 6 differentiate
    fluxes out and need smooth coefficients. One-sided formulas close the ends: of the same order, or lower
    where that would be unstable (waves and advection; order 6 then converges with order 5 under Neumann conditions).
    `points` per side (None: 401, 65, 33 in one, two, three dimensions; `sv.solve` refines). Steady linear statements
    are solved by `linear_solver` (None: preconditioned conjugate gradients where they are symmetric, sparse LU
    elsewhere), nonlinear ones by Newton's method, evolutions by Rodas5P when stiff, by diffrax's Dopri8 when not.

    Fails where layers are thinner than a cell, and for advection that dominates diffusion on the grid (wiggles).
    """

    points: int | tuple[int, ...] | None = eqx.field(static=True, default=None)
    order: int = eqx.field(static=True, default=2)
    linear_solver: lx.AbstractLinearSolver | None = None

    def __check_init__(self):
        if self.order not in (2, 4, 6):
            raise ArgumentError("FiniteDifference has no such order.", given=repr(self.order), expected="2, 4 or 6")

    def applies(self, problem: Problem) -> Verdict:
        walls = problem.space is not None and not problem.space.is_periodic
        if self.order == 6 and walls and problem.is_evolution and problem.order <= 1:
            return Verdict(False, "of order 6 is not stable at boundaries without diffusion; order=4 is")
        if problem.ndim > 3:
            return Verdict(False, f"works in up to three space dimensions; this problem has {problem.ndim}")
        return collocation_verdict(problem, conservative=self.order == 2)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        points = resolution or self.points or _DEFAULT_POINTS[problem.ndim]
        closure = None if _is_smoothing(problem) else spaces.STABLE_CLOSURES[self.order]
        space = spaces.FiniteDifference(problem.space, points, self.order, closure)
        return compile_collocation(problem, space, tolerance, times, self.linear_solver)


def _is_smoothing(problem: Problem) -> bool:
    """Steady, or damped at all wavelengths, so that one-sided formulas of full order do no harm."""
    return problem.is_steady or (problem.time_order == 1 and problem.order % 2 == 0 and not problem.is_complex)
