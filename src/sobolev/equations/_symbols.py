"""The symbols of a statement: coordinates, unknowns, parameters, input fields. All are SymPy objects."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from .._core import ArgumentError


def coordinates(names: str) -> Any:
    """Real symbols: `x, t = sv.coordinates("x t")`; a single name gives a single symbol."""
    symbols = tuple(sp.Symbol(name, real=True) for name in names.replace(",", " ").split())
    if not symbols:
        raise ArgumentError("No coordinate is named.", given=repr(names), expected='names such as "x y t"')
    return symbols if len(symbols) > 1 else symbols[0]


class Unknown(AppliedUndef):
    """An unknown function applied to its coordinates, such as u(x, t)."""


class InputField(AppliedUndef):
    """A given function of the coordinates, such as a(x, y): an input of the statement."""


class _InputFieldClass(UndefinedFunction):
    """Function class of an input field: equal only when prior and default agree as well.

    (SymPy caches expressions by equality; fields that differ in their prior must not be swapped.)
    """

    def __eq__(cls, other: object) -> bool:
        return super().__eq__(other) and cls._given == getattr(other, "_given", None)

    def __hash__(cls) -> int:
        return hash((super().__hash__(), cls._given))

    @property
    def _given(cls) -> str:
        return f"{cls.prior!r} {cls.default!r}"


def unknown(name: str, *coordinates: sp.Symbol, complex: bool = False) -> Any:
    """An unknown field `name(*coordinates)`, real unless `complex=True`."""
    _check_arguments(name, coordinates)
    assumptions = {} if complex else {"real": True}
    return UndefinedFunction(name, bases=(Unknown,), **assumptions)(*coordinates)


def input_field(name: str, *coordinates: sp.Symbol, prior: Any = None, default: Any = None) -> Any:
    """A given field `name(*coordinates)`: a coefficient, source or initial value.

    `prior` (from `sv.priors`) says how it is drawn at random; `default` (a SymPy expression, a number or a
    callable taking the coordinates by keyword) is its value when nothing else is said.
    """
    _check_arguments(name, coordinates)
    if default is not None and not callable(default):
        default = sp.sympify(default)
    function = _InputFieldClass(name, bases=(InputField,), __dict__={"prior": prior, "default": default}, real=True)
    return function(*coordinates)


def is_complex(field: AppliedUndef) -> bool:
    """Whether an unknown takes complex values."""
    return field.is_real is not True


class Parameter(sp.Symbol):
    """A scalar parameter with a default value and, if random, a prior."""

    default: sp.Expr | None
    prior: Any

    def __new__(cls, name: str, default: Any = None, prior: Any = None):
        symbol = sp.Symbol.__xnew__(cls, name, real=True)
        symbol.default = None if default is None else sp.sympify(default)
        symbol.prior = prior
        return symbol

    def __getnewargs_ex__(self):
        return (self.name, self.default, self.prior), {}

    def _hashable_content(self):
        return (*super()._hashable_content(), repr(self.default), repr(self.prior))


def parameter(name: str, default: Any = None, prior: Any = None) -> Any:
    """A real scalar parameter. `default` is its value; `prior` (from `sv.priors`) says how it is drawn."""
    if not name.isidentifier():
        raise ArgumentError("A parameter needs a name.", given=repr(name), expected="a Python identifier")
    return Parameter(name, default, prior)


def _check_arguments(name: str, coordinates: tuple[sp.Symbol, ...]) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise ArgumentError("A field needs a name.", given=repr(name), expected="a Python identifier")
    for c in coordinates:
        if not isinstance(c, sp.Symbol):
            raise ArgumentError(
                f"{name} depends on something that is no coordinate.",
                given=repr(c),
                expected="symbols from sv.coordinates(...)",
            )
