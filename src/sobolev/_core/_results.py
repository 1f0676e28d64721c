"""Result codes: how a solve ended, and why."""

from __future__ import annotations

import enum


class Result(enum.Enum):
    """How a computation ended. Values other than `successful` carry the likely causes."""

    successful = "Converged to the requested tolerance."
    max_steps = (
        "The maximum number of steps was reached. Likely causes: the solution blows up, the tolerance is "
        "below what the resolution allows, or the problem is stiffer than the integrator."
    )
    nonfinite = (
        "The solution became NaN or infinite. Likely causes: a step too large for the nonlinearity, "
        "an under-resolved layer or shock, or a statement that is ill-posed (a sign?)."
    )
    not_resolved = (
        "The finest allowed resolution did not reach the tolerance. Likely causes: a layer or "
        "discontinuity thinner than a cell, or coefficients that are not smooth."
    )
    stagnated = (
        "The iteration stagnated. Likely causes: nonlinear, a poor initial guess, several solutions, or none; "
        "linear, coefficients that change sign or differ by many orders of magnitude, or a resonance."
    )
    singular = (
        "The linear system is singular to working precision. Likely causes: a nullspace that no condition "
        "fixes, a resonance, or a source whose mean contradicts the equations."
    )
    interrupted = "Interrupted by the user; the state so far was saved."
    inadmissible = (
        "The state left the set where the equations make sense (a negative density, pressure or depth; complex wave "
        "speeds); the last admissible state was kept. Likely causes: a near-vacuum or a dry bed, a shock too strong "
        "for the number of cells, or a statement that is not hyperbolic."
    )

    def __bool__(self) -> bool:
        return self is Result.successful
