"""The symbols of a statement: coordinates, unknowns, parameters, input fields. All are SymPy objects."""

from __future__ import annotations

import functools
import inspect
import keyword
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef, UndefinedFunction

from .._core import ArgumentError


def coordinates(names: str) -> Any:
    """Real symbols: `x, t = sv.coordinates("x t")`; a single name gives a single symbol. `t` is time."""
    words = names.replace(",", " ").split() if isinstance(names, str) else []
    if not words:
        raise ArgumentError("No coordinate is named.", given=repr(names), expected='names such as "x y t"')
    if len(set(words)) != len(words):
        raise ArgumentError("A coordinate is named twice.", given=repr(names), expected="distinct names")
    symbols = [sp.Symbol(_name(word, "A coordinate"), real=True) for word in words]
    return tuple(symbols) if len(symbols) > 1 else symbols[0]


class Unknown(AppliedUndef):
    """An unknown function applied to its coordinates, such as u(x, t)."""

    def __reduce_ex__(self, protocol: Any):  # the class is made at run time: workers make it again
        return functools.partial(unknown, complex=is_complex(self)), (self.func.__name__, *self.args)


class InputField(AppliedUndef):
    """A given function of the coordinates, such as a(x, y): an input of the statement."""

    def __reduce_ex__(self, protocol: Any):  # see Unknown
        made = functools.partial(input_field, prior=self.func.prior, default=self.func.default)
        return made, (self.func.__name__, *self.args)


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
        return f"{cls.prior!r} {_identity(cls.default)}"


def unknown(name: str, *coordinates: sp.Symbol, complex: bool = False) -> Any:
    """An unknown field `name(*coordinates)`, real unless `complex=True`."""
    _check_arguments(name, coordinates, "An unknown")
    assumptions = {} if complex else {"real": True}
    return UndefinedFunction(name, bases=(Unknown,), **assumptions)(*coordinates)


def input_field(name: str, *coordinates: sp.Symbol, prior: Any = None, default: Any = None) -> Any:
    """A given field `name(*coordinates)`: a coefficient, source or initial value.

    `prior` (from `sv.priors`) says how it is drawn at random; `default` (a SymPy expression, a number or a
    callable taking the coordinates by keyword) is its value when nothing else is said.
    """
    _check_arguments(name, coordinates, "An input field")
    check_prior(prior, name, of_field=True)
    if default is not None and (isinstance(default, sp.Basic) or not callable(default)):
        default = expression(default, f"The default of the input field {name}")
        if stray := sorted(s.name for s in default.free_symbols - set(coordinates) if not isinstance(s, Parameter)):
            raise ArgumentError(
                f"The default of the input field {name} contains something that is no coordinate of it.",
                given=f"{default} contains {', '.join(stray)}",
                expected=f"an expression of {', '.join(c.name for c in coordinates)} and parameters",
            )
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
        return (*super()._hashable_content(), _identity(self.default), repr(self.prior))


def _identity(default: Any) -> str:
    """A default as text that differs where the default does, also in the parameters inside it."""
    inside = sorted(default.atoms(Parameter), key=str) if isinstance(default, sp.Basic) else []
    return f"{default!r} {[p._hashable_content() for p in inside]}" if inside else repr(default)


class Eigenvalue(sp.Symbol):
    """An unknown real number: the statement holds for some of its values only."""

    def __new__(cls, name: str):
        return sp.Symbol.__xnew__(cls, name, real=True)

    def __getnewargs_ex__(self):
        return (self.name,), {}


def eigenvalue(name: str) -> Any:
    """An unknown number E of an eigenproblem such as −u″ = E u, stated with `Normalised(u)`."""
    return Eigenvalue(_name(name, "An eigenvalue"))


def parameter(name: str, default: Any = None, prior: Any = None) -> Any:
    """A real scalar parameter. `default` is its value; `prior` (from `sv.priors`) says how it is drawn."""
    _name(name, "A parameter")
    check_prior(prior, name, of_field=False)
    if default is not None:
        default = expression(default, f"The default of the parameter {name}")
        if default.is_real is False or any(not isinstance(s, Parameter) for s in default.free_symbols):
            raise ArgumentError(
                f"The default of the parameter {name} is not a real number.",
                given=str(default),
                expected="a real number, or an expression of other parameters",
            )
    return Parameter(name, default, prior)


def _name(name: Any, what: str) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise ArgumentError(f"{what} needs a name.", given=repr(name), expected="a Python identifier")
    if keyword.iskeyword(name) or name.startswith("_"):
        raise ArgumentError(
            f"{what} cannot be called {name!r}.",
            given="a word that Python or Sobolev keeps for itself",
            expected="another name; values are bound by keyword, problem.replace(name=...)",
            fix=f'call it "{name.strip("_") + "_"}"' if name.strip("_") else None,
        )
    return name


def _check_arguments(name: Any, coordinates: tuple[Any, ...], what: str) -> None:
    _name(name, what)
    if not coordinates:
        raise ArgumentError(
            f"{name} depends on nothing.",
            expected="at least one coordinate",
            fix=f'sv.unknown("{name}", x, t) for a field, sv.parameter("{name}") for a number',
        )
    for c in coordinates:
        if not isinstance(c, sp.Symbol) or isinstance(c, Parameter):
            raise ArgumentError(
                f"{name} depends on something that is no coordinate.",
                given=repr(c),
                expected="symbols from sv.coordinates(...)",
            )
    if len(set(coordinates)) != len(coordinates):
        raise ArgumentError(
            f"{name} names a coordinate twice.", given=str(coordinates), expected="distinct coordinates"
        )


def check_prior(prior: Any, name: str, *, of_field: bool) -> None:
    if prior is None:
        return
    draw = getattr(prior, "draw", None)
    if isinstance(prior, type) or not callable(draw):
        raise ArgumentError(
            f"The prior of {name} cannot be drawn from.",
            given=repr(prior),
            expected="a law from sv.priors, e.g. sv.priors.Uniform(0, 1)",
        )
    draws_field = "box" in inspect.signature(draw).parameters
    if draws_field != of_field:
        raise ArgumentError(
            f"The prior of {name} draws {'functions' if draws_field else 'numbers'}.",
            given=repr(prior),
            expected=f"a law of {'functions, e.g. sv.priors.GaussianField' if of_field else 'numbers, e.g. Uniform'}",
            fix=f'sv.{"input_field" if draws_field else "parameter"}("{name}", ...) takes such a prior',
        )


def expression(value: Any, what: str) -> sp.Expr:
    """`value` as a SymPy expression; refuses text, arrays, and numbers that are not finite."""
    try:
        found = sp.sympify(value, strict=True)
    except (sp.SympifyError, TypeError, ValueError, AttributeError) as error:
        raise _not_an_expression(value, what) from error
    if not isinstance(found, sp.Expr) or isinstance(found, sp.Lambda | sp.Integral | sp.MatrixBase):
        raise _not_an_expression(value, what)
    if found.has(sp.nan, sp.oo, -sp.oo, sp.zoo):
        raise ArgumentError(f"{what} is not finite.", given=str(found), expected="finite numbers")
    return found


def _not_an_expression(value: Any, what: str) -> ArgumentError:
    return ArgumentError(
        f"{what} is not an expression.",
        given=repr(value),
        expected="a number or a SymPy expression",
        fix="for data or a Python function, use an sv.input_field and problem.replace(name=...)",
    )
