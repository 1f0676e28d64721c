"""Equations sorted by what a Fourier space does with them.

Every equation of a first-order system (rates and constraints alike) is a sum of

- linear terms with constant coefficients, which become multipliers mode by mode;
- sources, free of unknowns and time, which are transformed once;
- divergences of fluxes with constant factors, evaluated on a grid and differentiated by multipliers;
- the remainder, evaluated on a grid.

Terms such as g(u) ∂u/∂x, g a monomial, are written as ∂G(u)/∂x first: one transform less, and the mean is conserved to
round-off. ∇·(g(u) ∇u) likewise is ΔG(u): two transforms instead of five in two dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.function import AppliedUndef

from ..equations import Divergence, InputField, JetIndex, Unknown, expand_divergences, linear_part, pointwise


@dataclass(frozen=True)
class Terms:
    """One equation, sorted. `linear` pairs jets with their constant coefficients; `fluxes` has one entry per side.

    `potential` is that of fluxes that are a gradient; its Laplacian is what enters.
    """

    linear: tuple[tuple[JetIndex, sp.Expr], ...]
    source: sp.Expr
    fluxes: tuple[sp.Expr, ...]
    remainder: sp.Expr
    potential: sp.Expr = sp.S.Zero

    @property
    def on_grid(self) -> tuple[sp.Expr, ...]:
        """Everything that is evaluated on a grid."""
        return (*self.fluxes, self.potential, self.remainder)

    @property
    def degree(self) -> float:
        """Polynomial degree in fields and coordinates of what is evaluated on a grid; inf beyond polynomials."""
        return max(polynomial_degree(e) for e in self.on_grid)


def sorted_terms(
    expression: sp.Expr, unknowns: Sequence[AppliedUndef], space: Sequence[sp.Symbol], time: sp.Symbol | None
) -> Terms:
    """Sorts the terms of one equation."""
    coordinates = (*space, *((time,) if time is not None else ()))
    linear, rest = linear_part(expression, unknowns, coordinates)
    jets = tuple((pointwise([node], space, time).jets[0], c) for node, c in linear.items() if c != 0)
    fluxes = [sp.S.Zero] * len(space)
    sources, remainder, potential = [], [], sp.S.Zero
    for term in sp.Add.make_args(rest):
        if term == 0:
            continue
        split = _as_fluxes(term, space, time)
        if not _is_dynamic(term, time):
            sources.append(term.doit())
        elif split is None:
            remainder.append(expand_divergences(term))
        elif (whole := _potential(split, space, time)) is not None:
            potential += whole
        else:
            for axis, flux in split:
                fluxes[axis] += flux
    return Terms(jets, sp.Add(*sources), tuple(fluxes), sp.Add(*remainder), potential)


def _is_dynamic(term: sp.Expr, time: sp.Symbol | None) -> bool:
    return bool(term.atoms(Unknown)) or (time is not None and time in term.free_symbols)


def _as_fluxes(term: sp.Expr, space: Sequence[sp.Symbol], time: sp.Symbol | None) -> list[tuple[int, sp.Expr]] | None:
    """The term as a divergence [(axis, flux), …], or None."""
    factors = list(sp.Mul.make_args(term))
    marked = [f for f in factors if isinstance(f, Divergence)]
    if len(marked) == 1:
        others = sp.Mul(*(f for f in factors if f is not marked[0]))
        if _is_constant(others, space, time):
            node = marked[0]
            return [(space.index(a), others * f) for f, a in zip(node.flux, node.axes, strict=True)]
        return None
    return _exact_derivative(factors, space, time)


def _exact_derivative(factors: list[sp.Expr], space: Sequence[sp.Symbol], time: sp.Symbol | None):
    """c uⁿ ∂u/∂x as ∂(c uⁿ⁺¹/(n+1))/∂x."""
    derivatives = [f for f in factors if isinstance(f, sp.Derivative)]
    if len(derivatives) != 1 or len(derivatives[0].variables) != 1 or derivatives[0].variables[0] not in space:
        return None
    u, x = derivatives[0].expr, derivatives[0].variables[0]
    if not isinstance(u, Unknown):
        return None
    power, constant = sp.S.Zero, sp.S.One
    for f in factors:
        base, exponent = f.as_base_exp()
        if f is derivatives[0]:
            continue
        if base == u and exponent.is_Integer and exponent > 0:
            power += exponent
        elif _is_constant(f, space, time):
            constant *= f
        else:
            return None
    return [(space.index(x), constant * u ** (power + 1) / (power + 1))] if power else None


def _potential(split: list[tuple[int, sp.Expr]], space: Sequence[sp.Symbol], time: sp.Symbol | None) -> sp.Expr | None:
    """G with flux ∇G, for fluxes c uⁿ ∇u along all sides; None for others."""
    if sorted(axis for axis, _ in split) != list(range(len(space))) or len(space) < 2:
        return None
    found = set()
    for axis, flux in split:
        exact = _exact_derivative(list(sp.Mul.make_args(flux)), space, time)
        found.add(exact[0][1] if exact is not None and exact[0][0] == axis else None)
    return found.pop() if len(found) == 1 else None


def _is_constant(expression: sp.Expr, space: Sequence[sp.Symbol], time: sp.Symbol | None) -> bool:
    return not expression.atoms(AppliedUndef) and not expression.free_symbols & {*space, time}


def polynomial_degree(expression: sp.Expr) -> float:
    """Degree as a polynomial in fields, their derivatives and (any function of) coordinates; inf if it is none.

    A given function of the coordinates counts as one factor, since it may be as rough as a field.
    """
    if isinstance(expression, AppliedUndef | sp.Derivative):
        return 1
    if not expression.atoms(Unknown, InputField):
        return 0 if not expression.free_symbols else 1
    if isinstance(expression, sp.Add):
        return max(polynomial_degree(a) for a in expression.args)
    if isinstance(expression, sp.Mul):
        fields = [a for a in expression.args if a.atoms(Unknown, InputField)]
        given = sp.Mul(*(a for a in expression.args if not a.atoms(Unknown, InputField)))
        return sum(polynomial_degree(a) for a in fields) + (1 if _depends_on_place(given) else 0)
    if isinstance(expression, sp.Abs | sp.conjugate | sp.re | sp.im):
        # |u|² = u ū is a polynomial of degree 2; odd powers of |u| are not, but behave alike when resolved.
        return polynomial_degree(expression.args[0])
    if isinstance(expression, sp.Pow) and expression.exp.is_Integer and expression.exp > 0:
        return int(expression.exp) * polynomial_degree(expression.base)
    if isinstance(expression, Divergence):
        return max(polynomial_degree(a) for a in expression.flux)
    return math.inf


def _depends_on_place(expression: sp.Expr) -> bool:
    from ..equations import Parameter

    return any(not isinstance(s, Parameter) for s in expression.free_symbols)
