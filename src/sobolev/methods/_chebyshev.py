"""Chebyshev collocation on boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import equinox as eqx

from .. import spaces
from .._core import UnsupportedError
from ..assembly import collocation
from ..equations import Problem
from ._abstract import AbstractMethod, Compiled, Verdict
from ._collocation import compile_collocation
from ._verdicts import admit, collocation_verdict

_DEFAULT_POINTS = {1: 65, 2: 25, 3: 17}
_MATRICES = 3  # held at once: the matrix, its factors, and the products it is read off from
_MOST_BYTES = 5e9


class Chebyshev(AbstractMethod):
    """Polynomials through Chebyshev points: spectral accuracy for smooth solutions.

    In one or two dimensions, and in up to six for linear steady statements. `points` per side (None: 65, 25, 17, 7;
    `sv.solve` refines). Matrices are full: work grows as the cube of the number of points. The exception is one
    linear steady equation with constant conditions, solved by GMRES and fast diagonalisation without its matrix.
    Fails (converges slowly) where the solution or a coefficient is not smooth, or has layers inside.
    """

    points: int | tuple[int, ...] | None = eqx.field(static=True, default=None)

    @property
    def order(self) -> float:
        return float("inf")

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is not None and problem.space.is_periodic:
            return Verdict(False, "needs sides that are not periodic; this problem is periodic")
        if names := ", ".join(side.name for side in problem.domain.sides if side.periodic):
            return Verdict(False, f"needs sides that are not periodic; this problem is periodic in {names}")
        if len(problem.domain.sides) > 2 and not (problem.is_steady and problem.is_linear):
            return Verdict(
                False, "works in one or two space dimensions; this problem has more, and is not linear and steady"
            )
        return collocation_verdict(problem, conservative=False)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        points = resolution or self.points or _DEFAULT_POINTS.get(problem.ndim, 7)
        space = spaces.Chebyshev(problem.space, points)
        if not (problem.is_steady and problem.is_linear and collocation(problem, space).near_inverse[0]):
            _check_memory(problem, space)
        return compile_collocation(problem, space, tolerance, times)


def _check_memory(problem: Problem, space: spaces.Chebyshev) -> None:
    """Refuses what needs full matrices of more than a few gigabytes."""
    unknowns = math.prod(space.points) * len(problem.unknowns) * (2 if problem.is_complex else 1)
    needed = _MATRICES * 8 * unknowns**2
    if needed > _MOST_BYTES:
        raise UnsupportedError(
            "Chebyshev matrices are full, and these are too large.",
            given=f"{' × '.join(map(str, space.points))} points: about {needed / 1e9:.0f} GB",
            expected=f"at most {_MOST_BYTES / 1e9:.0f} GB",
            fix="a smaller resolution (it converges spectrally), or FiniteDifference, whose matrices are sparse",
        )
