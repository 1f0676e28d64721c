r"""Eigenproblems: a statement that is linear in u and in an unknown number E, as the matrices of A y = E B y.

The residual e(u; E) = a(u) − E b(u) is split by differentiating with respect to E and to u and its derivatives. On
boxes of one dimension, u is a polynomial on each of the elements between the places where coefficients jump
(Chebyshev collocation; u and u′ agree where elements meet), or given at equally spaced points (finite differences of
second order). Conditions are eliminated. (Shapes: `_eigen_elements`.)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp

from .._core import UnsupportedError
from .._core._precise import is_traced
from ..domains import Box
from ..equations import Problem, Robin, Values, evaluate_expression, values_of
from ..fields import Axis
from ..spaces import PiecewiseChebyshev, differentiation_matrix


@dataclass(frozen=True)
class EigenForm:
    """A y = E B y; `extend @ y` are the values at all nodes. `slopes[name]`: (∂A, ∂B) by each parameter."""

    left: Any
    right: Any
    extend: Any
    slopes: dict[str, tuple[np.ndarray, np.ndarray]]
    space: PiecewiseChebyshev


@dataclass(frozen=True)
class LinearParts:
    """Coefficients of u, u′, u″ … in A and in B (index: order of the derivative)."""

    left: tuple[sp.Expr, ...]
    right: tuple[sp.Expr, ...]


def linear_parts(problem: Problem) -> LinearParts:
    """The residual as Σ aₖ u⁽ᵏ⁾ − E Σ bₖ u⁽ᵏ⁾; `UnsupportedError` with the reason where it is not of this form."""
    found = problem.eigenvalue
    if found is None:
        raise UnsupportedError("needs an unknown number", given=problem.name, fix='E = sv.eigenvalue("E")')
    if not isinstance(problem.space, Box) or problem.ndim != 1 or problem.is_periodic or problem.is_system:
        raise UnsupportedError("takes one unknown on an interval with ends", given=str(problem.domain))
    (u,), (x,) = problem.unknowns, problem.coordinates
    for c in problem.conditions:
        if isinstance(c, Robin) and c.value != 0:
            raise UnsupportedError("needs homogeneous conditions: eigenfunctions have no size", given=str(c))
    residual = sp.expand(problem.expanded[0])
    jets = [u, *(sp.Derivative(u, (x, k)) for k in range(1, problem.order + 1))]
    marks = [sp.Dummy(f"u{k}") for k in range(len(jets))]
    marked = residual.xreplace(dict(reversed(list(zip(jets, marks, strict=True)))))
    rates = [sp.diff(marked, mark) for mark in marks]
    left = tuple(rate.subs(found, 0) for rate in rates)
    right = tuple(-sp.diff(rate, found) for rate in rates)
    rest = sp.expand(marked - sum((a - found * b) * m for a, b, m in zip(left, right, marks, strict=True)))
    if any(e.free_symbols & {found, *marks} for e in (*left, *right)) or sp.simplify(rest) != 0:
        raise UnsupportedError(f"needs an equation linear in {u} and in {found}·{u}", given=str(problem.equations[0]))
    if problem.order != 2:
        raise UnsupportedError("needs an equation of second order", given=f"order {problem.order}")
    return LinearParts(left, right)


def pairs(piece: sp.Basic) -> list[tuple[sp.Expr, sp.Basic]]:
    """(value, condition) of a `Piecewise`."""
    return [(pair.args[0], pair.args[1]) for pair in piece.args]


def breakpoints(problem: Problem, parts: LinearParts, values: Values) -> list[float]:
    """Where coefficients jump, inside the interval: the ends of the pieces of `Piecewise`."""
    (x,), (side,) = problem.coordinates, problem.domain.sides
    found = set()
    for piece in {p for e in (*parts.left, *parts.right) for p in e.atoms(sp.Piecewise)}:
        for relation in {r for _, condition in pairs(piece) for r in condition.atoms(sp.core.relational.Relational)}:
            for place in sp.solve(sp.Eq(relation.lhs, relation.rhs), x):
                found.add(round(float(evaluate_expression(problem, place, {}, values)), 14))
    return sorted(p for p in found if side.lower < p < side.upper)


def assemble_eigen(problem: Problem, values: Values, points: int, kind: str) -> EigenForm:
    """The matrices with `points` nodes for each element ("chebyshev") or in all ("finite-difference").

    `values` may be traced; the places where coefficients jump are then those of the statement's own values, and
    `slopes` are left out.
    """
    parts, traced = linear_parts(problem), is_traced(values)
    xp: Any = jnp if traced else np
    (side,) = problem.domain.sides
    own = values_of(problem) if traced else values
    breaks = breakpoints(problem, parts, own) if kind == "chebyshev" else []
    ends = [side.lower, *breaks, side.upper]
    axes = tuple(
        Axis(side.name, a, b, points, "chebyshev" if kind == "chebyshev" else "nodes")
        for a, b in itertools.pairwise(ends)
    )
    space = PiecewiseChebyshev(problem.space, axes)
    derivatives = [_derivatives(axis) for axis in axes]
    total = len(axes) * (points - 1) + 1
    where = [slice(k * (points - 1), (k + 1) * (points - 1) + 1) for k in range(len(axes))]

    def wide(block: Any, place: slice) -> Any:
        """Columns of one element among those of all."""
        around = (*block.shape[:-1], place.start), (*block.shape[:-1], total - place.stop)
        return xp.concatenate([xp.zeros(around[0]), block, xp.zeros(around[1])], -1)

    def operator(coefficients: tuple[sp.Expr, ...]) -> Any:
        """Its rows at the inner nodes of the elements."""
        rows = []
        for axis, place, table in zip(axes, where, derivatives, strict=True):
            inner = axis.coordinates[1:-1]
            each = [_evaluated(problem, e, inner, values, traced) for e in coefficients]
            terms = (xp.broadcast_to(v, inner.shape)[:, None] * d[1:-1] for v, d in zip(each, table, strict=True))
            rows.append(wide(sum(terms), place))
        return xp.concatenate(rows)

    rows, fixed = [], [0, *(s.stop - 1 for s in where)]
    for end, index, sign in ((0, 0, -1.0), (-1, -1, 1.0)):
        (c,) = problem.boundary_condition(problem.unknowns[0], side.parts[end])
        table = derivatives[index]
        place = np.asarray([side.lower, side.upper][end])
        alpha, beta = (_evaluated(problem, e, place, values, traced) for e in (c.alpha, c.beta))
        rows.append(wide(alpha * table[0][end] + beta * sign * table[1][end], where[index]))
    for k in range(len(axes) - 1):
        rows.append(wide(derivatives[k][1][-1], where[k]) - wide(derivatives[k + 1][1][0], where[k + 1]))
    constraints = xp.stack(rows)
    inner = np.setdiff1d(np.arange(total), fixed)
    everywhere = np.eye(total)
    extend = everywhere[:, inner] - everywhere[:, fixed] @ xp.linalg.solve(constraints[:, fixed], constraints[:, inner])

    def reduced(coefficients: tuple[sp.Expr, ...]) -> Any:
        return operator(coefficients) @ extend

    slopes = {
        p.name: (
            reduced(tuple(sp.diff(e, p) for e in parts.left)),
            reduced(tuple(sp.diff(e, p) for e in parts.right)),
        )
        for p in problem.parameters
        if not traced and not moves_a_break(parts, p)
    }
    return EigenForm(reduced(parts.left), reduced(parts.right), extend, slopes, space)


def moves_a_break(parts: LinearParts, p: sp.Symbol) -> bool:
    """Whether a parameter moves a place where a coefficient jumps."""
    pieces = {q for e in (*parts.left, *parts.right) for q in e.atoms(sp.Piecewise)}
    return any(p in condition.free_symbols for q in pieces for _, condition in pairs(q))


def _derivatives(axis: Axis) -> list[np.ndarray]:
    """Matrices of u, u′, u″ at the nodes."""
    if axis.kind == "chebyshev":
        return [differentiation_matrix(axis, k) for k in range(3)]
    n, h = axis.points, axis.spacing
    first = (np.eye(n, k=1) - np.eye(n, k=-1)) / (2 * h)
    first[0, :3], first[-1, -3:] = np.array([-3, 4, -1]) / (2 * h), np.array([1, -4, 3]) / (2 * h)
    second = (np.eye(n, k=1) - 2 * np.eye(n) + np.eye(n, k=-1)) / h**2
    return [np.eye(n), first, second]


def _evaluated(problem: Problem, e: sp.Expr, x: np.ndarray, values: Values, traced: bool) -> Any:
    found = evaluate_expression(problem, e, {problem.coordinates[0].name: x}, values)
    return found if traced else np.asarray(found, float)
