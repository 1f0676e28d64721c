"""An iteration, and a factorisation for where it does not converge."""

from __future__ import annotations

from typing import Any

import equinox.internal as eqxi
import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, PyTree


class Guarded(lx.AbstractLinearSolver):
    """`iterative`, and `direct` for the systems on which it does not converge.

    A loop that runs at most once, rather than a branch: under `vmap` a branch would always compute both.
    """

    iterative: lx.AbstractLinearSolver
    direct: lx.AbstractLinearSolver

    def init(self, operator: lx.AbstractLinearOperator, options: dict[str, Any]) -> PyTree:
        operator = lx.linearise(operator)
        return operator, self.iterative.init(operator, options), eqxi.Static(False)

    def compute(self, state: PyTree, vector: Array, options: dict[str, Any]) -> tuple[Array, lx.RESULTS, dict]:
        operator, inner, transpose = state
        y, result, stats = self.iterative.compute(inner, vector, options)

        def again(carry: tuple) -> tuple:
            factors = self.direct.init(operator, {})
            if transpose.value:
                factors, _ = self.direct.transpose(factors, {})
            y, result, _ = self.direct.compute(factors, vector, {})
            return y, result, jnp.asarray(False)

        failed = result != lx.RESULTS.successful
        y, result, _ = jax.lax.while_loop(lambda carry: carry[2], again, (y, result, failed))
        return y, result, stats

    def transpose(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        operator, inner, transpose = state
        inner, options = self.iterative.transpose(inner, options)
        return (operator, inner, eqxi.Static(not transpose.value)), options

    def conj(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, options  # real

    def assume_full_rank(self) -> bool:
        return True
