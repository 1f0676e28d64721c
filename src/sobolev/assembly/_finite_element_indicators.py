"""How large the residual of a finite element solution is, cell by cell.

For ∫ S v − ∫ F·∇v + ∮ F·n v = 0 the error in the gradient is bounded, up to a constant, by

    η² = Σ_K (h_K/a_K)² ‖S + ∇·F‖²_K + Σ_E h_E/a_E² ‖[F·n]‖²_E          (Verfürth, 1996, sec. 1.2)

with h_K = |K|^{1/d}, a the size of ∂F/∂∇u (1 for the Laplacian), E the facets between cells, and those at the boundary
where the flux is known, on which [F·n] is what it misses. In the energy norm ‖√a ∇e‖ the powers of a are one less, and
the constant does not depend on its contrast (ibid., sec. 4.3); cells are marked by that: where blocks of large and
small a meet at a corner, energy says how far an error is felt. F is differentiated through its best approximation of
the elements' degree at the quadrature points, so that coefficients need not be differentiable. An equation without
flux (a divergence tested with a pressure) has the dimension of a gradient and counts as it is. Values that Dirichlet
conditions give are taken for exact: data with detail finer than the mesh are not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ..equations import JetIndex, PointwiseFunction, Values, pointwise, sample_input
from ..spaces import FacetRule, Rule
from ._finite_element import FiniteElements
from ._finite_element_facets import FacetIntegrals
from ._taylor_hood import lowered

_INSIDE = 1e-6  # how far points of a facet are drawn into a cell, so that coefficients are those of its own side


@dataclass(frozen=True)
class Indicators:
    """`gradients` (m,): η_K², so that their sum estimates ‖∇e‖² up to a constant; `values`: h_K² η_K², for ‖e‖²;
    `energies`: the same for ‖√a ∇e‖², each equation's a relative to its mean, so that they differ where it varies.

    `slope`: ‖∇u‖ in L2, all unknowns with second derivatives together; facets count half for either cell.
    """

    gradients: np.ndarray
    values: np.ndarray
    energies: np.ndarray
    slope: float


def indicators(forms: FiniteElements, coefficients: np.ndarray, values: Values) -> Indicators:
    """Of a steady solution: `coefficients` (nodes, unknowns) as `extend` gives them. Plain NumPy: nothing compiles."""
    return _Estimator(forms, np.asarray(coefficients), values).run()


class _Estimator:
    def __init__(self, forms: FiniteElements, coefficients: np.ndarray, values: Values):
        self.forms, self.values, self.problem = forms, values, forms.problem
        self.parameters = {name: np.asarray(v) for name, v in values.parameters.items()}
        self.fields = [lowered(u, own, forms.space) for u, own in zip(coefficients.T, forms.spaces, strict=True)]
        self.volumes = forms.cells.rule[0].volumes
        self.sizes = self.volumes ** (1 / self.problem.ndim)
        self.corners = forms.space.mesh.vertices[forms.space.table.corners.T]

    def run(self) -> Indicators:
        places = self._places(self.forms.cells.rule[0].points)
        each = zip(self.fields, self.forms.dofs, self.forms.cells.rule, strict=True)
        traces = [_on_cells(u[dofs], rule) for u, dofs, rule in each]
        jets = self._jets(places, traces)
        eta = np.zeros((2, len(self.sizes)))  # for gradients, and for energies
        slope = 0.0
        strengths: list[np.ndarray | None] = []
        for k, (f, rule) in enumerate(zip(self.forms.cells.equations, self.forms.cells.rule, strict=True)):
            source, *minus = self._evaluate(f, jets, places)
            strength = self._strength(k, jets, places)
            strengths.append(strength)
            residual = source + (0.0 if strength is None else _divergence(rule, [-m for m in minus]))
            square = (rule.weights[:, None] * rule.size * residual**2).sum(0)
            eta += square if strength is None else _weighed((self.sizes / strength) ** 2 * square, strength, strength)
            if strength is not None:
                slope += float((rule.weights[:, None] * rule.size * (traces[k][1:] ** 2).sum(0)).sum())
        self._add_jumps(eta, strengths)
        self._add_boundary(eta, strengths)
        return Indicators(eta[0], self.sizes**2 * eta[0], eta[1], slope**0.5)

    # --- facets ---------------------------------------------------------------------------------------

    def _add_jumps(self, eta: np.ndarray, strengths: list[np.ndarray | None]) -> None:
        order = 2 * self.forms.space.degree
        rules = [s.table.jump_rule(order) for s in self.forms.spaces]
        sides = [self._fluxes([r[side] for r in rules]) for side in (0, 1)]
        first, second = rules[0][0].cells, rules[0][1].cells
        for k, strength in enumerate(strengths):
            if strength is None:
                continue
            jump = sides[0][k] - sides[1][k]
            normal = (jump * rules[0][0].normals).sum(0)
            share = _lengths(rules[0][0], self.problem.ndim) * (rules[0][0].weights * normal**2).sum(0) / 2
            between = 0.5 * (strength[first] + strength[second])
            for cells in (first, second):
                np.add.at(eta, (slice(None), cells), _weighed(share / between**2, between, strength))

    def _add_boundary(self, eta: np.ndarray, strengths: list[np.ndarray | None]) -> None:
        for facets in self.forms.facets:
            found = self._fluxes(list(facets.rules))
            wanted = self._imposed(facets)
            for k, strength in enumerate(strengths):
                if strength is None or wanted[k] is None:
                    continue
                rule = facets.rules[k]
                missing = (found[k] * rule.normals).sum(0) - wanted[k]
                share = _lengths(rule, self.problem.ndim) * (rule.weights * missing**2).sum(0)
                own = strength[rule.cells]
                np.add.at(eta, (slice(None), rule.cells), _weighed(share / own**2, own, strength))

    def _fluxes(self, rules: list[FacetRule]) -> list[np.ndarray]:
        """F on facets as their own cells see it: (d, q, k) per equation."""
        middle = self.corners[rules[0].cells].mean(1).T[:, None]
        x = rules[0].points + _INSIDE * (middle - rules[0].points)
        places = self._places(x)
        jets = self._jets(places, self._traces(rules))
        shape = (self.problem.ndim, *x.shape[1:])
        found = []
        for f in self.forms.cells.equations:
            minus = self._evaluate(f, jets, places)[1:]
            found.append(-np.stack([np.broadcast_to(m, shape[1:]) for m in minus]))
        return found

    def _imposed(self, facets: FacetIntegrals) -> list[np.ndarray | None]:
        """F·n as the conditions give it."""
        places = self._places(facets.rules[0].points)
        traces = self._traces(list(facets.rules))
        for trace, rule, c in zip(traces, facets.rules, facets.conditions, strict=True):
            if c is not None and c.beta != 0 and not c.of_flux:
                alpha, beta, g = (self._data(e, places) for e in (c.alpha, c.beta, c.value))
                normal = (g - alpha * trace[0]) / beta
                trace[1:] += (normal - (trace[1:] * rule.normals).sum(0)) * rule.normals
        jets = self._jets(places, traces)
        found: list[np.ndarray | None] = []
        own = zip(self.forms.cells.equations, facets.rules, facets.conditions, facets.signs, traces, strict=True)
        for f, rule, c, sign, trace in own:
            if c is not None and c.of_flux:
                alpha, beta, g = (self._data(e, places) for e in (c.alpha, c.beta, c.value))
                found.append(np.broadcast_to(sign * (g - alpha * trace[0]) / beta, rule.weights.shape))
                continue
            minus = self._evaluate(f, jets, places)[1:]
            known = c is not None and c.beta != 0
            found.append(-sum(m * n for m, n in zip(minus, rule.normals, strict=True)) if known else None)
        return found

    def _traces(self, rules: list[FacetRule]) -> list[np.ndarray]:
        """Values and gradients on facets as their own cells see them, (1 + d, q, k) per unknown."""
        traces = []
        for u, dofs, rule in zip(self.fields, self.forms.dofs, rules, strict=True):
            local = u[dofs[:, rule.cells]]
            value = np.einsum("iqk,ik->qk", rule.value, local)
            traces.append(np.concatenate([value[None], np.einsum("diqk,ik->dqk", rule.gradient, local)]))
        return traces

    def _data(self, e: sp.Expr, places: dict[str, np.ndarray]) -> np.ndarray:
        """A coefficient or the value of a condition at points."""
        function = pointwise([e], self.problem.coordinates)
        jets = {j: self._input(j, places) for j in function.jets}
        return self._evaluate(function, jets, places)[0]

    # --- pointwise ------------------------------------------------------------------------------------

    def _strength(self, k: int, jets: Mapping[Any, np.ndarray], places: Mapping[str, Any]) -> np.ndarray | None:
        """The size of ∂F/∂∇u in each cell, by the mean of its diagonal; None for an equation without it."""
        name = self.problem.unknown_names[k]
        found = []
        for (equation, jet), slope in self.forms.cells.slopes.items():
            if equation != k or jet.name != name or jet.order != 1 or jet.time_order:
                continue
            axis = jet.orders.index(1)
            if slope.expressions[1 + axis] == sp.S.Zero:
                continue
            value = np.abs(self._evaluate(slope, jets, places)[1 + axis])
            found.append(np.broadcast_to(value, self._shape).mean(0))
        if not found:
            return None
        mean = np.mean(found, 0)
        return np.maximum(mean, 1e-12 * mean.max())

    @property
    def _shape(self) -> tuple[int, ...]:
        return self.forms.cells.rule[0].points.shape[1:]

    def _jets(self, places: Mapping[str, Any], traces: list[np.ndarray]) -> dict[Any, np.ndarray]:
        """Values and gradients of unknowns, and inputs, at points; all that the equations ask for."""
        names = self.problem.unknown_names
        found: dict[Any, np.ndarray] = {}
        for j in {j for f in self.forms.cells.equations for j in f.jets}:
            assert isinstance(j, JetIndex)  # divergences have been integrated by parts
            if j.name in names:
                found[j] = traces[names.index(j.name)][0 if j.order == 0 else 1 + j.orders.index(1)]
            else:
                found[j] = self._input(j, places)
        return found

    def _input(self, j: Any, places: Mapping[str, np.ndarray]) -> np.ndarray:
        value = self.values.inputs[j.name]
        if isinstance(value, sp.Basic):
            return self._data(value, dict(places))
        return np.asarray(sample_input(self.problem, j.name, dict(places), self.values))

    def _evaluate(
        self, function: PointwiseFunction, jets: Mapping[Any, np.ndarray], places: Mapping[str, Any]
    ) -> tuple[np.ndarray, ...]:
        return function.on_arrays(jets, places, self.parameters)

    def _places(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip((c.name for c in self.problem.coordinates), points, strict=True))


def _weighed(share: np.ndarray, strength: np.ndarray, all_strengths: np.ndarray) -> np.ndarray:
    """A share of ‖∇e‖², and of the energy: (2, …)."""
    return np.stack([share, share * strength / all_strengths.mean()])


def _on_cells(local: np.ndarray, rule: Rule) -> np.ndarray:
    """Value and gradient at the points of all cells, (1 + d, q, m), from local coefficients (nb, m)."""
    d, nb, q = rule.basis.shape
    hat = (np.swapaxes(rule.basis, 1, 2).reshape(d * q, nb) @ local).reshape(d, q, -1)
    return np.concatenate(
        [hat[:1], np.einsum("ajnm,anm->jnm", np.broadcast_to(rule.inverse, (d - 1, d - 1, q, hat.shape[2])), hat[1:])]
    )


def _divergence(rule: Rule, flux: list[np.ndarray]) -> np.ndarray:
    """∇·F at the points, of the polynomial nearest to F in each cell."""
    phi = rule.basis[0] * rule.weights
    project = np.linalg.solve(phi @ rule.basis[0].T, phi)
    found: Any = 0.0
    for j, f in enumerate(flux):
        f = np.broadcast_to(f, rule.points.shape[1:])
        for a, slope in enumerate(rule.basis[1:]):
            found = found + rule.inverse[a, j] * ((slope.T @ project) @ f)
    return found


def _lengths(rule: FacetRule, ndim: int) -> np.ndarray:
    """Diameters of facets."""
    return rule.weights.sum(0) ** (1 / (ndim - 1))
