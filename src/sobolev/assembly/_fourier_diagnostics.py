"""Diagnostics eliminated mode by mode.

Constraints B(k) d + C(k) y + r = 0, linear with constant coefficients in the diagnostics d, give
d = −B⁻¹ (C y + r). Where B is singular at k = 0 (a stream function is known up to a constant), mean values complete it.
"""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jaxtyping import Array, Inexact

from .._core import StatementError, UnsupportedError
from ..equations import Problem, Values, evaluate_expression
from ..spaces import Fourier
from ._fourier_lowering import Lowered


class Elimination(eqx.Module):
    """d = `gain` y − `inverse` r + `offset` at k = 0."""

    gain: Inexact[Array, "*modes diagnostics states"]
    inverse: Inexact[Array, "*modes diagnostics diagnostics"]
    offset: Inexact[Array, " diagnostics"]


def eliminate(
    problem: Problem, lowered: Lowered, space: Fourier, matrix: Array, coupling: Array, values: Values
) -> Elimination:
    """`matrix` is B, `coupling` is C. `StatementError` where nothing fixes a mean that B leaves open."""
    number = len(lowered.diagnostics)
    zero = (0,) * space.box.ndim
    at_zero = sp.zeros(number, number)
    for row, terms in enumerate(lowered.constraints):
        for jet, coefficient in terms.linear:
            column = lowered.columns[jet.name, jet.time_order] - len(lowered.states)
            if column >= 0 and jet.order == 0:
                at_zero[row, column] += coefficient
    offset = jnp.zeros(number)
    if at_zero.rank() < number:
        complete, offset = _completed(problem, lowered, matrix[zero], at_zero, values)
        invertible = matrix.at[zero].set(jnp.eye(number, dtype=matrix.dtype))
        _refuse_singular(problem, lowered, invertible)
        inverse = _inverse(invertible).at[zero].set(complete.astype(matrix.dtype))
    else:
        _refuse_singular(problem, lowered, matrix)
        inverse = _inverse(matrix)
    return Elimination(-inverse @ coupling, inverse, offset)


def _completed(problem: Problem, lowered: Lowered, matrix: Array, symbolic: sp.Matrix, values: Values):
    """Least-squares inverse of (B(0); rows of means), split into the parts that act on −r and on the means."""
    number = len(lowered.diagnostics)
    stated = [index for index, mean in enumerate(lowered.means) if mean is not None]
    rows = np.eye(number)[stated]
    if symbolic.col_join(sp.Matrix(rows.astype(int).tolist()) if stated else sp.zeros(0, number)).rank() < number:
        free = [str(d) for d, mean in zip(lowered.diagnostics, lowered.means, strict=True) if mean is None]
        raise StatementError(
            f"'{problem.name}' leaves the mean of {', '.join(free)} open.",
            given="a constraint that contains only derivatives of it",
            expected="a mean value",
            fix=f"sv.Mean({free[0]}, 0)",
        )
    solution = jnp.linalg.pinv(jnp.concatenate([matrix, jnp.asarray(rows, matrix.dtype)]))
    means = [evaluate_expression(problem, lowered.means[index], {}, values) for index in stated]
    return solution[:, :number], solution[:, number:] @ jnp.stack(means).astype(matrix.dtype)


def _inverse(matrix: Array) -> Array:
    return 1 / matrix if matrix.shape[-1] == 1 else jnp.linalg.inv(matrix)


def _refuse_singular(problem: Problem, lowered: Lowered, matrix: Array) -> None:
    if isinstance(matrix, jax.core.Tracer):
        return  # parameters are traced: a singular mode then shows as a result code
    determinants = np.linalg.det(np.asarray(matrix))
    norms = np.linalg.norm(np.asarray(matrix), axis=(-2, -1)) ** matrix.shape[-1]
    if np.any(np.abs(determinants) <= 1e-13 * norms):
        raise UnsupportedError(
            f"The constraints of '{problem.name}' do not determine {', '.join(map(str, lowered.diagnostics))}.",
            given="an operator that vanishes on some Fourier mode other than the mean",
            expected="an elliptic constraint, such as -laplacian(psi) = w",
        )
