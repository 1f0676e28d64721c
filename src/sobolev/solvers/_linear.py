"""Linear systems: which solver, and its outcome."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Int

from .._core import UnsupportedError
from ..assembly import LinearSystem
from ._krylov import PreconditionedCG
from ._outcome import code_of
from ._sparse import SparseLU


def solve_linear(
    system: LinearSystem, solver: lx.AbstractLinearSolver | None = None, tolerance: float = 1e-10
) -> tuple[Array, Int[Array, ""], dict[str, Array]]:
    """Coefficients of the field, result code, numbers of iterations.

    Without a `solver`: conjugate gradients (relative residual `tolerance`) where the form brings a preconditioner,
    a direct factorisation elsewhere. Differentiable in both modes with respect to `system.args`, implicitly.
    """
    if solver is None:
        direct = system.preconditioner is None
        solver = SparseLU(system.sparsity) if direct else PreconditionedCG(tolerance)
    options: dict[str, Any] = {}
    if isinstance(solver, PreconditionedCG):
        if system.preconditioner is None:
            raise UnsupportedError(
                "Conjugate gradients need a symmetric definite system with a preconditioner; this one has none.",
                fix="leave linear_solver out: the system is then solved directly",
            )
        options["preconditioner"] = system.preconditioner(system.args)
    solution = lx.linear_solve(
        system.matrix(system.args), system.right(system.args), solver, options=options, throw=False
    )
    found = code_of(solution.result, lx.RESULTS, solution.value)
    steps = {"iterations": jnp.asarray(solution.stats.get("num_steps", 1))}
    return system.extend(solution.value, system.args), found, steps
