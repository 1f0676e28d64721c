"""The statement of a problem: pure data with predicates."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import StatementError
from ..domains import Box, Domain, Time
from ._calculus import Divergence
from ._conditions import Condition, Initial, Mean, Robin
from ._symbols import InputField, Parameter, Unknown


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """What is to be solved: domain, equations, conditions. No basis, network, solver or sample points.

    - `equations`: SymPy `Eq`s or expressions that vanish. As many as unknowns.
    - `conditions`: `Initial`, `Dirichlet`, `Neumann`, `Robin`, `Mean`.
    - `exact`: the exact solution if known: a mapping from unknown's name (or the expression itself for one
      unknown) to a SymPy expression or to a callable taking coordinates by keyword and parameters.
    - `values`: what parameters and input fields are bound to (see `replace`); defaults apply otherwise.
    - `random_initial`: priors from which `random()` draws the initial values.
    - `source`: where the statement comes from.

    Construction checks the statement (`StatementError` with the fix, `StatementWarning` where it is merely
    suspicious); see `sobolev.equations.check_statement`.
    """

    domain: Any
    equations: Any
    conditions: Any = ()
    name: str = "problem"
    exact: Any = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    random_initial: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""

    def __post_init__(self):
        from ._checks import check_statement

        equations = self.equations if isinstance(self.equations, list | tuple) else [self.equations]
        object.__setattr__(self, "domain", Domain.of(self.domain))
        object.__setattr__(self, "equations", tuple(_as_equation(e) for e in equations))
        conditions = self.conditions if isinstance(self.conditions, list | tuple) else [self.conditions]
        object.__setattr__(self, "conditions", tuple(conditions))
        object.__setattr__(self, "values", dict(self.values))
        object.__setattr__(self, "random_initial", dict(self.random_initial))
        check_statement(self)

    # --- what it is made of -------------------------------------------------------------------------

    @property
    def space(self) -> Box | None:
        return self.domain.space

    @property
    def time(self) -> Time | None:
        return self.domain.time

    @property
    def ndim(self) -> int:
        """Number of space dimensions."""
        return self.domain.ndim

    @property
    def coordinates(self) -> tuple[sp.Symbol, ...]:
        """Space coordinates, without time."""
        return self.space.coordinates if self.space else ()

    @functools.cached_property
    def residuals(self) -> tuple[sp.Expr, ...]:
        """Left minus right side of each equation."""
        return tuple(e.lhs - e.rhs for e in self.equations)

    def _atoms(self, kind: type) -> list:
        found: dict = {}
        for e in (*self.residuals, *(v for c in self.conditions for v in _expressions(c))):
            for node in sp.preorder_traversal(e):
                if isinstance(node, kind):
                    found.setdefault(node)
        return list(found)

    @functools.cached_property
    def unknowns(self) -> tuple[AppliedUndef, ...]:
        """The unknown fields, in order of first appearance in the equations."""
        return tuple(self._atoms(Unknown))

    @functools.cached_property
    def unknown_names(self) -> tuple[str, ...]:
        return tuple(u.func.__name__ for u in self.unknowns)

    @functools.cached_property
    def inputs(self) -> tuple[AppliedUndef, ...]:
        """The input fields."""
        return tuple(self._atoms(InputField))

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(sorted(set(self._atoms(Parameter)), key=lambda p: p.name))

    def unknown(self, name: str) -> AppliedUndef:
        """The unknown called `name`."""
        for u in self.unknowns:
            if u.func.__name__ == name:
                return u
        raise StatementError(
            f"'{self.name}' has no unknown of this name.",
            given=repr(name),
            expected=", ".join(self.unknown_names),
        )

    def conditions_of(self, unknown: AppliedUndef, kind: type) -> tuple[Any, ...]:
        """Conditions of one kind (`Initial`, `Robin`, `Mean`) on `unknown`."""
        return tuple(c for c in self.conditions if isinstance(c, kind) and c.unknown == unknown)

    def boundary_condition(self, unknown: AppliedUndef, part: str) -> tuple[Robin, ...]:
        """Conditions on `unknown` that hold on the boundary part called `part`."""
        return tuple(c for c in self.conditions_of(unknown, Robin) if c.on is None or part in c.on)

    # --- predicates ---------------------------------------------------------------------------------

    @functools.cached_property
    def expanded(self) -> tuple[sp.Expr, ...]:
        """Residuals with divergences differentiated out."""
        return tuple(r.replace(lambda n: isinstance(n, Divergence), lambda n: n.doit()) for r in self.residuals)

    def order_in(self, coordinate: sp.Symbol, unknown: AppliedUndef | None = None) -> int:
        """Highest derivative with respect to one coordinate (of one unknown, or of any)."""
        orders = [
            dict(d.variable_count).get(coordinate, 0)
            for e in self.expanded
            for d in e.atoms(sp.Derivative)
            if isinstance(d.expr, Unknown) and unknown in (None, d.expr)
        ]
        return int(max(orders, default=0))

    def time_order_of(self, unknown: AppliedUndef) -> int:
        """Highest time derivative of `unknown`; 0 for a diagnostic."""
        return self.order_in(self.time.coordinate, unknown) if self.time else 0

    @functools.cached_property
    def time_order(self) -> int:
        """Highest time derivative of any unknown: 0 when steady, 1, 2, …"""
        return max((self.time_order_of(u) for u in self.unknowns), default=0)

    @functools.cached_property
    def order(self) -> int:
        """Highest space derivative, in total order."""
        orders = [
            sum(n for c, n in d.variable_count if c in self.coordinates)
            for e in self.expanded
            for d in e.atoms(sp.Derivative)
            if isinstance(d.expr, Unknown)
        ]
        return int(max(orders, default=0))

    @property
    def is_steady(self) -> bool:
        return self.time_order == 0

    @property
    def is_evolution(self) -> bool:
        return self.time_order > 0

    @property
    def is_ode(self) -> bool:
        """No space coordinates."""
        return self.space is None

    @property
    def is_periodic(self) -> bool:
        """Every side of the box is periodic (and there is a box)."""
        return self.space is not None and self.space.is_periodic

    @property
    def is_system(self) -> bool:
        return len(self.unknowns) > 1

    @functools.cached_property
    def is_complex(self) -> bool:
        return any(u.is_real is not True for u in self.unknowns)

    @functools.cached_property
    def is_linear(self) -> bool:
        """The equations are affine in the unknowns and their derivatives."""
        from ._linearity import is_affine

        return all(is_affine(e, self.unknowns) for e in self.expanded)

    @functools.cached_property
    def is_random(self) -> bool:
        """Some parameter or input has a prior and is not bound to a value."""
        return any(prior is not None for prior in self.priors.values())

    @functools.cached_property
    def diagnostics(self) -> tuple[AppliedUndef, ...]:
        """Unknowns of an evolution that have no time derivative and are solved for."""
        return tuple(u for u in self.unknowns if self.is_evolution and self.time_order_of(u) == 0)

    # --- values -------------------------------------------------------------------------------------

    @functools.cached_property
    def priors(self) -> dict[str, Any]:
        """Priors of the parameters and inputs that are not bound to a value."""
        found = {p.name: p.prior for p in self.parameters}
        found |= {a.func.__name__: a.func.prior for a in self.inputs}
        return {name: prior for name, prior in found.items() if prior is not None and name not in self.values}

    def replace(self, **values: Any) -> Problem:
        """The same statement with other values: `problem.replace(nu=0.1, a=1 + x**2)`.

        Parameters take numbers (JAX scalars, also traced ones); input fields take numbers, SymPy
        expressions, callables of the coordinates by keyword, or `GridField`s. `domain`, `conditions`,
        `equations`, `exact` and `name` may be replaced as well.
        """
        fields = {f.name for f in dataclasses.fields(self)} - {"values"}
        known = {p.name for p in self.parameters} | {a.func.__name__ for a in self.inputs}
        if unknown := set(values) - fields - known:
            raise StatementError(
                f"'{self.name}' has nothing called {', '.join(sorted(unknown))}.",
                given=", ".join(sorted(unknown)),
                expected=", ".join(sorted(known)) or "(it has no parameters or inputs)",
            )
        bound = {k: v for k, v in values.items() if k in known and k not in fields}
        return dataclasses.replace(
            self,
            values={**self.values, **bound},
            **{k: v for k, v in values.items() if k in fields},
        )

    def random(self) -> Problem:
        """The statement as a family: initial values become random inputs drawn from `random_initial`."""
        from ._family import as_family

        return as_family(self)

    def __str__(self) -> str:
        from ._printing import plain

        return plain(self)

    def _repr_latex_(self) -> str:
        from ._printing import latex

        return f"$${latex(self)}$$"

    def __repr__(self) -> str:
        return f"Problem({self.name!r}: {', '.join(map(str, self.unknowns))} on {self.domain})"


ExactSolution = Callable[..., Any]


def _as_equation(e: Any) -> sp.Eq:
    if isinstance(e, sp.Eq):
        return e
    if e in (True, False, sp.true, sp.false):
        raise StatementError("An equation is trivially true or false.", given=repr(e), expected="sp.Eq(lhs, rhs)")
    try:
        return sp.Eq(sp.sympify(e, strict=True), 0, evaluate=False)
    except (sp.SympifyError, TypeError) as error:
        raise StatementError(
            "An equation is not an expression.",
            given=repr(e),
            expected="sp.Eq(lhs, rhs), or an expression that vanishes",
        ) from error


def _expressions(c: Condition) -> tuple[sp.Expr, ...]:
    match c:
        case Initial():
            return (c.target, c.value)
        case Robin():
            return (c.unknown, c.alpha, c.beta, c.value)
        case Mean():
            return (c.unknown, c.value)
    raise StatementError(
        "This is not a condition.", given=repr(c), expected="Initial, Dirichlet, Neumann, Robin or Mean"
    )
