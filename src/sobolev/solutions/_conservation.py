"""Which integrals a statement conserves, and how well a solution keeps them.

With periodic sides, d/dt ∫ q dx = 0 for every state of the field exactly when the rate of q is the divergence of
something. That is decided from the text of the statement: an expression of a field and its derivatives is a
divergence if and only if its variational derivative

    E_u(L) = Σ_α (−1)^|α| ∂^α ( ∂L / ∂u_α )

vanishes for every field u in it (Olver, *Applications of Lie Groups to Differential Equations*, 2nd ed., Thm 4.7),
up to what does not depend on the fields at all, whose mean is computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import UnsupportedError, precision_context
from ..equations import Divergence, Problem, Unknown, Values, evaluate_expression, first_order_system
from ..fields import Grid
from ._field import SpaceTimeField
from ._sampling import fine_grid, on_grid, viewing_times

_TIMES = 33


def conserved_quantities(problem: Problem, values: Values) -> dict[str, tuple[str, int, str]]:
    """Conserved integrals of an evolution on a periodic box: label → (unknown, time derivative, "mean" or "square").

    Tried are the mean of every state and the mean of its square (of |u|² where u is complex).
    """
    if not (problem.is_evolution and problem.is_periodic):
        return {}
    system = first_order_system(problem)
    found = {}
    for state, rate in zip(system.states, system.rates, strict=True):
        rate = rate.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
        name = state.unknown.func.__name__
        if _is_conserved(problem, values, rate):
            found[f"mean of {state.name}"] = (name, state.time_order, "mean")
        if problem.time_order_of(state.unknown) == 1 and _is_conserved(
            problem, values, _square(problem, state.unknown, rate)
        ):
            label = f"mean of |{name}|^2" if state.unknown.is_real is not True else f"mean of {name}^2"
            found[label] = (name, state.time_order, "square")
    return found


def conservation_errors(field: SpaceTimeField, problem: Problem, values: Values) -> dict[str, float]:
    """Drift of every conserved integral: max over saved times |Q(t) − Q(0)| / max(|Q(0)|, mean of |q| at the start)."""
    if not problem.is_evolution:
        raise UnsupportedError(f"'{problem.name}' is steady.", expected="an evolution, to ask what it conserves")
    found = {}
    grid, times = fine_grid(field), viewing_times(field, _TIMES)
    weights = np.ones(()) if grid is None else grid.weights
    for label, (name, time_order, kind) in conserved_quantities(problem, values).items():
        u = on_grid(field, grid, times, time_order=time_order)[..., problem.unknown_names.index(name)]
        q = np.abs(u) ** 2 if kind == "square" else u
        axes = tuple(range(1, q.ndim))
        integral = np.sum(weights * q, axis=axes) / np.sum(weights)
        size = np.sum(weights * np.abs(q), axis=axes)[0] / np.sum(weights)
        drift = np.max(np.abs(integral - integral[0]))
        scale = max(abs(integral[0]), size)
        found[label] = float(drift / scale) if scale > 0 else float(drift)
    return found


def euler_operator(expression: sp.Expr, field: AppliedUndef, coordinates: tuple[sp.Symbol, ...]) -> sp.Expr:
    """E_u(L), the variational derivative of L with respect to `field`."""
    total = sp.S.Zero
    nodes = {d for d in expression.atoms(sp.Derivative) if d.expr == field} | (
        {field} if expression.has(field) else set()
    )
    marks = {node: sp.Dummy() for node in nodes}
    marked = _xreplace_whole(expression, marks)
    back = {mark: node for node, mark in marks.items()}
    for node, mark in marks.items():
        counts = dict(node.variable_count) if isinstance(node, sp.Derivative) else {}
        term = sp.diff(marked, mark).xreplace(back)
        for coordinate in coordinates:
            order = counts.get(coordinate, 0)
            term = (-1) ** order * (sp.diff(term, coordinate, order) if order else term)
        total += term
    return total


def _is_conserved(problem: Problem, values: Values, rate: sp.Expr) -> bool:
    fields = rate.atoms(AppliedUndef) - set(problem.inputs)
    for field in fields:
        variation = sp.expand(euler_operator(rate, field, problem.coordinates).doit())
        if variation != 0 and sp.simplify(variation) != 0:
            return False
    rest = rate
    for field in fields:
        rest = rest.subs(field, 0).doit()
    return rest == 0 or _has_zero_mean(problem, values, rest)


def _has_zero_mean(problem: Problem, values: Values, source: sp.Expr) -> bool:
    if source.atoms(sp.Derivative):
        return False
    space, time = problem.space, problem.time
    assert space is not None and time is not None  # asked of evolutions on periodic boxes only
    grid = Grid.over(space, {1: 256, 2: 64, 3: 24}[problem.ndim])
    points: dict[str, Any] = dict(grid.coordinates)
    for t in np.linspace(time.start, time.stop, 5):
        with precision_context("double"):
            source_values = np.asarray(evaluate_expression(problem, source, {**points, time.name: t}, values))
        if abs(np.mean(source_values)) > 1e-12 * (np.max(np.abs(source_values)) or 1.0):
            return False
    return True


def _square(problem: Problem, u: AppliedUndef, rate: sp.Expr) -> sp.Expr:
    """Half the rate of |u|²: Re(ū u̇), in real fields."""
    if u.is_real:
        return u * rate
    real, imaginary = (sp.Function(f"{part}_{u.func.__name__}", real=True)(*u.args) for part in ("re", "im"))
    split: dict[sp.Basic, sp.Expr] = {}
    back: dict[sp.Basic, sp.Basic] = {}
    for node in {d for d in rate.atoms(sp.Derivative) if isinstance(d.expr, Unknown)} | rate.atoms(Unknown) | {u}:
        field = node.expr if isinstance(node, sp.Derivative) else node
        if field != u:
            continue
        p, q = sp.Dummy(real=True), sp.Dummy(real=True)
        counts = node.variable_count if isinstance(node, sp.Derivative) else ()
        back[p], back[q] = (sp.Derivative(f, *counts) if counts else f for f in (real, imaginary))
        split[node] = p + sp.I * q
    product = sp.conjugate(split[u]) * _xreplace_whole(rate, split)
    return sp.expand(product, complex=True).as_real_imag()[0].xreplace(back)


def _xreplace_whole(expression: sp.Expr, table: dict[sp.Basic, sp.Expr]) -> sp.Expr:
    """Replaces whole derivatives before the fields inside them."""
    if expression in table:
        return table[expression]
    if not expression.args or isinstance(expression, sp.Derivative | AppliedUndef):
        return expression
    return expression.func(*(_xreplace_whole(a, table) for a in expression.args))
