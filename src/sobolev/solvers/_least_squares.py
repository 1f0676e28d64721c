"""Nonlinear least squares: what fits readings best."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import lineax as lx
import optimistix as optx
from jaxtyping import Array, PyTree

from ._outcome import code_of

_STEPS = 100


def solve_least_squares(
    residual: Callable[[PyTree, PyTree], PyTree], guess: PyTree, args: PyTree = None, *, tolerance: float = 1e-8
) -> tuple[PyTree, Array, dict[str, Array]]:
    """y that minimises ‖residual(y, args)‖²/2, with its code and the number of iterations.

    The method of Levenberg and Marquardt by optimistix, from `guess`; it ends where steps and changes of the residual
    are below `tolerance`, relative and absolute. Differentiable with respect to `args`, forwards and backwards, by the
    implicit function theorem on the condition J(y)ᵀ r(y) = 0 (no iterates are stored; Blondel et al., NeurIPS 2022),
    for which `residual` itself must be differentiable twice. A minimum that is not isolated has no derivative: add a
    prior to the residual. The residual must be finite wherever the search goes.

    Codes: `successful`, `stagnated` (also where the residual has no number), `nonfinite`.
    """
    solver = optx.LevenbergMarquardt(rtol=tolerance, atol=tolerance, linear_solver=lx.QR())
    found = optx.least_squares(residual, solver, guess, args, max_steps=_STEPS, throw=False)
    leaves = jax.tree.leaves((found.value, residual(found.value, args)))
    code = code_of(found.result, optx.RESULTS, jnp.concatenate([jnp.ravel(leaf) for leaf in leaves]))
    return found.value, code, {"iterations": jnp.asarray(found.stats["num_steps"])}
