"""Vector calculus on symbolic fields. Coordinates called `t` are time and take no part."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.precedence import PRECEDENCE

from .._core import ArgumentError
from ._symbols import expression as _expression

_TIME = "t"


def space_coordinates(expression: sp.Basic) -> tuple[sp.Symbol, ...]:
    """The space coordinates of the fields in `expression`, in the order in which the fields name them."""
    found: dict[sp.Symbol, None] = {}
    for field in sorted(expression.atoms(AppliedUndef), key=lambda f: -len(f.args)):
        found.update(dict.fromkeys(a for a in field.args if a.name != _TIME))
    return tuple(found)


def _axes(expression: sp.Basic, axes: tuple[sp.Symbol, ...]) -> tuple[sp.Symbol, ...]:
    if strange := [axis for axis in axes if not isinstance(axis, sp.Symbol)]:
        raise ArgumentError(
            "A direction is no coordinate.", given=repr(strange[0]), expected="symbols from sv.coordinates(...)"
        )
    axes = axes or space_coordinates(expression)
    if not axes:
        raise ArgumentError(
            "The derivative has no direction.",
            given=str(expression),
            expected="a field of at least one space coordinate",
            fix="name the coordinates: sv.grad(u, x, y)",
        )
    return axes


def _vector(vector: Any, what: str) -> list[sp.Expr]:
    components = list(vector) if isinstance(vector, sp.MatrixBase | sp.Tuple | list | tuple) else None
    if not components:
        raise ArgumentError(
            f"{what} takes a vector.", given=repr(vector), expected="sv.grad(u), or a list of components"
        )
    return [_expression(component, f"A component in {what}") for component in components]


def grad(expression: Any, *axes: sp.Symbol) -> sp.ImmutableDenseMatrix:
    """∇f = (∂f/∂x, ∂f/∂y, …), a column vector; `axes` defaults to the field's space coordinates."""
    expression = _expression(expression, "The argument of grad")
    return sp.ImmutableDenseMatrix([sp.diff(expression, axis) for axis in _axes(expression, axes)])


def laplacian(expression: Any, *axes: sp.Symbol) -> sp.Expr:
    """Δf = Σ ∂²f/∂xᵢ²."""
    expression = _expression(expression, "The argument of laplacian")
    return sp.Add(*(sp.diff(expression, axis, 2) for axis in _axes(expression, axes)))


def curl2d(vector: Any, *axes: sp.Symbol) -> sp.Expr:
    """∂v₂/∂x₁ − ∂v₁/∂x₂ of a vector of two components."""
    components = _vector(vector, "curl2d")
    axes = _axes(sp.Tuple(*components), axes)
    if len(components) != 2 or len(axes) != 2:
        raise ArgumentError(
            "curl2d needs two components and two coordinates.",
            given=f"{len(components)} components, coordinates {axes}",
            fix="name the coordinates: sv.curl2d(v, x, y)",
        )
    return sp.diff(components[1], axes[0]) - sp.diff(components[0], axes[1])


class Divergence(sp.Expr):
    """∇·F = Σ ∂Fᵢ/∂xᵢ, kept unevaluated: F may be discontinuous across interfaces where F·n is not.

    `.doit()` differentiates the flux; finite volumes and finite elements use `.flux` as it stands.
    """

    def __new__(cls, flux: sp.Tuple, axes: sp.Tuple):
        return sp.Expr.__new__(cls, sp.Tuple(*flux), sp.Tuple(*axes))

    @property
    def flux(self) -> sp.Tuple:
        return self.args[0]

    @property
    def axes(self) -> sp.Tuple:
        return self.args[1]

    is_commutative = True

    def doit(self, **hints) -> sp.Expr:
        return sp.Add(*(sp.diff(f.doit(**hints), axis) for f, axis in zip(self.flux, self.axes, strict=True)))

    def _eval_derivative(self, s: sp.Symbol) -> sp.Expr:
        return Divergence(sp.Tuple(*(sp.diff(f, s) for f in self.flux)), self.axes)

    def _eval_is_real(self):
        # SymPy knows nothing of the reality of derivatives; they are as real as their fields.
        return (all(f.is_real for f in self.atoms(AppliedUndef)) and not self.has(sp.I)) or None

    def _latex(self, printer, exp: str | None = None) -> str:
        factor, field = scaled_gradient(self)
        if field is not None:
            front = "" if factor == 1 else printer.parenthesize(factor, PRECEDENCE["Mul"] - 1) + r"\,"
            inside = rf"{front}\nabla {printer.doprint(sp.Symbol(field.func.__name__))}"
        else:
            inside = r",\ ".join(printer.doprint(f) for f in self.flux)
        text = rf"\nabla \cdot \left({inside}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _sympystr(self, printer) -> str:
        return f"div({', '.join(printer.doprint(f) for f in self.flux)})"


def scaled_gradient(divergence: Divergence) -> tuple[sp.Expr, Any]:
    """For a flux a ∇u: (a, u). Otherwise (0, None)."""
    factors, fields = set(), set()
    for component, axis in zip(divergence.flux, divergence.axes, strict=True):
        found = [d for d in component.atoms(sp.Derivative) if d.variables == (axis,)]
        if len(found) != 1 or not isinstance(found[0].expr, AppliedUndef):
            return sp.S.Zero, None
        factors.add(component / found[0])
        fields.add(found[0].expr)
    if len(factors) != 1 or len(fields) != 1:
        return sp.S.Zero, None
    factor, field = factors.pop(), fields.pop()
    return (sp.S.Zero, None) if factor.atoms(sp.Derivative) else (factor, field)


def div(vector: Any, *axes: sp.Symbol) -> Divergence:
    """∇·F, unevaluated (see `Divergence`). `sv.div(a * sv.grad(u))` is the usual use."""
    components = _vector(vector, "div")
    axes = _axes(sp.Tuple(*components), axes)
    if len(axes) != len(components):
        raise ArgumentError(
            "div needs one component per coordinate.",
            given=f"{len(components)} components, coordinates {axes}",
            fix="name the coordinates: sv.div(F, x, y)",
        )
    return Divergence(sp.Tuple(*components), sp.Tuple(*axes))


def expand_divergences(expression: sp.Expr) -> sp.Expr:
    """Differentiates divergences out."""
    return expression.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit())
