"""Which method: the strongest that applies, and why."""

from __future__ import annotations

import sympy as sp

from .._core import UnsupportedError
from ..equations import Problem, conservation_law
from ..fields import GridField
from ..priors import TwoPhase
from ._abstract import AbstractMethod, Verdict
from ._chebyshev import Chebyshev
from ._finite_difference import FiniteDifference
from ._finite_element import FiniteElement
from ._finite_volume import FiniteVolume
from ._fourier_galerkin import FourierGalerkin
from ._ode import ODE
from ._spectral_etd import SpectralETD

_ROUGH = (sp.Piecewise, sp.Heaviside, sp.sign, sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling)


# Strongest first. A method that converges spectrally comes before one of finite order; those that need smooth data
# come before those that do not, and are passed over where the statement says that something is not smooth.
_CATALOGUE: tuple[tuple[AbstractMethod, str, bool], ...] = (
    (ODE(), "without space, only the steps in time remain, and they adapt", False),
    (SpectralETD(), "the box is periodic: Fourier modes converge spectrally, and stiff linear terms are exact", True),
    (FourierGalerkin(), "the box is periodic and nothing evolves: Fourier modes converge spectrally", True),
    (Chebyshev(), "the box has walls and the data are smooth: Chebyshev polynomials converge spectrally", True),
    (FiniteDifference(order=6), "the data are smooth, and no spectral method takes this box", True),
    (FiniteDifference(order=4), "the data are smooth, and no method of higher order takes this box", True),
    (FiniteDifference(), "it keeps fluxes conservative, so that coefficients and data may jump", False),
    (FiniteVolume(), "it is a conservation law, and cell averages keep what it conserves through jumps", False),
    (SpectralETD(), "the box is periodic, although something in the statement is not smooth", False),
    (FiniteElement(), "triangles and tetrahedra follow any boundary, and its weak form can be derived", False),
)


def catalogue() -> tuple[AbstractMethod, ...]:
    """Every classical method, strongest first."""
    return tuple(dict.fromkeys(method for method, _, _ in _CATALOGUE))


def applicable(problem: Problem) -> dict[str, Verdict]:
    """The verdict of every method in the catalogue on a statement, by the method's name."""
    found: dict[str, Verdict] = {}
    for method in catalogue():
        verdict = method.applies(problem)
        if verdict or type(method).__name__ not in found:
            found[type(method).__name__] = verdict
    return found


def choose(problem: Problem) -> tuple[AbstractMethod, str]:
    """The strongest method that takes the statement, and the reason in a few words.

    `UnsupportedError` with every method's reason where none does.
    """
    return ranked(problem)[0]


def ranked(problem: Problem) -> list[tuple[AbstractMethod, str]]:
    """All methods that take the statement with their reasons, strongest first; `UnsupportedError` where none does."""
    _refuse_eigenvalue(problem)
    volumes = FiniteVolume()
    shocks = bool(volumes.applies(problem)) and conservation_law(problem).is_nonlinear
    if shocks:  # whatever else applies would need a solution that stays smooth
        return [(volumes, "it is a nonlinear conservation law without diffusion: shocks form, and fluxes move them")]
    rough = roughness(problem)
    found = [
        (method, f"{rough}: {reason}" if rough else reason)
        for method, reason, needs_smooth in _CATALOGUE
        if not (rough and needs_smooth) and method.applies(problem)
    ]
    if not found:
        raise UnsupportedError(
            f"No method in the library takes '{problem.name}'.",
            given="; ".join(f"{name} {verdict.reason}" for name, verdict in applicable(problem).items()),
            expected="a statement that one of them takes",
            fix="sv.methods.applicable(problem) lists the verdicts",
        )
    return found


def demand(problem: Problem, method: AbstractMethod) -> AbstractMethod:
    """`method`, if it takes the statement; `UnsupportedError` with its reason and those that can otherwise."""
    _refuse_eigenvalue(problem)
    verdict = method.applies(problem)
    if verdict:
        return method
    able = [name for name, other in applicable(problem).items() if other]
    raise UnsupportedError(
        f"{type(method).__name__} {verdict.reason.rstrip('.')}.",
        given=repr(problem),
        fix=f"Methods that can: {', '.join(able) or 'none'}.",
    )


def _refuse_eigenvalue(problem: Problem) -> None:
    if problem.eigenvalue is not None:
        raise UnsupportedError(
            f"'{problem.name}' has many solutions: its eigenfunctions.",
            given=f"the unknown number {problem.eigenvalue}",
            fix="sv.eigenpairs(problem, count=4)",
        )


def roughness(problem: Problem) -> str:
    """What in a statement is known not to be smooth, in a few words; empty when nothing is."""
    for equation in problem.equations:
        if _smoothened(equation).atoms(*_ROUGH):
            return "the equations jump or have kinks"
    for c in problem.conditions:
        if _smoothened(c.value).atoms(*_ROUGH):
            return "a condition jumps or has kinks"
    for a in problem.inputs:
        name = a.func.__name__
        value = problem.values.get(name, a.func.default)
        if isinstance(value, GridField):
            return f"{name} is known at grid points only"
        if isinstance(value, sp.Basic):
            if _smoothened(value).atoms(*_ROUGH):
                return f"{name} jumps or has kinks"
        elif isinstance(a.func.prior, TwoPhase):  # not drawn yet, or drawn
            return f"{name} jumps"
    return ""


def _smoothened(expression: sp.Basic) -> sp.Basic:
    """Without even powers of absolute values, which are smooth."""

    def is_even_power(node: sp.Basic) -> bool:
        return isinstance(node, sp.Pow) and isinstance(node.base, sp.Abs) and node.exp.is_even is True

    return expression.replace(is_even_power, lambda node: sp.S.One)
