"""The forms that assembly gives: everything a solver ever sees of a problem.

All are PyTrees. `args` holds whatever traced values the functions need (parameters, sampled inputs), so that
solvers can differentiate with respect to them; functions take it explicitly and close over static facts only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import lineax as lx
from jaxtyping import Array, PyTree

from ._sparsity import Sparsity


class LinearSystem(eqx.Module):
    """A y = b.

    `matrix(args)` gives A as a lineax operator (a space may return its own structured operator);
    `right(args)` gives b; `preconditioner(args)` an operator close to A⁻¹, or None; `extend(y, args)` gives
    the coefficients of the field from the unknowns y (boundary values filled in). `sparsity` says where A can be
    non-zero (None: anywhere).
    """

    matrix: Callable[[PyTree], lx.AbstractLinearOperator] = eqx.field(static=True)
    right: Callable[[PyTree], Array] = eqx.field(static=True)
    extend: Callable[[Array, PyTree], Array] = eqx.field(static=True)
    args: PyTree
    preconditioner: Callable[[PyTree], lx.AbstractLinearOperator] | None = eqx.field(static=True, default=None)
    sparsity: Sparsity | None = eqx.field(static=True, default=None)


class Residual(eqx.Module):
    """F(y, args) = 0, with an initial guess.

    `jacobian(y, args)` gives ∂F/∂y as a lineax operator with the space's structure, or None: by jvp. `sparsity` says
    where it can be non-zero (None: anywhere). `ramp(args, s)`, if given, are the arguments of a milder problem for
    0 <= s < 1, which the guess solves for s = 0 or nearly, and `args` for s = 1: a path for Newton's method.
    """

    function: Callable[[Array, PyTree], Array] = eqx.field(static=True)
    extend: Callable[[Array, PyTree], Array] = eqx.field(static=True)
    guess: Array
    args: PyTree
    jacobian: Callable[[Array, PyTree], lx.AbstractLinearOperator] | None = eqx.field(static=True, default=None)
    sparsity: Sparsity | None = eqx.field(static=True, default=None)
    ramp: Callable[[PyTree, Array], PyTree] | None = eqx.field(static=True, default=None)


class Acceleration(eqx.Module):
    """q'' = F(t, q, args), no velocity in F: what an `Evolution` whose unknowns are y = join(q, q') then says."""

    function: Callable[[Any, Array, PyTree], Array] = eqx.field(static=True)
    split: Callable[[Array], tuple[Array, Array]] = eqx.field(static=True)
    join: Callable[[Array, Array], Array] = eqx.field(static=True)


class Evolution(eqx.Module):
    """y' = L y + N(t, y, args) on [start, stop], y(start) = initial(args).

    `linear(args)` gives L as an array of blocks acting mode by mode, `(*modes, states)` (diagonal) or
    `(*modes, states, states)`; None when everything is in `nonlinear`. `output(t, y, args)` gives the field's
    coefficients `(*modes, channels)`, one channel per unknown of the statement, diagnostics included.
    `is_stiff` is what the statement says about the time step an explicit scheme would need. `sparsity` says where
    ∂N/∂y can be non-zero (None: anywhere). `mass`, if given, is a vector of ones and zeros, and the equation is
    mass · y' = …: rows with zero are constraints, which diagnostics satisfy at every time, the start included. Finite
    elements give an operator instead; `constraints` (size,) then says which rows of it are empty (None: it can be
    inverted). `step_matrix(t, y, s, args)`, if given, is mass − s ∂N/∂y as an operator that knows its entries.
    `acceleration`, if given, is the same equation as one of second order without a first derivative.
    """

    nonlinear: Callable[[Any, PyTree, PyTree], PyTree] = eqx.field(static=True)
    initial: Callable[[PyTree], PyTree] = eqx.field(static=True)
    output: Callable[[Any, PyTree, PyTree], Array] = eqx.field(static=True)
    args: PyTree
    start: float = eqx.field(static=True)
    stop: float = eqx.field(static=True)
    linear: Callable[[PyTree], Array] | None = eqx.field(static=True, default=None)
    is_stiff: bool = eqx.field(static=True, default=False)
    sparsity: Sparsity | None = eqx.field(static=True, default=None)
    mass: Array | lx.AbstractLinearOperator | None = None
    constraints: Array | None = None
    step_matrix: Callable[[Any, PyTree, Any, PyTree], lx.AbstractLinearOperator] | None = eqx.field(
        static=True, default=None
    )
    acceleration: Acceleration | None = None


Form = LinearSystem | Residual | Evolution
