"""Eigenpairs on meshes."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._core import Result, UnsupportedError, precision_context
from .._core._precise import is_traced, precise
from ..assembly import check_pencil, element_pencil
from ..equations import Problem, Values
from ..solutions import Level, Solution, SpaceTimeField, Statistics, summarise
from ..solvers import host_eigenpairs, result_code, sparse_eigenpairs
from ._finite_element import FiniteElement
from ._prepared import Statement, bound_values, statement_of


@dataclass(frozen=True)
class Eigenpair:
    """An eigenvalue, its normalised eigenfunction, and the eigenvalue's derivatives by the statement's parameters.

    `gradient` has no entry for parameters that move a jump of a coefficient: there the formula of Hellmann and Feynman
    needs the function's values at the jump, not the matrices' derivatives. `error` is the estimated error of the value
    (None where `points` were given); that of the function is its own `error_bar`.
    """

    value: Any
    function: Solution
    gradient: dict[str, float]
    error: float | None = None

    def __str__(self) -> str:
        known = "" if self.error is None else f" ± {self.error:.1g}"
        return f"eigenvalue {self.value}{known}\n{self.function}"


def pairs_on_mesh(
    problem: Problem, count: int, points: int, method: FiniteElement, reason: str
) -> tuple[Eigenpair, ...]:
    """The lowest pairs by finite elements with `points` cells along each side of the bounding box."""
    try:
        check_pencil(problem)
        if problem.ndim < 2 or problem.is_complex:
            raise UnsupportedError(
                "takes real unknowns on meshes in two or three dimensions", given=str(problem.domain)
            )
    except UnsupportedError as error:
        raise UnsupportedError(f"sv.eigenpairs {error.headline}.", given=error.given, fix=error.fix) from error
    began = time.perf_counter()
    values = bound_values(problem, "double")
    prepared = _prepared(statement_of(problem, values), points, method, count)
    slopes: dict[str, np.ndarray] = {}
    if is_traced(values):
        found, functions = precise(prepared.traced, "double")(values)
    else:
        with precision_context("double"):
            found, functions, slopes = prepared.run(values)
    spent = time.perf_counter() - began
    pairs = []
    for k in range(count):
        level = Level((prepared.space.size,), 0.0, 0.0, spent)
        solution = Solution(
            field=SpaceTimeField(prepared.space, functions[k], None, None, None),
            code=result_code(Result.successful),
            steps={},
            values=values,
            summary=summarise(prepared.problem),
            problem=prepared.problem,
            statistics=Statistics("eigenpairs(finite-element)", reason, 0.0, (level,)),
        )
        value = found[k] if is_traced(found) else float(found[k])
        pairs.append(Eigenpair(value, solution, {name: float(s[k]) for name, s in slopes.items()}))
    return tuple(pairs)


class _Prepared:
    """The pencil of a statement on a mesh, with its compiled functions: other values compile nothing."""

    def __init__(self, statement: Statement, points: int, method: FiniteElement, count: int):
        self.problem, self.count = statement.problem, count
        self.space = method.space(statement.problem, points)
        with precision_context("double"):
            self.pencil = element_pencil(statement.problem, self.space)
        self._entries = eqx.filter_jit(self.pencil.entries)
        self._slopes = eqx.filter_jit(self.pencil.slopes)
        self._fields = eqx.filter_jit(self._normalised)
        self.traced = eqx.filter_jit(self._traced)

    def _traced(self, values: Values) -> tuple[Any, Any]:
        a, b = self.pencil.entries(values)
        found, y = sparse_eigenpairs(a, b, self.pencil.forms.sparsity, self.count)
        return found, self._normalised(y, values)

    def _normalised(self, y: Any, values: Values) -> Any:
        return jax.vmap(lambda one: self.pencil.normalised(one, values), 1)(y)

    def run(self, values: Values) -> tuple[np.ndarray, Any, dict[str, np.ndarray]]:
        """Eigenvalues, fields (count, nodes, 1), and ∂E/∂p = wᵀ(∂A − E ∂B)y / wᵀBy for every parameter."""
        sparsity = self.pencil.forms.sparsity
        a, b = map(np.asarray, self._entries(values))
        found, right, left = host_eigenpairs(a, b, sparsity, self.count)
        products = left[sparsity.full_rows] * right[sparsity.full_columns]
        moves = self._slopes(values) if values.parameters else {}
        slopes = {
            name: (np.asarray(da) @ products - found * (np.asarray(db) @ products)) / (b @ products)
            for name, (da, db) in moves.items()
        }
        return found, self._fields(jnp.asarray(right), values), slopes


_prepared = functools.lru_cache(maxsize=16)(_Prepared)
