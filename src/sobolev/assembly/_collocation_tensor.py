"""Fast diagonalisation for any conditions: the inverse of a separable operator on a box, as a preconditioner.

With constant coefficients and conditions, Σ_d s_d T_d + c is diagonal in the product of the eigenvectors of the T_d:
the second derivative along axis d with the values at its ends eliminated (Lynch, Rice & Thomas, Numer. Math. 6 (1964)).
Unlike `_collocation_diagonal` it takes Neumann and Robin conditions, any order, a mean, and terms of lower order, which
it leaves out; the systems are not symmetric, so that it serves GMRES.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import lineax as lx
import numpy as np
import sympy as sp
from jaxtyping import Array

from ..equations import DivergenceIndex, PointwiseFunction, Values
from ..spaces import Chebyshev
from ._collocation_boundary import AxisExtension
from ._collocation_diagonal import Preconditioner, scaled
from ._collocation_jets import NodalExpressions
from ._collocation_layout import Layout

_LARGE = {1: math.inf, 2: math.inf, 3: 3000}  # unknowns above which a sparse factorisation fills up, by dimension
_LARGE_FULL = 1500  # the same for full matrices
_CANCELS = 0.05  # of the sum of the magnitudes of its terms: an eigenvalue that is replaced by that sum
_ILL = 1e8  # condition of eigenvectors that are of no use


def tensor_inverse(nodal: NodalExpressions, layout: Layout, axes: Sequence[AxisExtension]) -> Preconditioner | None:
    """The preconditioner of a large equation for one real unknown with second derivatives along every axis, or None."""
    ndim, space = nodal.space.box.ndim, nodal.space
    large = _LARGE_FULL if isinstance(space, Chebyshev) and ndim > 1 else _LARGE.get(ndim, 0)
    if layout.size < large or len(layout.channels) != 1 or layout.channels[0].is_complex or len(layout.means) > 1:
        return None
    if not all(a.is_constant for a in axes):
        return None
    (channel,) = layout.channels
    slopes = _coefficients(nodal, channel.key[0])
    fills = [a.matrix().toarray() for a in axes]
    lines = [_modes(space.axis_matrix(d, 2).toarray()[layout.inner(channel)[d]] @ f) for d, f in enumerate(fills)]
    if slopes is None or max(np.linalg.cond(vectors) for _, vectors in lines) > _ILL:
        return None
    shape = layout.inner_shape(channel)
    vectors, inverses = [v for _, v in lines], [np.linalg.inv(v) for _, v in lines]
    zeroth = tuple(int(np.argmin(np.abs(values))) for values, _ in lines)
    # What a multiplier adds to the equations, by mode; the mode that has no effect; the weights of the mean.
    ones = _product([v.sum(1) for v in inverses])
    constant = _product([v[:, z] for v, z in zip(vectors, zeroth, strict=True)])
    weights = _product([a.weights / a.weights.sum() @ f for a, f in zip(space.grid.axes, fills, strict=True)])

    def mean(functions: Sequence[PointwiseFunction], inputs: Mapping[str, Array], values: Values) -> Array:
        total: Array = jnp.zeros(())
        for f in functions:
            jets = {j: space.derivative(inputs[j.name][..., None], j.orders)[..., 0] for j in f.jets}
            total = total + jnp.mean(f(jets, space.grid.coordinates, values.parameters)[0])
        return total

    def preconditioner(inputs: Mapping[str, Array], values: Values) -> lx.AbstractLinearOperator:
        symbol = bound = jnp.zeros((1,) * ndim)
        for d, (eigenvalues, _) in enumerate(lines):
            part = mean(slopes[d], inputs, values) * eigenvalues.reshape(
                tuple(-1 if e == d else 1 for e in range(ndim))
            )
            symbol, bound = symbol + part, bound + jnp.abs(part)
        mass = mean(slopes[ndim], inputs, values)
        symbol, bound = symbol + mass, bound + jnp.abs(mass)
        symbol = jnp.where(jnp.abs(symbol) <= _CANCELS * bound, jnp.where(bound > 0, bound, 1.0), symbol)

        def apply(r: Array) -> Array:
            n = math.prod(shape)
            hats = _along_all(inverses, r[:n].reshape(shape))
            if not layout.means:
                return _along_all(vectors, hats / symbol).real.ravel()
            multiplier = hats[zeroth] / ones[zeroth]
            hats = ((hats - multiplier * ones) / symbol).at[zeroth].set(0)
            y = _along_all(vectors, hats)
            y = y + constant * (r[n] - jnp.sum(weights * y)) / np.sum(weights * constant)
            return jnp.append(y.real.ravel(), multiplier.real)

        return lx.FunctionLinearOperator(apply, jnp.zeros(layout.size))

    return preconditioner


def _coefficients(nodal: NodalExpressions, name: str) -> list[list[PointwiseFunction]] | None:
    """Functions whose means add up to the coefficients of each ∂²/∂x_d², and of u itself; None when one is missing."""
    function, ndim = nodal.function, nodal.space.box.ndim
    (expression,) = function.expressions
    found: list[list[PointwiseFunction]] = [[] for _ in range(ndim + 1)]
    for j in function.jets:
        if isinstance(j, DivergenceIndex):
            slope = sp.diff(expression, function.symbols[j])
            if not slope.is_number:
                return None
            for component in nodal.divergences[j.k]:
                along, terms = tuple(int(e == component.d) for e in range(ndim)), component.terms
                found[component.d] += [
                    scaled(t.coefficient, slope) for t in terms if (name, along) in _factors(t.factor)
                ]
        elif j.name == name and j.order == 0:
            found[ndim].append(function.derivative(j))
        elif j.name == name and j.order == 2 and max(j.orders) == 2:
            found[j.orders.index(2)].append(function.derivative(j))
    return found if all(found[:ndim]) else None


def _factors(function: PointwiseFunction) -> set[tuple[str, tuple[int, ...]]]:
    return {(j.name, j.orders) for j in function.jets if not isinstance(j, DivergenceIndex)}


def _modes(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors; real where they are."""
    values, vectors = np.linalg.eig(matrix)
    if np.abs(values.imag).max() <= 1e-9 * np.abs(values).max():
        values, vectors = values.real, vectors.real
    return values, vectors


def _product(vectors: Sequence[np.ndarray]) -> np.ndarray:
    return functools.reduce(np.multiply.outer, vectors)


def _along_all(matrices: Sequence[np.ndarray], block: Array) -> Array:
    for d, matrix in enumerate(matrices):
        block = jnp.moveaxis(jnp.tensordot(jnp.asarray(matrix), block, (1, d)), 0, d)
    return block
