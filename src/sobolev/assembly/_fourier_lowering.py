"""A statement as Fourier spaces see it: states, diagnostics, and their equations sorted by kind of term."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import StatementError, UnsupportedError
from ..equations import Initial, Mean, Problem, State, Unknown, first_order_system
from ._fourier_terms import Terms, sorted_terms


@dataclass(frozen=True, eq=False)
class Lowered:
    """∂ₜ states = rates, 0 = constraints, sorted into `Terms`; initial values by state, mean values by diagnostic."""

    states: tuple[State, ...]
    diagnostics: tuple[AppliedUndef, ...]
    rates: tuple[Terms, ...]
    constraints: tuple[Terms, ...]
    initial: tuple[sp.Expr, ...]
    means: tuple[sp.Expr | None, ...]

    @functools.cached_property
    def columns(self) -> dict[tuple[str, int], int]:
        """Position of (name, time order) among the states, followed by the diagnostics."""
        keys = [(s.unknown.func.__name__, s.time_order) for s in self.states]
        keys += [(d.func.__name__, 0) for d in self.diagnostics]
        return {key: index for index, key in enumerate(keys)}

    @property
    def degree(self) -> float:
        """Polynomial degree of what is evaluated on a grid."""
        return max(terms.degree for terms in (*self.rates, *self.constraints))


@functools.lru_cache(maxsize=16)
def lower_evolution(problem: Problem) -> Lowered:
    """Sorts the equations of an evolution; refuses constraints that are not linear in the diagnostics."""
    system = first_order_system(problem)
    assert problem.time is not None  # or first_order_system had refused
    time = problem.time.coordinate

    def sort(e: sp.Expr) -> Terms:
        return sorted_terms(e, problem.unknowns, problem.coordinates, time)

    constraints = tuple(sort(e) for e in system.constraints)
    for terms, expression in zip(constraints, system.constraints, strict=True):
        for part in terms.on_grid:
            if part.atoms(Unknown) & set(system.diagnostics):
                raise UnsupportedError(
                    f"A constraint of '{problem.name}' is not linear with constant coefficients in its diagnostics.",
                    given=f"{expression} = 0",
                    expected=f"linear terms with constant coefficients in {', '.join(map(str, system.diagnostics))}",
                    fix="use FiniteDifference or Chebyshev, or give the diagnostic a time derivative",
                )
    return Lowered(
        system.states,
        system.diagnostics,
        tuple(sort(e) for e in system.rates),
        constraints,
        tuple(_initial(problem, s) for s in system.states),
        tuple(mean_of(problem, d) for d in system.diagnostics),
    )


def mean_of(problem: Problem, unknown: AppliedUndef) -> sp.Expr | None:
    """The value of `Mean(unknown, …)` if it is stated."""
    conditions = problem.conditions_of(unknown, Mean)
    return conditions[0].value if conditions else None


def _initial(problem: Problem, state: State) -> sp.Expr:
    for c in problem.conditions_of(state.unknown, Initial):
        if c.time_order == state.time_order:
            return c.value
    target = state.unknown
    if state.time_order and problem.time is not None:
        target = sp.Derivative(state.unknown, (problem.time.coordinate, state.time_order))
    raise StatementError(
        f"'{problem.name}' has no initial value for {target}.",
        expected="one initial value for each state",
        fix=f"sv.Initial({target}, ...)",
    )
