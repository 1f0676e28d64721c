"""Refinement of finite element meshes where their residual is large, until the estimated error is small enough.

Solve, estimate, mark, refine. The indicators of `sobolev.assembly.indicators` are known up to a constant, which two
levels reveal: in the energy norm of a symmetric problem the difference of two nested solutions is orthogonal to the
finer one's error, ‖∇d‖² = ‖∇e₁‖² − ‖∇e₂‖², and with errors in proportion to indicators, e₂/e₁ = ρ, that is
‖∇e₂‖ = ‖∇d‖ ρ/√(1 − ρ²). The same is taken for L2, where ρ is that of h η; it is an estimate there, not an identity.
Cells are marked by Dörfler's rule (SIAM J. Numer. Anal. 33, 1996). Several rounds of marking go between two solves, in
which new cells inherit what a smooth solution would leave them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .._core import Precision, Result, precision_context
from ..assembly import Indicators, finite_elements, indicators, space_order
from ..domains import Box, Mesh
from ..equations import Problem, Values
from ..solutions import Level
from ..spaces import FiniteElement as Space
from ..spaces import at_points, locally_refined
from ._abstract import AbstractMethod
from ._finite_element import FiniteElement
from ._levels import Aim, Best, as_field
from ._patience import expected_work, work_of
from ._prepared import Request, prepare
from ._refinement import Difference, first_resolution

_BULK = 0.5  # Dörfler's share of η² that marked cells hold
_GROWTH = (1.6, 3.0)  # how many times as many cells the next level has
_LEAST_GROWTH = 1.2  # below which another level would tell little
_MOST_NODES = {2: 160_000, 3: 40_000}  # of one unknown: a direct factorisation of about a minute
_MOST_LEVELS = 24
_FORESEEN = 0.1  # of Σ η²: rounds of marking go no further on what cells are expected to inherit
_STALE = 0.95  # a ratio of indicators above which two levels say little about the constant
_MARGIN = 0.7  # of the tolerance, that the next level aims at


@dataclass(frozen=True)
class Estimate:
    """Relative errors of a solution in L2, in the maximum and in the gradient; η_K of each cell, relative too."""

    relative_l2: float
    relative_max: float
    relative_gradient: float
    cells: np.ndarray


@dataclass(frozen=True)
class _Solved:
    space: Space
    coefficients: np.ndarray
    indicators: Indicators


def adapts(method: AbstractMethod, problem: Problem) -> bool:
    """Whether meshes are refined locally: finite elements, nothing moves, no sides that must match."""
    if not isinstance(method, FiniteElement) or not problem.is_steady:
        return False
    return not (isinstance(problem.space, Box) and any(side.periodic for side in problem.space.sides))


def adapt(
    problem: Problem,
    values: Values,
    method: FiniteElement,
    aim: Aim,
    precision: Precision,
    advance: Callable[..., None],
) -> Best:
    """Solves on finer and finer meshes until the estimated relative L2 error is below the tolerance."""
    mesh = method.space(problem, first_resolution(method, problem.space)).mesh
    levels: list[Level] = []
    previous: _Solved | None = None
    failures = 0
    while True:
        request = Request(dataclasses.replace(method, mesh=mesh), 0.1 * aim.tolerance, None, None, precision)
        prepared, assembling = prepare(problem, values, request)
        outcome, compiling, running = prepared.run(values)
        field, code = as_field(problem, prepared, outcome), tuple(Result)[int(outcome.code)]
        space = prepared.compiled.space
        assert isinstance(space, Space)
        advance(1, note=f"{space.size} nodes")
        estimate, now = None, None
        if code:
            forms = finite_elements(prepared.compiled.problem, space)
            coefficients = np.asarray(outcome.coefficients)
            with precision_context(precision):  # inputs are evaluated anew
                now = _Solved(space, coefficients, indicators(forms, coefficients, values))
            estimate = None if previous is None else _estimate(problem, previous, now)
        change = None if estimate is None else estimate.relative_l2
        levels.append(Level((space.size,), request.tolerance, assembling + compiling, running, change))
        agreed = estimate is not None and estimate.relative_l2 <= aim.tolerance
        result = None if agreed else code if not code else Result.not_resolved
        best = Best(field, outcome, tuple(levels), None, result)
        if estimate is not None:
            found = Difference(estimate.relative_l2, estimate.relative_max)
            best = dataclasses.replace(best, difference=found, slope=estimate.relative_gradient, cells=estimate.cells)
        failures = 0 if code else failures + 1
        if agreed:
            return best
        if failures > 1 or len(levels) >= _MOST_LEVELS:
            return dataclasses.replace(best, stopped=f"{len(levels)} meshes were tried")
        most = _MOST_NODES[problem.ndim] // len(problem.unknowns)
        growth = min(_growth(method, problem, aim, estimate), most / space.size)
        if growth < _LEAST_GROWTH:
            return dataclasses.replace(best, stopped=f"more than {most} nodes are more than this method affords")
        size = round(space.size * growth)
        work = expected_work(work_of(problem, method, space.size, outcome), (space.size,), (size,))
        if not aim.is_demand and work > aim.patience:
            return dataclasses.replace(best, stopped=f"{size} nodes would take about {work:.2g} s of work")
        eta = np.ones(len(mesh.cells)) if now is None else now.indicators.energies
        mesh, previous = refined_by(mesh, eta, method.degree, growth), now


def _growth(method: FiniteElement, problem: Problem, aim: Aim, estimate: Estimate | None) -> float:
    if estimate is None:
        return _GROWTH[1]
    wanted = (estimate.relative_l2 / (_MARGIN * aim.tolerance)) ** (problem.ndim / method.order)
    return float(np.clip(wanted, *_GROWTH))


def refined_by(mesh: Mesh, eta: np.ndarray, degree: int, growth: float) -> Mesh:
    """Refined until it has `growth` times as many cells, where η² (per cell) is large.

    New cells are taken to inherit what a smooth solution would leave them. Where few cells hold nearly all, at strong
    singularities, that soon says that nothing is left, and the next solve comes before others are cut for no reason.
    """
    goal = growth * len(mesh.cells)
    power = 2 * degree / mesh.ndim + 1  # η² of a part of a cell falls as its volume to this power
    least = _FORESEEN * eta.sum()
    while len(mesh.cells) < goal and eta.sum() > least:
        finer, parents = locally_refined(mesh, marked(eta, _BULK))
        share = finer.volumes / mesh.volumes[parents]
        mesh, eta = finer, eta[parents] * np.minimum(share, 1) ** power
    return mesh


def marked(eta: np.ndarray, bulk: float) -> np.ndarray:
    """The fewest cells that hold the share `bulk` of Σ η², and those that have almost as much as the least of them."""
    order = np.argsort(-eta)
    held = np.cumsum(eta[order])
    last = int(np.searchsorted(held, bulk * held[-1]))
    return np.flatnonzero(eta >= 0.9 * eta[order[min(last, len(eta) - 1)]])


def _estimate(problem: Problem, coarse: _Solved, fine: _Solved) -> Estimate:
    rule = fine.space.table.rule(4)
    x = np.moveaxis(rule.points, 0, -1).reshape(-1, problem.ndim)
    weights = (rule.weights[:, None] * rule.size).ravel()
    (u, du), (v, dv) = (at_points(s.space, s.coefficients, x) for s in (coarse, fine))
    distance, size = (np.sqrt(weights @ w**2) for w in (u - v, v))
    forms_slopes = [k for k, u_ in enumerate(problem.unknowns) if space_order(problem, u_) > 1]
    steep = math.sqrt(float(weights @ ((du - dv)[..., forms_slopes] ** 2).sum((1, 2))))
    before, after = (s.indicators for s in (coarse, fine))
    ratio = math.sqrt(after.gradients.sum() / before.gradients.sum())
    value_ratio = math.sqrt(after.values.sum() / before.values.sum())
    ratios = np.where(np.isin(np.arange(len(size)), forms_slopes), _left(value_ratio), _left(ratio))
    scale = np.where(size > 0, size, 1.0)
    highest = np.abs(v).max(0)
    worst = np.abs(u - v).max(0) * ratios / np.where(highest > 0, highest, 1.0)
    gradient = steep * _left(ratio) / (after.slope or 1.0)
    total = math.sqrt(after.gradients.sum()) or 1.0
    cells = np.sqrt(after.gradients) * gradient / total
    return Estimate(float((distance * ratios / scale).max()), float(worst.max()), gradient, cells)


def _left(ratio: float) -> float:
    """‖e₂‖/‖d‖ for ‖e₂‖ = ρ ‖e₁‖."""
    ratio = min(ratio, _STALE)
    return ratio / math.sqrt(1 - ratio**2)
