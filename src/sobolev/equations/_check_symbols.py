"""Checks of names, symbols, and of the number of equations."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import StatementError
from ._conditions import Condition, Initial, Mean, Normalised
from ._symbols import Eigenvalue, InputField, Parameter, Unknown

if TYPE_CHECKING:
    from ._problem import Problem


def check_symbols(problem: Problem) -> None:
    """Every symbol is a coordinate or a parameter, every function an unknown or an input, every name unique."""
    if not problem.domain.coordinates:
        raise StatementError(
            f"The domain of '{problem.name}' is empty.", expected="space, time or both", fix="sv.Interval(x, 0, 1)"
        )
    if not problem.equations:
        raise StatementError(f"'{problem.name}' has no equations.", expected="as many as unknowns")
    expressions = [*problem.residuals, *(v for c in problem.conditions for v in condition_expressions(c))]
    fields = {f for e in expressions for f in e.atoms(AppliedUndef)}
    for f in sorted(fields, key=str):
        _check_field(problem, f)
    _check_free_symbols(problem, expressions)
    _check_names(problem)
    for e in problem.residuals:
        _check_terms(problem, e)


def check_equations(problem: Problem) -> None:
    """As many equations as unknowns, each about some unknown; conditions about no others."""
    present = [{f for f in e.atoms(Unknown)} for e in problem.residuals]
    unknowns = set().union(*present)
    for c in problem.conditions:
        if c.unknown not in unknowns:
            raise StatementError(
                f"'{problem.name}' has a condition on {c.unknown.func.__name__}, which is in no equation.",
                given=str(c),
                expected=f"conditions on {_names(unknowns) or 'unknowns of the equations'}",
            )
    if not unknowns:
        raise StatementError(
            f"'{problem.name}' has no unknown.",
            given=", ".join(f"{e.lhs} = {e.rhs}" for e in problem.equations),
            expected="equations for at least one sv.unknown(...)",
        )
    for e, found in zip(problem.equations, present, strict=True):
        if not found:
            raise StatementError(f"An equation of '{problem.name}' contains no unknown.", given=f"{e.lhs} = {e.rhs}")
    if len(problem.equations) != len(unknowns):
        few = len(problem.equations) < len(unknowns)
        raise StatementError(
            f"'{problem.name}' has {'fewer' if few else 'more'} equations than unknowns.",
            given=f"{len(problem.equations)} equations for {_names(unknowns)}",
            expected=f"{len(unknowns)} equations",
            fix="state one more equation for each unknown, or make a given function an sv.input_field"
            if few
            else "leave out an equation, or make what follows from the others a check afterwards",
        )
    if all(u.is_real for u in unknowns) and any(e.has(sp.I) for e in problem.residuals):
        raise StatementError(
            f"'{problem.name}' contains the imaginary unit, but its unknowns are real.",
            expected="complex unknowns",
            fix='sv.unknown("u", ..., complex=True)',
        )

    for c in problem.conditions:
        if c.unknown.is_real and any(e.has(sp.I) for e in condition_expressions(c)):
            raise StatementError(
                f"A condition of '{problem.name}' is complex, but {c.unknown.func.__name__} is real.",
                given=str(c),
                expected="a real value",
                fix='sv.unknown("u", ..., complex=True)',
            )


def condition_expressions(c: Condition) -> tuple[sp.Expr, ...]:
    """The values and coefficients of a condition."""
    match c:
        case Initial():
            return (c.target, c.value)
        case Mean() | Normalised():
            return (c.unknown, c.value)
    return (c.unknown, c.alpha, c.beta, c.value)


def _check_field(problem: Problem, f: Any) -> None:
    name, own, domain = f.func.__name__, f.args, problem.domain.coordinates
    if not isinstance(f, Unknown | InputField):
        raise StatementError(
            f"The function {name} of '{problem.name}' is neither an unknown nor an input.",
            given=str(f),
            expected="sv.unknown(...) for what is solved for, sv.input_field(...) for what is given",
        )
    wrong = [c for c in own if c not in domain]
    if isinstance(f, Unknown) and (wrong or set(own) != set(domain)):
        missing_time = problem.time is None and any(getattr(c, "name", "") == "t" for c in wrong)
        raise StatementError(
            f"The unknown {name} of '{problem.name}' does not have the coordinates of the domain.",
            given=str(f),
            expected=f"{name}({', '.join(c.name for c in domain)})",
            fix="multiply the domain by sv.Time(t, 0, ...)" if missing_time else None,
        )
    if wrong:
        raise StatementError(
            f"The input {name} of '{problem.name}' depends on something that is no coordinate of the domain.",
            given=str(f),
            expected=f"some of {', '.join(c.name for c in domain)}",
        )


def _check_free_symbols(problem: Problem, expressions: list[sp.Expr]) -> None:
    coordinates = problem.domain.coordinates
    free = set().union(*(e.free_symbols for e in expressions))
    for s in sorted(free - set(coordinates), key=str):
        if isinstance(s, Parameter | Eigenvalue):
            continue
        twin = s.name in {c.name for c in coordinates}
        raise StatementError(
            f"The symbol {s.name} of '{problem.name}' is neither a coordinate of the domain nor a parameter.",
            given=f"sympy.Symbol({s.name!r})",
            expected=f"coordinates {', '.join(c.name for c in coordinates)} and parameters",
            fix=f"use the same symbol {s.name} as the domain does, from sv.coordinates"
            if twin
            else f'{s.name} = sv.parameter("{s.name}", default=...)',
        )


def _check_names(problem: Problem) -> None:
    owners: dict[str, Any] = {}
    symbols = (*problem.domain.coordinates, *problem.unknowns, *problem.inputs, *problem.parameters)
    for s in symbols:
        name = s.func.__name__ if isinstance(s, AppliedUndef) else s.name
        if name in owners and owners[name] != s:
            raise StatementError(
                f"'{problem.name}' uses the name {name} twice.",
                given=f"{_described(owners[name])} and {_described(s)}",
                expected="one meaning per name",
                fix="rename one of them, or make it once and use it everywhere",
            )
        owners[name] = s
    kept = {f.name for f in dataclasses.fields(problem)}
    for s in (*problem.inputs, *problem.parameters):
        name = s.func.__name__ if isinstance(s, AppliedUndef) else s.name
        if name in kept:
            raise StatementError(
                f"'{problem.name}' cannot have {_described(s)}: problem.replace({name}=...) means something else.",
                given=name,
                expected=f"a name other than {', '.join(sorted(kept))}",
            )


def _check_terms(problem: Problem, residual: sp.Expr) -> None:
    for node in sp.preorder_traversal(residual):
        if isinstance(node, sp.Derivative) and not isinstance(node.expr, Unknown | InputField):
            raise StatementError(
                f"A derivative in '{problem.name}' is left unevaluated.",
                given=str(node),
                expected="derivatives of fields",
                fix="call .doit() on it, or use sv.div for fluxes",
            )
        if isinstance(node, sp.Integral | sp.Subs | sp.Sum):
            raise StatementError(
                f"'{problem.name}' contains a term that is no function of a field and its derivatives.",
                given=str(node),
                expected="an equation at a point: values and derivatives of fields, coordinates, parameters",
            )


def _described(s: Any) -> str:
    match s:
        case Unknown():
            return f"the unknown {s}"
        case InputField():
            return f"the input {s}"
        case Parameter():
            return f"the parameter {s} = {s.default}"
    return f"the coordinate {s}"


def _names(fields: Any) -> str:
    return ", ".join(sorted(f.func.__name__ for f in fields))
