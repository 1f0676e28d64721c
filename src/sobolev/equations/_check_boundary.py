"""Checks of boundary conditions: as many as the order, on sides that exist, and not against one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp

from .._core import StatementError
from ..domains import AbstractShape, Interval
from ._check_shape import check_shape_boundary
from ._conditions import Robin
from ._conservation import is_conservation_law
from ._linearity import linear_part

if TYPE_CHECKING:
    from ._problem import Problem


def check_boundary(problem: Problem) -> None:
    """An equation of order n in x needs n conditions on the two x-sides, at least ⌊n/2⌋ on each.

    Counted for each unknown; systems may also distribute the total otherwise where an unknown without time
    derivative carries more than its own (two on a stream function, none on its vorticity), and a pressure, whose own
    equation does not contain it, needs none.
    """
    if isinstance(problem.space, AbstractShape):
        check_shape_boundary(problem)
        return
    _check_parts(problem)
    for side in problem.domain.sides:
        if not side.periodic:
            _check_side(problem, side)


def _check_parts(problem: Problem) -> None:
    parts = problem.domain.parts
    periodic = [f"{s.name}.{end}" for s in problem.domain.sides if s.periodic for end in ENDS]
    for c in problem.conditions:
        if not isinstance(c, Robin):
            continue
        if problem.space is None:
            raise StatementError(
                f"'{problem.name}' has a boundary condition but no space.",
                given=str(c),
                expected="initial conditions only, for an ordinary differential equation",
            )
        wrapped = [part for part in c.on or () if part in periodic]
        if wrapped or not parts:
            raise StatementError(
                f"'{problem.name}' has a condition on a periodic side.",
                given=str(c),
                expected="no condition where both ends are the same point",
                fix="leave the condition out, or make the interval periodic=False",
            )
        for part in c.on or ():
            if not isinstance(part, str):
                raise StatementError(
                    f"'{problem.name}' has a condition on part of a shape, but lives on a box.",
                    given=str(c),
                    expected=f"whole sides: {', '.join(parts)}",
                    fix='keep the rectangle a shape by a name, Rectangle((x, 0, 1), (y, 0, 1), name="plate")',
                )
            if part not in parts:
                raise StatementError(
                    f"'{problem.name}' has no boundary part called {part!r}.",
                    given=str(c),
                    expected=", ".join(parts),
                )


ENDS = ("min", "max")


def _check_side(problem: Problem, side: Interval) -> None:
    orders = {u: problem.order_in(side.coordinate, u) for u in problem.unknowns}
    counts = {u: _counts(problem, u, side) for u in problem.unknowns}
    for u in problem.unknowns:
        for end in ENDS:
            _check_repeated(problem, u, f"{side.name}.{end}")
    wrong = [u for u in problem.unknowns if not _fits(orders[u], counts[u])]
    if _closes_both_ends(problem, counts) and is_conservation_law(problem):
        return
    if not wrong or _fits_as_system(problem, orders, counts):
        if not wrong and len(problem.unknowns) == 1 and orders[problem.unknowns[0]] == 1:
            _check_inflow(problem, problem.unknowns[0], side, counts[problem.unknowns[0]])
        return
    few = [u for u in wrong if sum(counts[u]) < orders[u] or min(counts[u]) < orders[u] // 2]
    u = (few or wrong)[0]
    _refuse(problem, side, u, orders[u], counts[u])


def _counts(problem: Problem, u: Any, side: Interval) -> tuple[int, int]:
    low, high = (len(problem.boundary_condition(u, f"{side.name}.{end}")) for end in ENDS)
    return low, high


def _fits(order: int, counts: tuple[int, int]) -> bool:
    return sum(counts) == order and min(counts) >= order // 2


def _fits_as_system(problem: Problem, orders: dict[Any, int], counts: dict[Any, tuple[int, int]]) -> bool:
    if not problem.is_system:
        return False
    pressures = [u for u in problem.unknowns if _is_pressure(problem, u)]
    total = (sum(c[0] for c in counts.values()), sum(c[1] for c in counts.values()))
    needed = sum(orders[u] for u in problem.unknowns if u not in pressures)
    given = sum(orders[u] for u in pressures if any(counts[u]))  # or in place of a velocity, where fluid leaves
    surplus = [u for u in problem.unknowns if sum(counts[u]) > orders[u]]
    hyperbolic = all(order <= 1 for order in orders.values())
    free = hyperbolic or problem.is_steady or all(u in problem.diagnostics for u in surplus)
    return (_fits(needed, total) or _fits(needed + given, total)) and free


def _closes_both_ends(problem: Problem, counts: dict[Any, tuple[int, int]]) -> bool:
    """One condition on every unknown at both ends: outflow or a wall, where a conservation law picks what enters."""
    return problem.is_evolution and problem.order <= 1 and all(c == (1, 1) for c in counts.values())


def _is_pressure(problem: Problem, u: Any) -> bool:
    """Without time derivative, of first order only, and absent from one of the equations."""
    first = max(problem.order_in(c, u) for c in problem.coordinates) == 1 and problem.time_order_of(u) == 0
    return first and any(u not in e.atoms(type(u)) for e in problem.residuals)


def _check_repeated(problem: Problem, u: Any, part: str) -> None:
    """Two conditions on one part must say different things: (α, β) not proportional."""
    conditions = problem.boundary_condition(u, part)
    for i, a in enumerate(conditions):
        for b in conditions[:i]:
            if sp.expand(a.alpha * b.beta - b.alpha * a.beta) == 0:
                raise StatementError(
                    f"'{problem.name}' has two conditions of one kind on {u.func.__name__} at {part}.",
                    given=f"{b}, {a}",
                    expected="one value where they hold",
                    fix="name the parts on which each holds: on=...",
                )


def _refuse(problem: Problem, side: Interval, u: Any, order: int, counts: tuple[int, int]) -> None:
    name, x = u.func.__name__, side.name
    who = f" on {name}" if problem.is_system else ""
    half = (
        f"{order // 2} on each side"
        if order % 2 == 0
        else f"{order // 2} on one side, {order - order // 2} on the other"
    )
    expected = (
        f"{order} condition{'s' * (order != 1)}{who} in {x} ({half}), because the equation has order {order} in {x}"
        if order > 1
        else f"one condition{who} on {x}.min or {x}.max, because the equation has order 1 in {x}"
        if order
        else f"none{who} in {x}, because nothing is differentiated with respect to {x}"
    )
    if order == 2:
        expected = f"one condition{who} on every side, because the equation has order 2 in {x}"
    given = ", ".join(map(str, problem.conditions)) or "no conditions"
    too_few = sum(counts) < order or min(counts) < order // 2
    if too_few:
        end = 0 if counts[0] < counts[1] or (order == 1 and counts == (0, 0)) else 1
        bare = [i for i in (0, 1) if counts[i] == 0]
        place = f"{x} = {(side.lower, side.upper)[bare[-1] if bare else end]:g}"
        part = f"{x}.{ENDS[bare[-1] if bare else end]}"
        if not any(counts):
            place = f"{x} = {side.lower:g} or {x} = {side.upper:g}"
        raise StatementError(
            f"'{problem.name}' has {'no' if bare else 'too few'} condition{'' if bare else 's'}{who} on {place}.",
            given=given,
            expected=expected,
            fix=f'add Dirichlet({name}, ..., on="{part}"), Neumann(...), or make '
            f"Interval({x}, {side.lower:g}, {side.upper:g}, periodic=True)",
        )
    raise StatementError(
        f"'{problem.name}' has too many conditions{who} in {x}: {sum(counts)}.",
        given=given,
        expected=expected,
        fix=f'leave some out, or say where each holds: on="{x}.min"' if order else "leave them out",
    )


def _check_inflow(problem: Problem, u: Any, side: Interval, counts: tuple[int, int]) -> None:
    """A transport equation u_t + c u_x = … takes its condition where the flow enters."""
    if problem.time is None or problem.time_order_of(u) != 1:
        return
    terms, _ = linear_part(problem.residuals[0], problem.unknowns, problem.domain.coordinates)
    rate = terms.get(sp.Derivative(u, problem.time.coordinate))
    slope = terms.get(sp.Derivative(u, side.coordinate))
    if rate is None or slope is None:
        return
    speed = (slope / rate).subs({p: p.default for p in problem.parameters if p.default is not None})
    if not speed.is_real or speed == 0:
        return
    entry = 0 if speed > 0 else 1
    if not counts[entry]:
        raise StatementError(
            f"The condition of '{problem.name}' in {side.name} sits where the solution leaves.",
            given=f"a condition on {side.name}.{ENDS[1 - entry]}, speed {sp.N(speed, 3)}",
            expected=f"a condition on {side.name}.{ENDS[entry]}, where it enters",
            fix=f'on="{side.name}.{ENDS[entry]}"',
        )
