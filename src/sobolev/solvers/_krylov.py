"""Krylov methods with preconditioners: conjugate gradients, and GMRES for systems that are not symmetric."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.sparse.linalg as krylov
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


class GMRES(lx.AbstractLinearSolver):
    """Generalised minimal residuals for M A y = M b, restarted every `restart` steps; M ≈ A⁻¹ from the left.

    Stops when ‖M (b − A y)‖₂ ≤ tolerance ‖M b‖₂: with a good M that is the relative error of y, and unlike the plain
    residual of a differential operator it can be reached in the presence of rounding. `cycles` restarts without
    convergence give `RESULTS.max_steps_reached`. M is `options["preconditioner"]` (absent: the identity).
    (Saad & Schultz, SIAM J. Sci. Stat. Comput. 7 (1986); Saad, Iterative Methods, sec. 9.3.1.)
    """

    tolerance: float = 1e-10
    restart: int = 60
    cycles: int = 10

    def init(self, operator: lx.AbstractLinearOperator, options: dict[str, Any]) -> PyTree:
        return lx.linearise(operator)

    def compute(self, state: PyTree, vector: Array, options: dict[str, Any]) -> tuple[Array, lx.RESULTS, dict]:
        operator, close = state, options.get("preconditioner")

        def apply(v: Array) -> Array:
            return v if close is None else close.mv(v)

        right = apply(vector)
        y, _ = krylov.gmres(
            lambda v: apply(operator.mv(v)),
            right,
            tol=self.tolerance,
            restart=min(self.restart, vector.size),
            maxiter=self.cycles,
            solve_method="incremental",
        )
        # What the recursion believes and what holds differ by rounding.
        left = jnp.linalg.norm(right - apply(operator.mv(y)))
        fine = left <= 10 * self.tolerance * jnp.linalg.norm(right)  # false for NaN
        return y, lx.RESULTS.where(fine, lx.RESULTS.successful, lx.RESULTS.max_steps_reached), {}

    def transpose(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        close = options.get("preconditioner")
        return state.transpose(), {} if close is None else {"preconditioner": close.transpose()}

    def conj(self, state: PyTree, options: dict[str, Any]) -> tuple[PyTree, dict[str, Any]]:
        return state, options  # real

    def assume_full_rank(self) -> bool:
        return True
