"""Jets of a statement: multi-indices and pointwise functions of them.

An expression of a statement is rewritten once as f(j₁, j₂, …; coordinates; parameters), where each jⱼ is a
partial derivative of an unknown or input field (`JetIndex`), or the divergence of a flux kept in
conservative form (`DivergenceIndex`). f is compiled once by SymPy for JAX. Every space supplies jets in its
own way; nothing else is needed to evaluate an equation.
"""

from __future__ import annotations

import builtins
import dis
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array
from sympy.core.function import AppliedUndef

from .._core import StatementError
from ._calculus import Divergence
from ._symbols import Parameter


@dataclass(frozen=True)
class JetIndex:
    """∂^orders ∂ₜ^time_order of the field called `name`; `orders` has one entry per space coordinate."""

    name: str
    orders: tuple[int, ...]
    time_order: int = 0

    @property
    def order(self) -> int:
        """Total order in space."""
        return sum(self.orders)


@dataclass(frozen=True)
class DivergenceIndex:
    """The k-th conservative divergence of a `PointwiseFunction`; its flux is `function.fluxes[k]`."""

    k: int


@dataclass(frozen=True, eq=False)
class PointwiseFunction:
    """Several expressions as one compiled function of jets, coordinates and parameters.

    `function(jets, coordinates, parameters)` returns a tuple of arrays, one per expression, broadcast over
    the arrays in `jets` and `coordinates`. `jets` maps every index in `self.jets` to an array, `coordinates`
    and `parameters` map names to arrays or numbers (extra names are ignored).

    `fluxes[k]` computes the components of the k-th divergence, one per axis in `flux_axes[k]`.
    """

    expressions: tuple[sp.Expr, ...]
    jets: tuple[JetIndex | DivergenceIndex, ...]
    coordinates: tuple[str, ...]
    parameters: tuple[str, ...]
    fluxes: tuple[PointwiseFunction, ...]
    flux_axes: tuple[tuple[int, ...], ...]
    symbols: Mapping[JetIndex | DivergenceIndex, sp.Symbol]

    @functools.cached_property
    def _compiled(self):
        return self._lambdified("jax")

    @functools.cached_property
    def _on_numpy(self):
        return self._lambdified("scipy")

    def _lambdified(self, modules: str):
        arguments = [
            [self.symbols[j] for j in self.jets],
            [sp.Symbol(name, real=True) for name in self.coordinates],
            [sp.Symbol(name, real=True) for name in self.parameters],
        ]
        made = sp.lambdify(arguments, list(self.expressions), modules=modules, cse=True)
        used = {i.argval for i in dis.get_instructions(made) if i.opname == "LOAD_GLOBAL"}
        if missing := sorted(used - set(made.__globals__) - set(dir(builtins))):
            raise StatementError(
                "The statement contains a function that cannot be evaluated.",
                given=", ".join(missing),
                expected="functions that jax.numpy has, such as sin, exp, sqrt, erf, Piecewise",
                fix="make it an input field: sv.input_field(name, *coordinates, default=callable)",
            )
        return made

    def __call__(
        self,
        jets: Mapping[JetIndex | DivergenceIndex, Array],
        coordinates: Mapping[str, Any],
        parameters: Mapping[str, Any],
    ) -> tuple[Array, ...]:
        return tuple(jnp.asarray(v) for v in self._compiled(*self._arguments(jets, coordinates, parameters)))

    def on_arrays(
        self, jets: Mapping[Any, np.ndarray], coordinates: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> tuple[np.ndarray, ...]:
        """The same by NumPy, where nothing is compiled: for arrays of many shapes, once each."""
        return tuple(np.asarray(v) for v in self._on_numpy(*self._arguments(jets, coordinates, parameters)))

    def _arguments(
        self, jets: Mapping[Any, Any], coordinates: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> tuple[list, list, list]:
        return (
            [jets[j] for j in self.jets],
            [coordinates[name] for name in self.coordinates],
            [parameters[name] for name in self.parameters],
        )

    def derivative(self, index: JetIndex | DivergenceIndex) -> PointwiseFunction:
        """∂(expressions)/∂(jet), exactly: the entries of a Jacobian. Fluxes are kept as they stand."""
        symbol = self.symbols[index]
        return _function(tuple(sp.diff(e, symbol) for e in self.expressions), self)


def pointwise(
    expressions: Sequence[sp.Expr], coordinates: Sequence[sp.Symbol], time: sp.Symbol | None = None
) -> PointwiseFunction:
    """Rewrites `expressions` in jets over the space `coordinates` (and `time`).

    `Divergence` nodes become `DivergenceIndex`; to expand them instead, call `.doit()` first.
    """
    space = tuple(coordinates)
    table: dict[sp.Basic, tuple[JetIndex | DivergenceIndex, sp.Symbol]] = {}
    fluxes: list[PointwiseFunction] = []
    flux_axes: list[tuple[int, ...]] = []

    def replaced(node: sp.Basic) -> sp.Basic:
        if isinstance(node, Divergence):
            if node not in table:
                index = DivergenceIndex(len(fluxes))
                fluxes.append(pointwise(tuple(node.flux), space, time))
                flux_axes.append(tuple(space.index(axis) for axis in node.axes))
                table[node] = (index, sp.Symbol(f"_div{index.k}", **({"real": True} if node.is_real else {})))
            return table[node][1]
        if isinstance(node, AppliedUndef | sp.Derivative):
            if node not in table:
                index = _jet_index(node, space, time)
                label = "_".join(["_jet", index.name, *map(str, index.orders), str(index.time_order)])
                field = node.expr if isinstance(node, sp.Derivative) else node
                table[node] = (index, sp.Symbol(label, **({"real": True} if field.is_real else {})))
            return table[node][1]
        if not node.args:
            return node
        arguments = [replaced(a) for a in node.args]
        return node if all(a is b for a, b in zip(arguments, node.args, strict=True)) else node.func(*arguments)

    rewritten = tuple(_plain_parameters(replaced(sp.sympify(e))) for e in expressions)
    symbols = dict(table.values())
    blank = PointwiseFunction((), (), (), (), tuple(fluxes), tuple(flux_axes), symbols)
    names = {c.name for c in (*space, *((time,) if time is not None else ()))}
    return _function(rewritten, blank, names)


def _function(
    expressions: tuple[sp.Expr, ...], like: PointwiseFunction, names: set[str] | None = None
) -> PointwiseFunction:
    free = set().union(*(e.free_symbols for e in expressions)) if expressions else set()
    jets = tuple(j for j, s in like.symbols.items() if s in free)
    others = sorted({s.name for s in free} - {s.name for s in like.symbols.values()})
    known = set(like.coordinates) if names is None else names
    return PointwiseFunction(
        expressions,
        jets,
        tuple(n for n in others if n in known),
        tuple(n for n in others if n not in known),
        like.fluxes,
        like.flux_axes,
        like.symbols,
    )


def _plain_parameters(expression: sp.Expr) -> sp.Expr:
    """Parameters as plain symbols: compiled functions know them by name only."""
    return expression.xreplace({p: sp.Symbol(p.name, real=True) for p in expression.atoms(Parameter)})


def _jet_index(node: sp.Basic, space: tuple[sp.Symbol, ...], time: sp.Symbol | None) -> JetIndex:
    field, counts = (node.expr, dict(node.variable_count)) if isinstance(node, sp.Derivative) else (node, {})
    if not isinstance(field, AppliedUndef):
        raise StatementError(
            "A derivative of a compound expression is left unevaluated.",
            given=str(node),
            expected="derivatives of fields",
            fix="call .doit() on it, or use sv.div for fluxes",
        )
    orders = tuple(int(counts.pop(c, 0)) for c in space)
    time_order = int(counts.pop(time, 0)) if time is not None else 0
    if counts:
        raise StatementError(
            f"{field} is differentiated with respect to something that is no coordinate of the domain.",
            given=str(node),
            expected=", ".join(c.name for c in space),
        )
    return JetIndex(field.func.__name__, orders, time_order)
