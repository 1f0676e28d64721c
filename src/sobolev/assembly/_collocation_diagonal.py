"""Fast diagonalisation: the inverse of a constant-coefficient operator on a box, as a preconditioner.

Σ_d s_d T_d with T_d the second difference along axis d is diagonal in the product of the axes' eigenvectors
(Lynch, Rice & Thomas, Numer. Math. 6 (1964)). With s_d the mean coefficient, conjugate gradients for ∇·(a∇u)
converge at a rate that depends on the contrast of a but not on the grid.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping

import jax.numpy as jnp
import lineax as lx
import numpy as np
import sympy as sp
from jaxtyping import Array

from ..equations import DivergenceIndex, JetIndex, PointwiseFunction, Values
from ..fields import Axis
from ..spaces import FiniteDifference
from ._collocation_jets import NodalExpressions
from ._collocation_layout import Layout

Preconditioner = Callable[[Mapping[str, Array], Values], lx.AbstractLinearOperator]


def fast_diagonalisation(nodal: NodalExpressions, layout: Layout) -> Preconditioner | None:
    """The preconditioner of a symmetric second-order equation, or None where the equation is not of that kind.

    It is: one real unknown, second-order differences, on every side u given or periodic (not all periodic),
    and derivatives only as Σ_d ∂_d(a_d ∂_d u) or with constants a_d. (`+ c u` with the sign of a mass is ignored
    by the preconditioner; otherwise the equation is refused here, since it may be indefinite.)
    """
    space = nodal.space
    if not isinstance(space, FiniteDifference) or space.order != 2 or len(layout.channels) != 1 or layout.means:
        return None
    (channel,) = layout.channels
    if channel.is_complex or not _is_dirichlet(layout) or space.box.ndim < 2:
        return None
    slopes = _coefficients(nodal, channel.key[0])
    if slopes is None:
        return None
    shape = layout.inner_shape(channel)
    bases = [_second_difference(axis, n) for axis, n in zip(space.grid.axes, shape, strict=True)]

    def preconditioner(inputs: Mapping[str, Array], values: Values) -> lx.AbstractLinearOperator:
        coordinates = space.grid.coordinates
        symbol: Array = jnp.zeros(())
        for d, functions in enumerate(slopes):
            scale: Array = jnp.zeros(())
            for f in functions:
                jets = {j: space.derivative(inputs[j.name][..., None], j.orders)[..., 0] for j in f.jets}
                scale = scale + jnp.mean(f(jets, coordinates, values.parameters)[0])
            eigenvalues = bases[d][0].reshape(tuple(-1 if e == d else 1 for e in range(len(shape))))
            symbol = symbol + scale * eigenvalues

        def apply(r: Array) -> Array:
            block = r.reshape(shape)
            for d, (_, vectors) in enumerate(bases):
                block = jnp.moveaxis(jnp.tensordot(vectors.T, block, (1, d)), 0, d)
            block = block / symbol
            for d, (_, vectors) in enumerate(bases):
                block = jnp.moveaxis(jnp.tensordot(vectors, block, (1, d)), 0, d)
            return block.ravel()

        structure = jnp.zeros(layout.size)
        return lx.FunctionLinearOperator(apply, structure, tags=lx.symmetric_tag)

    return preconditioner


def _is_dirichlet(layout: Layout) -> bool:
    (channel,) = layout.channels
    given = 0
    for axis, ends in zip(layout.grid.axes, channel.sides, strict=True):
        if axis.kind == "periodic":
            continue
        if any(len(end) != 1 or end[0].alpha.is_zero is not False or end[0].beta != 0 for end in ends):
            return False
        given += 1
    return given > 0


def _coefficients(nodal: NodalExpressions, name: str) -> list[list[PointwiseFunction]] | None:
    """For each axis, functions whose means add up to a_d; None when the equation has another form."""
    function = nodal.function
    (expression,) = function.expressions
    ndim = nodal.space.box.ndim
    found: list[list[PointwiseFunction]] = [[] for _ in range(ndim)]
    for j in function.jets:
        slope = sp.diff(expression, function.symbols[j])
        if isinstance(j, DivergenceIndex):
            if not slope.is_number:
                return None
            for component in nodal.divergences[j.k]:
                d = component.d
                for term in component.terms:
                    unknown = [i for i in term.factor.jets if i.name == name]
                    if not unknown:
                        continue
                    pure = JetIndex(name, tuple(int(e == d) for e in range(ndim)))
                    if unknown != [pure] or term.factor.expressions[0] != term.factor.symbols[pure]:
                        return None
                    found[d].append(scaled(term.coefficient, slope))
        elif j.name == name:
            pure = [d for d in range(ndim) if j.orders == tuple(2 * int(e == d) for e in range(ndim))]
            derivative = function.derivative(j)
            if not pure or derivative.jets or derivative.coordinates:
                return None
            found[pure[0]].append(derivative)
    return found if all(found) else None


def scaled(function: PointwiseFunction, factor: sp.Expr) -> PointwiseFunction:
    """A constant times a function."""
    return dataclasses.replace(function, expressions=tuple(factor * e for e in function.expressions))


@functools.lru_cache(maxsize=64)
def _second_difference(axis: Axis, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and orthonormal eigenvectors of the second difference on the inner nodes, in closed form.

    Sines on sides where u is given; cosines and sines on periodic ones.
    """
    i = np.arange(n)
    if axis.kind == "periodic":
        k = (i + 1) // 2
        angle = 2 * np.pi * np.outer(i, k) / n
        vectors = np.where(i % 2 == 1, np.cos(angle), np.sin(angle))
        vectors[:, 0] = 1.0
        if n % 2 == 0:
            vectors[:, -1] = (-1.0) ** i
        vectors /= np.linalg.norm(vectors, axis=0)
        values = -4 * np.sin(np.pi * k / n) ** 2
    else:
        vectors = np.sqrt(2 / (n + 1)) * np.sin(np.pi * np.outer(i + 1, i + 1) / (n + 1))
        values = -4 * np.sin(np.pi * (i + 1) / (2 * (n + 1))) ** 2
    return values / axis.spacing**2, vectors
