"""Conditions: what is known at the start and on the boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import ArgumentError
from ..domains import AbstractShape, Boundary
from ._symbols import Unknown, expression


def _value(value: Any, where: str) -> sp.Expr:
    found = expression(value, f"The value of {where}")
    if unknowns := sorted(map(str, found.atoms(Unknown))):
        raise ArgumentError(
            f"The value of {where} contains an unknown.",
            given=f"{found} contains {', '.join(unknowns)}",
            expected="an expression of coordinates, parameters and input fields",
            fix="sv.Robin(u, alpha, beta, value) states alpha u + beta du/dn = value",
        )
    return found


def _field(unknown: Any, where: str) -> AppliedUndef:
    if not isinstance(unknown, Unknown):
        raise ArgumentError(f"{where} is not about an unknown.", given=repr(unknown), expected="sv.unknown(...)")
    return unknown


def _parts(on: Any, where: str) -> tuple[str | Boundary, ...] | None:
    parts = (on,) if isinstance(on, str | Boundary) else on
    if parts is None:
        return None
    if not isinstance(parts, list | tuple) or not parts or not all(isinstance(part, str | Boundary) for part in parts):
        raise ArgumentError(
            f"{where} does not say where it holds.",
            given=f"on={on!r}",
            expected='a name such as "x.min", a part such as disk.boundary.where(x > 0), a tuple of them, '
            "or None for the whole boundary",
        )
    return tuple(dict.fromkeys(name for part in parts for name in _as_names(part)))


def _as_names(part: str | Boundary) -> tuple[str | Boundary, ...]:
    """Whole sides of a plain rectangle or cuboid by their names, so that they also hold on the box it stands for."""
    whole = isinstance(part, Boundary) and part.condition is None
    return part.parts if whole and not isinstance(part.shape.as_space(), AbstractShape) else (part,)


@dataclass(frozen=True)
class Initial:
    """u = value at the start of time; or ∂u/∂t = value with `Initial(u.diff(t), value)`."""

    target: Any
    value: Any

    def __post_init__(self):
        if not isinstance(self.target, sp.Derivative):
            _field(self.target, "Initial")
        elif len(self.target.variables) != 1:
            raise ArgumentError(
                "Initial takes u or its first time derivative.",
                given=str(self.target),
                expected="Initial(u, ...) or Initial(u.diff(t), ...)",
                fix="state higher orders in time as a system of first order",
            )
        else:
            _field(self.target.expr, "Initial")
        object.__setattr__(self, "value", _value(self.value, "Initial"))

    @property
    def unknown(self) -> AppliedUndef:
        return self.target.expr if isinstance(self.target, sp.Derivative) else self.target

    @property
    def time_order(self) -> int:
        """0 for the value, 1 for the time derivative."""
        return int(isinstance(self.target, sp.Derivative))

    def __str__(self) -> str:
        return f"Initial({_short(self.target)}, {self.value})"


@dataclass(frozen=True)
class Robin:
    """α u + β ∂u/∂n = value on the named boundary parts (`None`: the whole non-periodic boundary).

    With `of_flux`, F·n stands in the place of ∂u/∂n (see `Flux`).

    n points out of the domain. Parts of boxes are called "x.min", "x.max", and so on; those of shapes by `shape.parts`,
    or given as `shape.boundary["disk"]`, `hole.boundary`, `shape.boundary.where(x > 0)`.
    """

    unknown: Any
    alpha: Any
    beta: Any
    value: Any
    on: Any = None
    of_flux: bool = False

    def __post_init__(self):
        _field(self.unknown, type(self).__name__)
        for name in ("alpha", "beta", "value"):
            object.__setattr__(self, name, _value(getattr(self, name), type(self).__name__))
        if self.alpha == 0 and self.beta == 0:
            raise ArgumentError("Robin says nothing about its unknown.", given="alpha = beta = 0")
        object.__setattr__(self, "on", _parts(self.on, type(self).__name__))

    def __str__(self) -> str:
        where = "" if self.on is None else f", on={', '.join(map(str, self.on))}"
        u = _short(self.unknown)
        if self.of_flux:
            return f"Flux({u}, {self.value}{where}{'' if self.alpha == 0 else f', alpha={self.alpha}'})"
        match (self.alpha, self.beta):
            case (1, 0):
                return f"Dirichlet({u}, {self.value}{where})"
            case (0, 1):
                return f"Neumann({u}, {self.value}{where})"
        return f"Robin({u}, {self.alpha}, {self.beta}, {self.value}{where})"


def Dirichlet(unknown: Any, value: Any, on: Any = None) -> Robin:
    """u = value on the boundary: the condition α = 1, β = 0."""
    return Robin(unknown, 1, 0, value, on)


def Neumann(unknown: Any, value: Any, on: Any = None) -> Robin:
    """∂u/∂n = value on the boundary, n pointing outwards: the condition α = 0, β = 1."""
    return Robin(unknown, 0, 1, value, on)


def Flux(unknown: Any, value: Any, on: Any = None, *, alpha: Any = 0) -> Robin:
    """F·n + alpha u = value on the boundary, n pointing outwards, F the flux of the equation tested with `unknown`.

    F is what stands under the divergence, or is differentiated a second time, whatever sign is written before it: a ∇u
    for both −∇·(a∇u) = f and ∇·(a∇u) = −f; a row of the stress for ∇·σ = 0, where the value is a traction. Finite
    elements take it as it is (a natural condition).
    """
    return Robin(unknown, alpha, 1, value, on, of_flux=True)


@dataclass(frozen=True)
class Mean:
    """Mean of u over the space domain = value. Fixes the constant that pure Neumann or periodic problems leave."""

    unknown: Any
    value: Any = 0

    def __post_init__(self):
        _field(self.unknown, "Mean")
        object.__setattr__(self, "value", _value(self.value, "Mean"))

    def __str__(self) -> str:
        return f"Mean({_short(self.unknown)}, {self.value})"


@dataclass(frozen=True)
class Normalised:
    """∫ u² over the space domain = 1: the size of an eigenfunction, which its equation leaves free."""

    unknown: Any

    def __post_init__(self):
        _field(self.unknown, "Normalised")

    @property
    def value(self) -> sp.Expr:
        return sp.S.One

    def __str__(self) -> str:
        return f"Normalised({_short(self.unknown)})"


Condition = Initial | Robin | Mean | Normalised


def _short(target: Any) -> str:
    """u, or u_t for its time derivative: conditions are read without their coordinates."""
    if isinstance(target, sp.Derivative):
        return f"{target.expr.func.__name__}_{''.join(v.name for v in target.variables)}"
    return target.func.__name__
