"""The statement of a problem: pure data with predicates."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef

from .._core import StatementError
from ..domains import AbstractShape, Time
from ._accepted import accepted_parts
from ._calculus import expand_divergences
from ._conditions import Robin
from ._ingredients import parameters_of, symbols_of
from ._symbols import Eigenvalue, InputField, Parameter, Unknown


@dataclasses.dataclass(frozen=True, eq=False)
class Problem:
    """What is to be solved: domain, equations, conditions. No basis, network, solver or sample points.

    - `equations`: SymPy `Eq`s or expressions that vanish. As many as unknowns.
    - `conditions`: `Initial`, `Dirichlet`, `Neumann`, `Robin`, `Flux`, `Mean`.
    - `weak`: instead of equations, the integrand of ∫ S v + G·∇v dx = 0 for all v = `sv.variation(u)` (a sum, one
      variation per unknown). The equations are then −∇·G + S = 0; finite elements take the form as it stands.
    - `exact`: the exact solution if known: a mapping from unknowns' names to SymPy expressions of coordinates and
      parameters, or to callables taking both by keyword; for one unknown also the expression or callable itself.
      Kept as a mapping; evaluated by `exact_solution`.
    - `values`: what parameters and input fields are bound to (see `replace`); defaults apply otherwise.
    - `random_initial`: priors from which `random()` draws the initial values.
    - `source`: where the statement comes from.

    Construction checks the statement (`StatementError` with the fix, `StatementWarning` where it is merely
    suspicious); see `sobolev.equations.check_statement`.
    """

    domain: Any
    equations: Any = None
    conditions: Any = ()
    name: str = "problem"
    exact: Any = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    random_initial: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    source: str = ""
    weak: Any = None

    def __post_init__(self):
        from ._checks import check_statement

        for name, part in accepted_parts(self).items():
            object.__setattr__(self, name, part)
        if self.exact is not None and not isinstance(self.exact, Mapping):
            object.__setattr__(self, "exact", {name: self.exact for name in self.unknown_names})
        check_statement(self)

    # --- what it is made of -------------------------------------------------------------------------

    @property
    def space(self) -> Any:
        """A box, a shape or a mesh; None for ordinary differential equations."""
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

    @functools.cached_property
    def unknowns(self) -> tuple[AppliedUndef, ...]:
        """The unknown fields, in order of first appearance in the equations."""
        return symbols_of(self, Unknown)

    @functools.cached_property
    def unknown_names(self) -> tuple[str, ...]:
        return tuple(u.func.__name__ for u in self.unknowns)

    @functools.cached_property
    def inputs(self) -> tuple[AppliedUndef, ...]:
        """The input fields."""
        return symbols_of(self, InputField)

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Parameters of the statement, of the values of its inputs, and of their own defaults; by name."""
        return parameters_of(self)

    @functools.cached_property
    def eigenvalue(self) -> Eigenvalue | None:
        """The unknown number of an eigenproblem; None elsewhere."""
        return next((s for e in self.residuals for s in e.atoms(Eigenvalue)), None)

    def unknown(self, name: str) -> AppliedUndef:
        """The unknown called `name`."""
        for u in self.unknowns:
            if isinstance(name, str) and u.func.__name__ == name:
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
        return tuple(c for c in self.conditions_of(unknown, Robin) if c.on is None or part in self._named(c))

    def _named(self, c: Robin) -> tuple[str, ...]:
        """The boundary parts on which, or on some of which, a condition holds."""
        return self.space.select(c.on).parts if isinstance(self.space, AbstractShape) else c.on

    # --- predicates ---------------------------------------------------------------------------------

    @functools.cached_property
    def expanded(self) -> tuple[sp.Expr, ...]:
        """Residuals with divergences differentiated out."""
        return tuple(expand_divergences(r) for r in self.residuals)

    @functools.cached_property
    def _derivatives(self) -> tuple[tuple[AppliedUndef, dict[sp.Symbol, int]], ...]:
        """Every derivative of an unknown, as the unknown and its order in each coordinate."""
        nodes = {d for e in self.expanded for d in e.atoms(sp.Derivative) if isinstance(d.expr, Unknown)}
        return tuple((d.expr, {c: int(n) for c, n in dict(d.variable_count).items()}) for d in nodes)

    def order_in(self, coordinate: sp.Symbol, unknown: AppliedUndef | None = None) -> int:
        """Highest derivative with respect to one coordinate (of one unknown, or of any)."""
        return max((n.get(coordinate, 0) for u, n in self._derivatives if unknown in (None, u)), default=0)

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
        return max((sum(n.get(c, 0) for c in self.coordinates) for _, n in self._derivatives), default=0)

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
        """Every side of the box is periodic (and there is a box; shapes and meshes have no periodic sides)."""
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

        The exact solution is dropped when an input, the domain, the equations or the conditions are replaced, unless
        a new one is given: it belonged to the old ones. It stays when parameters are: it is a function of them.
        """
        from ._replacing import replaced

        return replaced(self, values)

    def exact_solution(self, **coordinates: Any) -> dict[str, Any] | None:
        """The exact solution at points (coordinates by keyword, broadcasting as in NumPy): name → array, or None.

        Computed by NumPy in double precision with the values that parameters are bound to.
        """
        from ._exact import exact_solution

        return exact_solution(self, coordinates)

    def random(self) -> Problem:
        """The statement as a family: initial values become random inputs drawn from `random_initial`."""
        from ._family import as_family

        return as_family(self)

    def __str__(self) -> str:
        from ._printing import plain

        return plain(self)

    def latex(self) -> str:
        """The statement as LaTeX, one aligned line per equation and condition."""
        from ._printing import latex

        return latex(self)

    def mathml(self) -> str:
        """The statement as presentation MathML, for web pages."""
        from ._mathml import mathml

        return mathml(self)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def __repr__(self) -> str:
        return f"Problem({self.name!r}: {', '.join(map(str, self.unknowns))} on {self.domain})"
