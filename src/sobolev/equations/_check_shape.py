"""Checks of boundary conditions on shapes and meshes: parts that exist, each covered as often as the order asks."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from .._core import ArgumentError, StatementError, StatementWarning
from ..domains import AbstractShape, Boundary, BoundaryPoints
from ._conditions import Initial, Robin

if TYPE_CHECKING:
    from ._problem import Problem

_ORDER = {2: 40, 3: 4}  # of the quadrature whose points stand for the boundary
_JUMP = 1e-6  # relative to the largest value

Evaluate = Callable[..., "np.ndarray | None"]  # of a problem, an expression, points, and whether at the start


def check_shape_boundary(problem: Problem) -> None:
    """An equation of order n needs ⌊n/2⌋ conditions on each unknown at every point of the boundary.

    Counted at the points of a fine quadrature of the boundary and of all parts that conditions name. In systems the
    total counts (a pressure, of first order, needs none). Equations of first order take theirs where something enters;
    which part that is, is not checked.
    """
    shape = problem.space
    parts = {id(c): selected(problem, c) for c in problem.conditions if isinstance(c, Robin)}
    points = _points(shape, [part for part in parts.values() if part.condition is not None])
    holds = {key: _holds(part, points) for key, part in parts.items()}
    orders = {u: max(problem.order_in(c, u) for c in problem.coordinates) for u in problem.unknowns}
    for u in problem.unknowns:
        _check_repeated(problem, u, parts, holds, points)
    if max(orders.values()) < 2:
        return
    if problem.is_system:
        every = [holds[id(c)] for c in problem.conditions if isinstance(c, Robin)]
        _check_count(problem, points, every, sum(n // 2 for n in orders.values()), "")
        return
    (u,) = problem.unknowns
    mine = [holds[id(c)] for c in problem.conditions_of(u, Robin)]
    _check_count(problem, points, mine, orders[u] // 2, f" on {u.func.__name__}")


def selected(problem: Problem, c: Robin) -> Boundary:
    """The part of a shape's boundary on which a condition holds."""
    try:
        return problem.space.select(c.on)
    except ArgumentError as error:
        raise StatementError(
            f"'{problem.name}': {error.headline}",
            given=f"{c}; {error.given}" if error.given else str(c),
            expected=error.expected,
            fix=error.fix,
        ) from error


def check_shape_values(problem: Problem, evaluate: Evaluate) -> None:
    """Values of conditions are finite where they hold; warns where a Dirichlet value disagrees with the initial one."""
    for c in problem.conditions:
        if not isinstance(c, Robin):
            continue
        x = selected(problem, c).quadrature(4).points[:256]
        for e in (c.alpha, c.beta, c.value):
            evaluate(problem, e, x)
        if c.beta != 0 or problem.time is None:
            continue
        for start in problem.conditions_of(c.unknown, Initial):
            if start.time_order == 0:
                _warn_of_jump(problem, c, start, evaluate, x)


def _warn_of_jump(problem: Problem, c: Robin, start: Initial, evaluate: Evaluate, x: np.ndarray) -> None:
    first, second = (evaluate(problem, e, x, True) for e in (start.value, c.value / c.alpha))
    if first is None or second is None:
        return
    jump = float(np.max(np.abs(first - second)))
    if jump > _JUMP * max(1.0, float(np.abs(first).max()), float(np.abs(second).max())):
        warnings.warn(
            f"'{problem.name}': the initial value of {c.unknown.func.__name__} disagrees with {c} by {jump:.3g}. "
            "The solution has a jump there, and most methods lose accuracy near it.",
            StatementWarning,
            stacklevel=2,
        )


def _points(shape: AbstractShape, conditional: list[Boundary]) -> BoundaryPoints:
    found = [shape.boundary.quadrature(_ORDER[shape.ndim]), *(part.quadrature(4) for part in conditional)]
    return BoundaryPoints(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _holds(part: Boundary, points: BoundaryPoints) -> np.ndarray:
    indices = [part.shape.parts.index(name) for name in part.parts]
    holds = np.isin(points.parts, indices)
    return holds if part.level is None else holds & (part.level(points.points) <= 0)


def _check_repeated(problem: Problem, u: Any, parts: dict[int, Boundary], holds: dict[int, Any], x: Any) -> None:
    conditions = problem.conditions_of(u, Robin)
    for i, a in enumerate(conditions):
        for b in conditions[:i]:
            both = holds[id(a)] & holds[id(b)]
            if both.any() and sp.expand(a.alpha * b.beta - b.alpha * a.beta) == 0:
                raise StatementError(
                    f"'{problem.name}' has two conditions of one kind on {u.func.__name__}, on parts that overlap.",
                    given=f"{b}; {a}; both hold at {_where(problem, x, both)}",
                    expected="one value where they hold",
                    fix="name the parts on which each holds: on=...",
                )


def _check_count(problem: Problem, x: BoundaryPoints, holds: list[np.ndarray], needed: int, who: str) -> None:
    count = np.sum(holds, axis=0) if holds else np.zeros(len(x.points), int)
    for wrong, word in ((count < needed, "no" if needed == 1 else "too few"), (count > needed, "too many")):
        if wrong.any():
            names = problem.space.parts
            bare = [names[i] for i in np.unique(x.parts[wrong])]
            some = [name for i, name in enumerate(names) if name in bare and not wrong[x.parts == i].all()]
            where = ", ".join(f"some of {name!r}" if name in some else repr(name) for name in bare)
            raise StatementError(
                f"'{problem.name}' has {word} condition{'s' * (word != 'no')}{who} on {where}.",
                given=", ".join(map(str, problem.conditions)) or "no conditions",
                expected=f"{needed} at every point of the boundary; not so at {_where(problem, x, wrong)}",
                fix=f'add Dirichlet(..., on="{bare[0]}") or Neumann(..., on="{bare[0]}")'
                if word != "too many"
                else "say where each holds: on=...",
            )


def _where(problem: Problem, x: BoundaryPoints, mask: np.ndarray) -> str:
    return ", ".join(f"{n} = {v:.4g}" for n, v in zip(problem.space.names, x.points[mask][0], strict=True))
