"""Newton's method with a line search, for residuals with a known pattern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import optimistix as optx
from jaxtyping import Array, Int, PyTree

from ..assembly import Residual, SparseOperator
from ._outcome import code_of
from ._ramp import ramped
from ._sparse import SparseLU

_KEEPS = 0.1  # contraction of a step from the last, up to which the next one does without a new Jacobian


class _State(eqx.Module):
    size: Array
    change: Array
    result: optx.RESULTS
    slope: lx.AbstractLinearOperator | None  # the last Jacobian
    stale: Array  # whether the next step uses it


class DampedNewton(optx.AbstractRootFinder):
    """y ← y − λ J⁻¹F with λ = 1, ½, ¼, … until ‖F‖₂ decreases by the factor 1 − λ/4 (Kelley, 1995, ch. 8).

    A Jacobian that knows its entries is kept, and its factors with it, as long as steps shrink tenfold: the last steps
    then cost no factorisation (Deuflhard, Newton Methods for Nonlinear Problems, 2004, section 2.1).

    Ends when a full step changes y by less than `rtol` ‖y‖ + `atol` in the maximum norm. A search that finds no
    decrease at λ = 2⁻¹² ends with `nonlinear_divergence`, a singular Jacobian with `singular`. `jacobian(y, args)`
    gives the Jacobian as an operator (None: by automatic differentiation).
    """

    rtol: float
    atol: float
    linear_solver: lx.AbstractLinearSolver
    norm: Callable[[PyTree], Array] = optx.max_norm
    jacobian: Callable[[Array, PyTree], lx.AbstractLinearOperator] | None = None

    def init(self, fn, y, args, options: dict[str, Any], f_struct, aux_struct, tags) -> _State:
        if "last" in options:  # the solution of a problem as near: its Jacobian is the first to be tried
            last = options["last"]
            return eqx.tree_at(lambda s: s.change, last, jnp.full_like(last.change, jnp.inf))
        slope = None if self.jacobian is None else eqx.filter_eval_shape(self.jacobian, y, args)
        slope = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), slope) if _is_kept(slope) else None
        infinite = jnp.asarray(jnp.inf)
        return _State(infinite, infinite, optx.RESULTS.successful, slope, jnp.asarray(False))

    def step(self, fn, y, args, options: dict[str, Any], state: _State, tags):
        if self.jacobian is None:
            value, slope, aux = jax.linearize(lambda y: fn(y, args), y, has_aux=True)
            operator: Any = lx.FunctionLinearOperator(slope, jax.eval_shape(lambda: y), tags=tags)
        else:
            value, aux = fn(y, args)
            jacobian = self.jacobian
            if state.slope is None:
                operator = jacobian(y, args)
            else:
                operator = jax.lax.cond(state.stale, lambda y: state.slope, lambda y: jacobian(y, args), y)
        solution = lx.linear_solve(operator, value, self.linear_solver, throw=False)
        size = jnp.linalg.norm(value)

        def too_long(carry: tuple) -> Array:
            factor, new = carry
            # A decrease cannot be seen once ‖F‖ is at the level of rounding errors: full steps are taken there.
            return ~(new <= (1 - factor / 4) * size) & (factor > 2.0**-12) & ~small

        def halve(carry: tuple) -> tuple:
            factor = carry[0] / 2
            return factor, jnp.linalg.norm(fn(y - factor * solution.value, args)[0])

        change = self.norm(solution.value)
        small = change <= 1e3 * (self.rtol * self.norm(y) + self.atol)
        first = (jnp.asarray(1.0, y.dtype), jnp.linalg.norm(fn(y - solution.value, args)[0]))
        factor, new = jax.lax.while_loop(too_long, halve, first)
        # An old Jacobian in a search without success says nothing: the next step has a new one.
        stuck = (factor <= 2.0**-12) & ~state.stale
        result = optx.RESULTS.promote(solution.result)
        result = optx.RESULTS.where(
            (result == optx.RESULTS.successful) & stuck, optx.RESULTS.nonlinear_divergence, result
        )
        moved = y - factor * solution.value
        stale = (factor == 1) & (change <= _KEEPS * state.change) & jnp.isfinite(state.change)
        slope = None if state.slope is None else operator
        return moved, _State(new, jnp.where(factor == 1, change, jnp.inf), result, slope, stale), aux

    def terminate(self, fn, y, args, options: dict[str, Any], state: _State, tags):
        failed = state.result != optx.RESULTS.successful
        done = state.change <= self.rtol * self.norm(y) + self.atol
        return failed | done, state.result

    def postprocess(self, fn, y, aux, args, options: dict[str, Any], state: _State, tags, result):
        return y, aux, {}


def _is_kept(operator: lx.AbstractLinearOperator | None) -> bool:
    """Only what knows its entries costs nothing to keep."""
    return isinstance(operator, SparseOperator)


def solve_newton(
    residual: Residual,
    tolerance: float = 1e-10,
    max_steps: int = 50,
    solver: lx.AbstractLinearSolver | None = None,
) -> tuple[Array, Int[Array, ""], dict[str, Array]]:
    """Coefficients of the field, result code, numbers of steps; differentiable by the implicit function theorem.

    A residual with a ramp is first followed along it (see `ramped`). Linear systems are solved by `solver` (None:
    directly, with the residual's pattern).
    """
    solver = SparseLU(residual.sparsity) if solver is None else solver
    newton = DampedNewton(tolerance, 1e-14, solver, jacobian=residual.jacobian)
    guess, options, spent = residual.guess, {}, 0
    if residual.ramp is not None:
        guess, last, spent = ramped(residual, newton)
        options = {"last": jax.lax.stop_gradient(last)}
    solution = optx.root_find(
        residual.function,
        newton,
        guess,
        args=residual.args,
        options=options,
        max_steps=max_steps,
        adjoint=optx.ImplicitAdjoint(linear_solver=solver),
        throw=False,
    )
    found = code_of(solution.result, optx.RESULTS, solution.value)
    return residual.extend(solution.value, residual.args), found, {"newton": solution.stats["num_steps"] + spent}
