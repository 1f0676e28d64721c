"""Which method: the strongest that applies, and why."""

from __future__ import annotations

import functools

from .._core import UnsupportedError
from ..equations import Problem
from ._abstract import AbstractMethod, Verdict


@functools.cache
def catalogue() -> tuple[AbstractMethod, ...]:
    """Every classical method with its defaults, strongest first."""
    from .. import methods

    names = ("SpectralETD", "SpectralSteady", "Chebyshev", "FiniteDifference", "ODE")
    return tuple(vars(methods)[name]() for name in names if name in vars(methods))


def applicable(problem: Problem) -> dict[str, Verdict]:
    """The verdict of every method in the catalogue on a statement, by the method's name."""
    return {type(method).__name__: method.applies(problem) for method in catalogue()}


def choose(problem: Problem) -> tuple[AbstractMethod, str]:
    """The strongest method that takes the statement, and the reason in a few words.

    `UnsupportedError` with every method's reason where none does.
    """
    verdicts = []
    for method in catalogue():
        verdict = method.applies(problem)
        if verdict:
            return method, "it is the strongest that applies"
        verdicts.append(f"{type(method).__name__} {verdict.reason}")
    raise UnsupportedError(
        f"No method in the library takes '{problem.name}'.",
        given="; ".join(verdicts),
        expected="a statement that one of them takes",
        fix="sv.methods.applicable(problem) lists the verdicts",
    )


def demand(problem: Problem, method: AbstractMethod) -> AbstractMethod:
    """`method`, if it takes the statement; `UnsupportedError` with its reason and those that can otherwise."""
    verdict = method.applies(problem)
    if verdict:
        return method
    able = [name for name, other in applicable(problem).items() if other]
    raise UnsupportedError(
        f"{type(method).__name__} {verdict.reason.rstrip('.')}. Methods that can: {', '.join(able) or 'none'}."
    )
