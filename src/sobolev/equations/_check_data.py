"""Checks by numbers: data that are not periodic where the box is, and conditions that disagree where they meet."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import StatementError, StatementWarning
from ..domains import AbstractShape, Interval
from ..priors import GaussianField
from ._calculus import Divergence
from ._check_shape import check_shape_values
from ._conditions import Dirichlet, Initial, Robin
from ._symbols import InputField

if TYPE_CHECKING:
    from ._problem import Problem

_TOLERANCE = 1e-6  # relative to the largest value seen: tails of solitons and rounded ends are no jumps
_EQUATION = "A coefficient or source"
# Fractions of each side at which data are looked at: irrational-looking, so that symmetric functions do not hide there.
_FRACTIONS = np.array([0.0137, 0.1931, 0.2718, 0.4142, 0.5772, 0.6931, 0.8346, 0.9271])


def check_periodic(problem: Problem) -> None:
    """Initial values, coefficients, sources and boundary values agree at both ends of a periodic side."""
    for side in problem.domain.sides:
        if not side.periodic:
            continue
        for a in problem.inputs:
            _check_prior_is_periodic(problem, a, side)
        for what, e in _data(problem):
            if side.coordinate not in e.free_symbols and not e.atoms(InputField):
                continue
            try:
                inside, low, high = _ends(problem, e, side)
            except StatementError:
                if what is _EQUATION:  # where fields stand for constants, log(u) and the like may have no value
                    continue
                raise
            if inside is None:
                continue
            jump = np.max(np.abs(high - low))
            if jump > _TOLERANCE * max(np.max(np.abs(inside)), np.max(np.abs(low)), np.finfo(float).tiny):
                raise StatementError(
                    f"{what} of '{problem.name}' is not periodic in {side.name}.",
                    given=f"{e}: jumps by {jump:.3g} from {side.name} = {side.upper:g} to {side.name} = {side.lower:g}",
                    expected=f"the same value at both ends, because {side.name} is periodic",
                    fix=f"change it, or make Interval({side.name}, {side.lower:g}, {side.upper:g}) not periodic "
                    "and add boundary conditions",
                )


def check_jumps(problem: Problem) -> None:
    """Warns where a boundary condition disagrees with the initial value, or two Dirichlet values at a corner."""
    if isinstance(problem.space, AbstractShape):
        check_shape_values(problem, _values_at)
        return
    time = problem.time
    for c in problem.conditions:
        if time is not None and isinstance(c, Initial) and c.time_order == 0:
            for side in problem.domain.sides:
                for part, end, sign in zip(side.parts, (side.lower, side.upper), (-1, 1), strict=False):
                    for b in problem.boundary_condition(c.unknown, part):
                        here = {side.coordinate: end, time.coordinate: time.start}
                        meeting = f"{part} at {time.name} = {time.start:g}"
                        _warn(problem, _stated(problem, b, c.value, side, sign), b.value, here, meeting, b)
    values = _dirichlet(problem)
    for i, (u, part, side, end, value) in enumerate(values):
        for v, other_part, other_side, other_end, other in values[:i]:
            if u == v and side != other_side:
                here = {side.coordinate: end, other_side.coordinate: other_end}
                _warn(problem, value, other, here, f"the corner of {other_part} and {part}", Dirichlet(u, value))


def _stated(problem: Problem, c: Robin, initial: sp.Expr, side: Interval, sign: int) -> sp.Expr | None:
    """What a boundary condition is about, α u + β ∂u/∂n, of the initial value; None where that is no expression."""
    if c.beta == 0:
        return c.alpha * initial
    bound = bound_expression(problem, initial)
    if bound is None:
        return None
    slope = sp.diff(bound, side.coordinate)
    if slope.atoms(sp.Derivative, sp.Subs, sp.DiracDelta):  # of a jump
        return None
    return c.alpha * bound + sign * c.beta * slope


def _warn(
    problem: Problem, a: sp.Expr | None, b: sp.Expr, here: Mapping[sp.Symbol, float], meeting: str, c: Robin
) -> None:
    if a is None or a == b:
        return
    first, second = (_values(problem, e, here) for e in (a, b))
    if first is None or second is None:
        return
    jump = np.max(np.abs(first - second))
    if jump > _TOLERANCE * max(1.0, np.max(np.abs(first)), np.max(np.abs(second))):
        warnings.warn(
            f"'{problem.name}': the conditions on {c.unknown.func.__name__} disagree on {meeting} by {jump:.3g}. "
            f"The {'solution' if c.beta == 0 else 'slope of the solution'} has a jump there, and most methods lose "
            "accuracy near it.",
            StatementWarning,
            stacklevel=2,
        )


def _dirichlet(problem: Problem) -> list[tuple[Any, str, Interval, float, sp.Expr]]:
    found = []
    for side in problem.domain.sides:
        for part, end in zip(side.parts, (side.lower, side.upper), strict=False):
            for u in problem.unknowns:
                for c in problem.boundary_condition(u, part):
                    if c.beta == 0:
                        found.append((u, part, side, end, c.value / c.alpha))
    return found


def _data(problem: Problem) -> list[tuple[str, sp.Expr]]:
    """What is given as a function of the coordinates. In equations, unknowns and inputs count as constants."""
    found: list[tuple[str, sp.Expr]] = []
    for c in problem.conditions:
        values = (c.alpha, c.beta, c.value) if isinstance(c, Robin) else (c.value,)
        kind = "The initial value" if isinstance(c, Initial) else "A condition"
        found += [(f"{kind} ({c})", v) for v in values]
    for a in problem.inputs:
        value = problem.values.get(a.func.__name__, a.func.default)
        if isinstance(value, sp.Expr):
            found.append((f"The input {a.func.__name__}", value))
    found += [(_EQUATION, _with_constant_fields(e, {})) for e in problem.residuals]
    return found


def _with_constant_fields(e: Any, seen: dict[sp.Basic, sp.Float]) -> Any:
    if isinstance(e, sp.Derivative | AppliedUndef):
        # Any fixed number will do; it differs from field to field, so that terms do not cancel.
        return seen.setdefault(e, sp.Float(1 + 0.6180339887 * (len(seen) + 1) % 1))
    if isinstance(e, Divergence):
        return sp.Add(*(_with_constant_fields(f, seen) for f in e.flux))
    if not e.args:
        return e
    return e.func(*(_with_constant_fields(a, seen) for a in e.args))


def _check_prior_is_periodic(problem: Problem, a: Any, side: Interval) -> None:
    law = a.func.prior
    while law is not None and not isinstance(law, GaussianField):
        law = getattr(law, "field", None)
    if law is None or side.coordinate not in a.args or a.func.__name__ in problem.values:
        return
    kinds = (law.boundary,) * len(a.args) if isinstance(law.boundary, str) else law.boundary
    if len(kinds) == len(a.args) and kinds[a.args.index(side.coordinate)] == "neumann":
        raise StatementError(
            f"The random input {a} of '{problem.name}' is not periodic in {side.name}.",
            given=f"GaussianField(..., {law.boundary!r})",
            expected="a periodic prior on a periodic side",
            fix='GaussianField(..., "periodic")',
        )


def _ends(problem: Problem, e: sp.Expr, side: Interval) -> tuple[Any, Any, Any]:
    inside = _values(problem, e, {})
    low, high = (_values(problem, e, {side.coordinate: end}) for end in (side.lower, side.upper))
    return (None, None, None) if inside is None or low is None or high is None else (inside, low, high)


def _values_at(problem: Problem, e: sp.Expr, points: np.ndarray, at_start: bool = False) -> np.ndarray | None:
    """Values at points (n, ndim) of space, where they depend on time at several times or at the start; None where there
    is no number."""
    columns = {c: x for c, x in zip(problem.coordinates, points.T, strict=True)}
    if problem.time is not None:
        steps = np.zeros(len(points)) if at_start else np.resize(_FRACTIONS, len(points))
        columns[problem.time.coordinate] = problem.time.start + problem.time.length * steps
    return _values(problem, e, columns)


def _values(problem: Problem, e: sp.Expr, here: Mapping[sp.Symbol, Any]) -> np.ndarray | None:
    """Values at points of the domain, some coordinates fixed; None where something has no number yet."""
    bound = e if e.is_Number else bound_expression(problem, e)
    if bound is None:
        return None
    e = bound
    if e.is_Number:
        return np.atleast_1d(float(e))
    numbers: dict[sp.Symbol, Any] = {}
    for s in e.free_symbols:
        sides = [side for side in problem.domain.sides if side.coordinate == s]
        if s in here:
            numbers[s] = here[s]
        elif sides:
            # Another order of the fractions for each axis: a diagonal line would hide sin(x − y).
            numbers[s] = sides[0].lower + sides[0].length * np.roll(_FRACTIONS, 3 * problem.coordinates.index(s))
        elif problem.time is not None and s == problem.time.coordinate:
            numbers[s] = problem.time.start + problem.time.length * _FRACTIONS
        else:
            return None
    symbols = tuple(sorted(e.free_symbols, key=lambda s: s.name))
    with np.errstate(all="ignore"):
        values = np.atleast_1d(compiled(e, symbols)(*(numbers[s] for s in symbols)))
    if values.dtype.kind not in "iufc":
        return None
    if not np.all(np.isfinite(values)):
        raise StatementError(
            f"Something given in '{problem.name}' is not finite.",
            given=f"{e} at {', '.join(f'{s} = {np.ravel(n)[0]:.3g}' for s, n in numbers.items())}",
            expected="finite values everywhere in the domain",
        )
    return values


@functools.lru_cache(maxsize=256)
def compiled(e: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> Any:
    """An expression as a function of arrays, in the order of `symbols`."""
    return sp.lambdify(symbols, e, modules=["scipy", "numpy"])


def bound_expression(problem: Problem, e: Any) -> Any:
    """Inputs and parameters replaced by what they are bound to; None where that is no expression (yet)."""
    while named := [s for s in e.atoms(InputField) | (e.free_symbols & set(problem.parameters))]:
        table: dict[Any, Any] = {}
        for s in named:
            field = isinstance(s, InputField)
            name = s.func.__name__ if field else s.name
            unbound_random = name not in problem.values and field and s.func.prior is not None
            value = problem.values.get(name, s.func.default if field else s.default)
            if isinstance(value, jax.Array) and not isinstance(value, jax.core.Tracer) and value.ndim == 0:
                value = float(value)
            if unbound_random or value is None or not isinstance(value, sp.Expr | int | float):
                return None
            table[s] = value
        e = e.xreplace({s: sp.sympify(v) for s, v in table.items()})
    return e
