"""Linear systems: which solver, and its outcome."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import lineax as lx
from jaxtyping import Array, Int

from .._core import UnsupportedError
from ..assembly import LinearSystem
from ._guarded import Guarded
from ._krylov import GMRES, PreconditionedCG
from ._outcome import code_of
from ._sparse import SparseLU

_AFFORDABLE = 2**14  # unknowns that are factorised in seconds, in three dimensions as well


def solve_linear(
    system: LinearSystem, solver: lx.AbstractLinearSolver | None = None, tolerance: float = 1e-10
) -> tuple[Array, Int[Array, ""], dict[str, Array]]:
    """Coefficients of the field, result code, numbers of iterations.

    Without a `solver`: where the form brings a preconditioner, conjugate gradients for symmetric and GMRES for other
    systems (relative residual `tolerance`), with a direct factorisation for those on which they do not converge, if
    they are small enough; a direct factorisation elsewhere. Differentiable in both modes with
    respect to `system.args`, implicitly.
    """
    operator = system.matrix(system.args)
    direct = SparseLU(system.sparsity)
    options: dict[str, Any] = {}
    if system.preconditioner is not None and not isinstance(solver, SparseLU):
        options["preconditioner"] = system.preconditioner(system.args)
    if solver is None:
        solver = PreconditionedCG(tolerance) if lx.is_symmetric(operator) else GMRES(tolerance)
        if system.preconditioner is None:
            solver = direct
        elif operator.in_size() <= _AFFORDABLE:
            solver = Guarded(solver, direct)
    if isinstance(solver, PreconditionedCG) and system.preconditioner is None:
        raise UnsupportedError(
            "Conjugate gradients need a symmetric definite system with a preconditioner; this one has none.",
            fix="leave linear_solver out: the system is then solved directly",
        )
    solution = lx.linear_solve(operator, system.right(system.args), solver, options=options, throw=False)
    found = code_of(solution.result, lx.RESULTS, solution.value)
    steps = {"iterations": jnp.asarray(solution.stats.get("num_steps", 1))}
    return system.extend(solution.value, system.args), found, steps
