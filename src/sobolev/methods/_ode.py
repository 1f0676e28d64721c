"""Ordinary differential equations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import diffrax as dfx
import equinox as eqx
import jax
import numpy as np

from .._core import ArgumentError, SobolevError, precision_context
from ..assembly import assemble_ode, clock
from ..equations import Problem, Values, first_order_system, values_of
from ._abstract import AbstractMethod, Compiled, Outcome, Verdict
from ._collocation import evolve, in_double, saved_times
from ._verdicts import admit

_STIFF = 1e3  # decay rates × duration above which an explicit method would be held back by stability


class ODE(AbstractMethod):
    """Runge–Kutta for statements without space: systems of ordinary differential equations, diagnostics included.

    `stiff` None: decided by the fastest decay of the linearised system at the start, for the statement's own values
    (`sv.solve` decides anew for other values; a compiled solve that is run with many keeps its decision). Stiff
    systems and those with constraints are integrated by Rodas5P, others by Dormand and Prince's eighth-order method
    (fifth-order for tolerances above 1e-5). Chaotic systems (Lorenz) lose a digit every time unit or so, whatever the
    tolerance.
    """

    stiff: bool | None = eqx.field(static=True, default=None)
    scheme: dfx.AbstractSolver | None = None

    @property
    def order(self) -> float:
        return float("inf")

    def applies(self, problem: Problem) -> Verdict:
        if problem.space is not None:
            return Verdict(False, f"needs a problem without space; this one lives on {problem.space}")
        if not problem.is_evolution:
            return Verdict(False, "needs a time derivative; this problem is steady")
        try:
            first_order_system(problem)
        except SobolevError as error:
            return Verdict(False, f"needs rates: {error.headline}")
        return Verdict(True)

    def decided(self, problem: Problem) -> ODE:
        """The method with `stiff` decided for the values of the statement."""
        return self if self.stiff is not None else ODE(_is_stiff(problem), self.scheme)

    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        admit(self, problem, tolerance)
        if resolution is not None and np.size(resolution):
            raise ArgumentError("A problem without space has no resolution.", given=repr(resolution), expected="None")
        saved = saved_times(problem, times)
        stiff = self.decided(problem).stiff

        @eqx.filter_jit
        def solve(values: Values) -> Outcome:
            form = assemble_ode(problem, values, is_stiff=bool(stiff))
            return evolve(form, saved, tolerance, self.scheme)

        return Compiled(problem, None, saved, in_double(solve))


def _is_stiff(problem: Problem) -> bool:
    """Whether the linearised system decays fast at the start, for the statement's own values (False if traced)."""
    with precision_context("double"):
        try:
            form = assemble_ode(problem, values_of(problem), is_stiff=False)
            start = form.initial(form.args)
            jacobian: Any = jax.jacfwd(lambda y: form.nonlinear(form.start, y, form.args))(start)
            decay = -np.linalg.eigvals(np.asarray(jacobian)).real.min()
        except (SobolevError, jax.errors.TracerArrayConversionError, np.linalg.LinAlgError):
            return False
    return bool(decay * clock(problem).length > _STIFF)
