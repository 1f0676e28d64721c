"""Quantities that a statement conserves, found from the statement itself.

For ∂ₜu = R on a periodic box, ∫ q(u) dx is conserved iff q′(u) R is a total divergence, and a differential
expression is a total divergence iff its Euler–Lagrange derivative with respect to every field vanishes
identically (Olver, Applications of Lie Groups to Differential Equations, Thm. 4.7) and so does the integral of
its field-free part. Tried: the mean of each unknown, q = u, and its energy, q = |u|².
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy as sp

from .._core import UnsupportedError
from ..equations import Problem, first_order_system
from ..fields import Grid


def conserved_quantities(problem: Problem) -> dict[str, str]:
    """Unknown's name → "mean", "energy" or both joined by a comma; empty where nothing is known to be conserved."""
    if not (problem.is_evolution and problem.is_periodic):
        return {}
    try:
        system = first_order_system(problem)
    except UnsupportedError:
        return {}
    fields = [state.unknown for state in system.states if state.time_order == 0]
    found: dict[str, str] = {}
    for state, rate in zip(system.states, system.rates, strict=True):
        if problem.time_order_of(state.unknown) != 1:
            continue  # of second order in time: the rate is that of u_t, and u's own integral is not fixed
        kinds = [kind for kind in ("mean", "energy") if _is_conserved(kind, state.unknown, rate, problem, fields)]
        if kinds:
            found[state.unknown.func.__name__] = ",".join(kinds)
    return found


def conservation_error(prediction, truth, grid: Grid, quantities: Sequence[str | None]) -> np.ndarray:
    """Largest departure over the times from the true value, in units of the quantity's own scale.

    `quantities` names per channel what is conserved ("mean", "energy", both with a comma, or None);
    shape `(sample, channels)`, NaN-free; channels that conserve nothing are 0. The scale of a mean is the root
    mean square of the true field, that of the energy is the true energy.
    """
    p, u = np.asarray(prediction), np.asarray(truth)
    w = grid.weights[..., None] / grid.weights.sum()
    space = tuple(range(2, 2 + grid.ndim))
    energy_p, energy_u = (np.sum(w * np.abs(f) ** 2, axis=space) for f in (p, u))
    mean = np.abs(np.sum(w * (p - u), axis=space)).max(axis=1)
    scale = energy_u.max(axis=1)
    found = np.zeros((p.shape[0], p.shape[-1]))
    for channel, kinds in enumerate(quantities):
        parts = {
            "mean": _over(mean[:, channel], np.sqrt(scale[:, channel])),
            "energy": _over(np.abs(energy_p - energy_u).max(axis=1)[:, channel], scale[:, channel]),
        }
        for kind in kinds.split(",") if kinds else ():
            found[:, channel] = np.maximum(found[:, channel], parts[kind])
    return np.where(np.isfinite(found), found, np.inf)


def _over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.where(above > 0, np.inf, 0.0))


def _is_conserved(kind: str, unknown, rate: sp.Expr, problem: Problem, fields: list) -> bool:
    """Whether d/dt ∫ q vanishes, q = u ("mean") or |u|² ("energy")."""
    rates, real_fields = _real_parts(rate, unknown, problem)
    energy = sp.Add(*(field * part for field, part in rates))  # half the rate of |u|²
    densities = [part for _, part in rates] if kind == "mean" else [energy]
    return all(_is_divergence(sp.expand(d.doit()), real_fields, problem) for d in densities)


def _real_parts(rate: sp.Expr, unknown, problem: Problem) -> tuple[list, list]:
    """[(real field, its rate)] of `unknown`, and all real fields: complex unknowns are split into two."""
    split, fields = {}, []
    for u in problem.unknowns:
        if u.is_real is True:
            fields.append(u)
            continue
        parts = [sp.Function(f"{u.func.__name__}_{part}", real=True)(*u.args) for part in ("re", "im")]
        split[u] = parts[0] + sp.I * parts[1]
        fields.extend(parts)
    if unknown not in split:
        return [(unknown, rate.subs(split).doit())], fields
    # Derivatives of the real parts are real, which SymPy does not conclude by itself.
    parts = [
        part.replace(lambda n: isinstance(n, sp.re | sp.im), lambda n: n.args[0] if isinstance(n, sp.re) else sp.S.Zero)
        for part in sp.expand(rate.subs(split).doit(), complex=True).as_real_imag()
    ]
    a = sp.Function(f"{unknown.func.__name__}_re", real=True)(*unknown.args)
    b = sp.Function(f"{unknown.func.__name__}_im", real=True)(*unknown.args)
    return [(a, parts[0]), (b, parts[1])], fields


def _is_divergence(density: sp.Expr, fields: list, problem: Problem) -> bool:
    present = [f for f in fields if density.has(f)]
    if any(sp.simplify(sp.expand(_euler_derivative(density, f))) != 0 for f in present):
        return False
    free = sp.expand(density.subs({f: 0 for f in fields}).doit()) if present else density
    return free == 0 or _integrates_to_zero(free, problem)


def _euler_derivative(density: sp.Expr, field) -> sp.Expr:
    """δ/δf = Σ_α (−1)^|α| D^α ∂/∂f_α."""
    total = density.diff(field)
    for d in density.atoms(sp.Derivative):
        if d.expr == field:
            total += (-1) ** len(d.variables) * density.diff(d).diff(*d.variables)
    return total


def _integrates_to_zero(expression: sp.Expr, problem: Problem) -> bool:
    """Whether an expression of coordinates alone has zero mean over the periodic box, by the trapezoidal rule."""
    if expression.free_symbols - set(problem.coordinates) or problem.space is None:
        return False
    mesh = np.meshgrid(*(side.lower + side.length * np.arange(32) / 32 for side in problem.space.sides), indexing="ij")
    values = np.broadcast_to(sp.lambdify(problem.coordinates, expression, "numpy")(*mesh), mesh[0].shape)
    return abs(values.mean()) <= 1e-12 * max(1.0, np.abs(values).max())
