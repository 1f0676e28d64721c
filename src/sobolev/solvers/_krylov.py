"""Preconditioned conjugate gradients."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, PyTree


class PreconditionedCG(lx.AbstractLinearSolver):
    """Conjugate gradients for symmetric A and preconditioner M ≈ A⁻¹ that are both positive or both negative definite.

    Stops when ‖b − A y‖₂ ≤ tolerance ‖b‖₂ (lineax's own CG compares entry by entry, which never ends where b has
    zeros). Pure JAX, so that batches run side by side. Failing to converge gives `RESULTS.max_steps_reached`.
    The preconditioner is `options["preconditioner"]`. (Hestenes & Stiefel, 1952; Saad, Iterative Methods, alg. 9.1.)
    """

    tolerance: float = 1e-10
    max_steps: int = 1000

    def init(self, operator: lx.AbstractLinearOperator, options: dict[str, Any]) -> PyTree:
        return lx.linearise(operator)

    def compute(self, state: PyTree, vector: Array, options: dict[str, Any]) -> tuple[Array, lx.RESULTS, dict]:
        operator, close = state, options["preconditioner"]
        target = self.tolerance * jnp.linalg.norm(vector)

        def going(carry: tuple) -> Array:
            _, r, _, _, step = carry
            return (jnp.linalg.norm(r) > target) & (step < self.max_steps)

        def iterate(carry: tuple) -> tuple:
            y, r, p, rho, step = carry
            q = operator.mv(p)
            alpha = rho / (p @ q)
            y, r = y + alpha * p, r - alpha * q
            z = close.mv(r)
            new = r @ z
            return y, r, z + (new / rho) * p, new, step + 1

        z = close.mv(vector)
        start = (jnp.zeros_like(vector), vector, z, vector @ z, jnp.asarray(0))
        y, r, _, _, steps = jax.lax.while_loop(going, iterate, start)
        fine = jnp.linalg.norm(r) <= target  # false for NaN
        result = lx.RESULTS.where(fine, lx.RESULTS.successful, lx.RESULTS.max_steps_reached)
        return y, result, {"num_steps": steps}

    def transpose(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, options  # symmetric

    def conj(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, options  # real

    def assume_full_rank(self) -> bool:
        return True
