"""Quantities that a statement conserves, found from the statement itself.

For ∂ₜu = R on a periodic box, ∫ q(u) dx is conserved iff q′(u) R is a total divergence, and a differential expression
is a total divergence iff its Euler–Lagrange derivative with respect to every field vanishes identically (Olver,
*Applications of Lie Groups to Differential Equations*, 2nd ed., Thm 4.7) and so does the mean of its field-free part.
Tried are the mean of every state and, where it is of first order in time, the mean of its square, |u|².
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sympy as sp

from .._core import UnsupportedError, precision_context
from ..domains import Box
from ._calculus import Divergence
from ._conservation import is_conservation_law
from ._evolution import State, first_order_system
from ._problem import Problem
from ._values import Values, evaluate_expression, values_of


@dataclass(frozen=True)
class Conserved:
    """The mean over the box of a state (`kind` "mean") or of its squared modulus ("square")."""

    state: State
    kind: Literal["mean", "square"]

    @property
    def label(self) -> str:
        """In words."""
        name = self.state.name
        if self.kind == "mean":
            return f"mean of {name}"
        return f"mean of {name}^2" if self.state.unknown.is_real else f"mean of |{name}|^2"


def conserved_quantities(problem: Problem, values: Values | None = None) -> tuple[Conserved, ...]:
    """What an evolution on a periodic box conserves; empty where nothing is known to be conserved.

    `values` (default: those the problem is bound to) are those of sources, whose mean must vanish.
    """
    if not (problem.is_evolution and problem.is_periodic):
        return ()
    try:
        system = first_order_system(problem)
    except UnsupportedError:
        return ()
    # Squares are lost in shocks, even where smooth solutions keep them.
    has_shocks = not problem.is_linear and is_conservation_law(problem)
    found = []
    for state, rate in zip(system.states, system.rates, strict=True):
        rates, fields = _real_parts(rate, state, problem)
        if all(_is_divergence(part, fields, problem, values) for _, part in rates):
            found.append(Conserved(state, "mean"))
        if problem.time_order_of(state.unknown) == 1 and not has_shocks:
            power = sp.Add(*(field * part for field, part in rates))  # half the rate of |u|²
            if _is_divergence(power, fields, problem, values):
                found.append(Conserved(state, "square"))
    return tuple(found)


def _real_parts(rate: sp.Expr, state: State, problem: Problem) -> tuple[list, list]:
    """[(real field, its rate)] of the state's unknown, and all real fields: complex unknowns are split into two."""
    expanded: Any = rate.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
    split, fields, parts = {}, [], ()
    for u in problem.unknowns:
        if u.is_real is True:
            fields.append(u)
            continue
        a, b = (sp.Function(f"{u.func.__name__}_{part}", real=True)(*u.args) for part in ("re", "im"))
        split[u] = a + sp.I * b
        fields.extend((a, b))
        if u == state.unknown:
            parts = (a, b)
    rate = expanded.subs(split).doit()
    if not parts:
        return [(state.unknown, rate)], fields
    # Derivatives of the real parts are real, which SymPy does not conclude by itself.
    rates = [
        part.replace(lambda n: isinstance(n, sp.re | sp.im), lambda n: n.args[0] if isinstance(n, sp.re) else sp.S.Zero)
        for part in sp.expand(rate, complex=True).as_real_imag()
    ]
    return list(zip(parts, rates, strict=True)), fields


def _is_divergence(density: sp.Expr, fields: list, problem: Problem, values: Values | None) -> bool:
    density = sp.expand(density.doit())
    present = [f for f in fields if density.has(f)]
    if any(sp.simplify(sp.expand(_euler_derivative(density, f))) != 0 for f in present):
        return False
    free = sp.expand(density.subs({f: 0 for f in fields}).doit()) if present else density
    return free == 0 or _has_zero_mean(free, problem, values)


def _euler_derivative(density: sp.Expr, field: sp.Expr) -> sp.Expr:
    """δ/δf = Σ_α (−1)^|α| D^α ∂/∂f_α."""
    total = density.diff(field)
    for d in density.atoms(sp.Derivative):
        if d.expr == field:
            total += (-1) ** len(d.variables) * density.diff(d).diff(*d.variables)
    return total


def _has_zero_mean(source: sp.Expr, problem: Problem, values: Values | None) -> bool:
    """Whether a source (no fields) has zero mean over the box at a few times, by the trapezoidal rule."""
    if source.atoms(sp.Derivative) or not isinstance(problem.space, Box) or problem.time is None:
        return False
    points = {1: 256, 2: 64, 3: 24}[problem.ndim]
    axes = [side.lower + side.length * np.arange(points) / points for side in problem.space.sides]
    coordinates = dict(zip(problem.space.names, np.ix_(*axes), strict=True))
    with precision_context("double"):
        values = values_of(problem) if values is None else values
        for t in np.linspace(problem.time.start, problem.time.stop, 5):
            nodal = np.asarray(evaluate_expression(problem, source, {**coordinates, problem.time.name: t}, values))
            if abs(np.mean(nodal)) > 1e-12 * max(1.0, float(np.max(np.abs(nodal)))):
                return False
    return True
