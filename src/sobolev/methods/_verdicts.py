"""What methods take, and how they refuse the rest."""

from __future__ import annotations

from typing import Any

import sympy as sp

from .._core import ArgumentError, SobolevError, UnsupportedError
from ..assembly import clock, space_order
from ..domains import Box, Mesh
from ..equations import Divergence, Mean, Problem, Robin, first_order_system, is_conservation_law
from ..fields import GridField
from ..priors import TwoPhase
from ._abstract import AbstractMethod, Verdict

_JUMPS = (sp.Piecewise, sp.Heaviside, sp.sign, sp.floor, sp.ceiling)


def collocation_verdict(problem: Problem, conservative: bool) -> Verdict:
    """Whether a method by collocation takes a statement; `conservative`: whether it keeps divergences as fluxes."""
    if problem.space is None:
        return Verdict(False, "needs a space; this problem is a system of ordinary differential equations")
    if not isinstance(problem.space, Box):
        return Verdict(False, f"needs a box; this problem lives on a {no_box(problem)}")
    if problem.eigenvalue is not None:
        return Verdict(False, f"solves for functions alone; {problem.eigenvalue} is unknown too: sv.eigenpairs")
    if not conservative and (name := _rough_coefficient(problem)):
        return Verdict(
            False,
            f"differentiates coefficients, and {name} jumps; FiniteDifference(order=2) keeps fluxes in their form",
        )
    if pressures := [u for u in problem.unknowns if _is_pressure(problem, u)]:
        names = ", ".join(map(str, pressures))
        return Verdict(
            False, f"has no equation for {names} at walls (a pressure); FiniteElement takes Taylor & Hood's pair"
        )
    for c in problem.conditions:
        if isinstance(c, Mean) and c.unknown.is_real is not True:
            return Verdict(False, f"cannot prescribe the mean of the complex unknown {c.unknown}")
        if isinstance(c, Robin) and c.of_flux:
            return Verdict(
                False, f"takes values and normal derivatives; {c} prescribes a flux, which FiniteElement takes"
            )
        if isinstance(c, Robin) and problem.time_order_of(c.unknown) > 1:
            factors = c.alpha.free_symbols | c.beta.free_symbols
            if clock(problem).coordinate in factors:
                return Verdict(
                    False, f"needs conditions on {c.unknown}, second order in time, whose α and β do not depend on time"
                )
    if is_conservation_law(problem) and _closes_both_ends(problem):
        return Verdict(False, "takes as many conditions as waves enter; FiniteVolume takes one at both ends")
    if problem.is_evolution:
        try:
            first_order_system(problem)
        except SobolevError as error:
            return Verdict(False, f"needs rates: {error.headline}")
    return Verdict(True)


def _is_pressure(problem: Problem, u: Any) -> bool:
    """Of first order in space, without rate and without condition on the walls of a system of second order, and absent
    from one of its equations: what keeps a flow free of divergence."""
    if not problem.is_system or problem.is_periodic or space_order(problem, u) != 1 or problem.time_order_of(u):
        return False
    flow = max(space_order(problem, v) for v in problem.unknowns) == 2
    return flow and not problem.conditions_of(u, Robin) and any(not e.has(u) for e in problem.expanded)


def _closes_both_ends(problem: Problem) -> bool:
    """Some unknown of first order has conditions at both ends of a side."""
    return any(
        all(problem.boundary_condition(u, part) for part in side.parts)
        for side in problem.domain.sides
        if not side.periodic
        for u in problem.unknowns
    )


def no_box(problem: Problem) -> str:
    """What a problem lives on that is no box, in a few words."""
    return f"mesh ({problem.space})" if isinstance(problem.space, Mesh) else f"shape ({problem.space})"


def _rough_coefficient(problem: Problem) -> str | None:
    """The name of something under a divergence that is known to jump."""
    for residual in problem.residuals:
        for divergence in residual.atoms(Divergence):
            if divergence.atoms(*_JUMPS):
                return str(divergence)
            for a in problem.inputs:
                if not divergence.has(a):
                    continue
                name = a.func.__name__
                value = problem.values.get(name, a.func.default)
                if _jumps(value, a.func.prior):
                    return name
    return None


def _jumps(value: Any, prior: Any) -> bool:
    """Whether an input is known to jump: by its expression, or as a member of a family of two phases, drawn or not."""
    if isinstance(value, sp.Basic):
        return bool(value.atoms(*_JUMPS))
    drawn = callable(value) and not isinstance(value, GridField)
    return isinstance(prior, TwoPhase) and (value is None or drawn)


def admit(method: AbstractMethod, problem: Problem, tolerance: float) -> None:
    """Refuses by name a statement that the method does not take, or a tolerance that is none."""
    if not (verdict := method.applies(problem)):
        raise UnsupportedError(f"{type(method).__name__} {verdict.reason}.", given=str(problem.domain))
    if not 0 < tolerance < 1:
        raise ArgumentError("The tolerance is out of range.", given=repr(tolerance), expected="0 to 1")


def in_periodic_box(problem: Problem) -> Verdict:
    """Whether a statement with space lives on a box that is periodic on all sides."""
    if not isinstance(problem.space, Box):
        return Verdict(False, f"needs a periodic box; this problem lives on a {no_box(problem)}")
    walls = [side.name for side in problem.space.sides if not side.periodic]
    if walls:
        return Verdict(False, f"needs a periodic box; this problem has boundaries on {', '.join(walls)}")
    if problem.ndim > 3:
        return Verdict(False, f"works in up to three space dimensions; this problem has {problem.ndim}")
    return Verdict(True)
