"""Fourier in space, for what does not evolve."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax.numpy as jnp
import lineax as lx
import numpy as np

from .._core import Result
from ..assembly import LinearSystem, fourier_steady
from ..equations import Problem, Values
from ..solvers import GMRES, result_code, solve_linear, solve_newton
from ..spaces import Fourier
from ._abstract import AbstractMethod, Compiled, Outcome, Verdict
from ._collocation import in_double
from ._verdicts import admit, in_periodic_box

_DEFAULT_MODES = {1: 256, 2: 64, 3: 32}


class FourierGalerkin(AbstractMethod):
    """Fourier in space for steady statements on periodic boxes: spectral accuracy for smooth data and coefficients.

    `modes` are the points per side (None: 256, 64, 32 in one, two, three dimensions; `sv.solve` refines). Linear
    statements with constant coefficients are divided mode by mode; other linear ones are solved by GMRES, nonlinear
    ones by Newton's method with GMRES inside, both with the constant-coefficient part as preconditioner, so that
    no matrix is ever formed. Products are taken on a grid fine enough for the statement's degree. `sv.Mean`
    completes fields that are known up to a constant.

    Fails (converges slowly) where data or coefficients jump; data whose mean contradicts the equations, and resonances,
    give `Result.singular`. GMRES needs more steps the larger the contrast of the coefficients, and the further an
    indefinite operator is from its mean.
    """

    modes: int | tuple[int, ...] | None = eqx.field(static=True, default=None)

    @property
    def order(self) -> float:
        return float("inf")

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is None:
            return Verdict(False, "needs a periodic box; this problem has no space")
        if not (periodic := in_periodic_box(problem)):
            return periodic
        if problem.is_evolution:
            return Verdict(False, "needs a steady problem; this one evolves in time (SpectralETD is for those)")
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
        points = resolution or self.modes or _DEFAULT_MODES[problem.ndim]
        space = Fourier(problem.space, points, real=not problem.is_complex)
        steady = fourier_steady(problem, space)
        krylov = GMRES(float(np.clip(1e-3 * tolerance, 1e-13, 1e-6)), cycles=10 if problem.is_linear else 3)

        @eqx.filter_jit
        def solve(values: Values) -> Outcome:
            form = steady.form(values)
            if isinstance(form, LinearSystem):
                coefficients, code, steps = solve_linear(form, lx.Diagonal() if steady.is_diagonal else krylov)
            else:
                accuracy = float(np.clip(1e-2 * tolerance, 1e-12, 1e-6))
                coefficients, code, steps = solve_newton(form, accuracy, solver=krylov)
            fine = steady.is_well_posed(coefficients, form.args) | (code != result_code(Result.successful))
            return Outcome(coefficients, None, jnp.where(fine, code, result_code(Result.singular)), steps)

        return Compiled(problem, space, None, in_double(solve))
