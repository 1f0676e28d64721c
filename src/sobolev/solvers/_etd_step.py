"""One step of any exponential Runge–Kutta scheme, for L diagonal or in blocks acting mode by mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact

from ._etd_phi import phi_blocks, phi_functions
from ._etd_tableaux import Combination, ExponentialTableau

Nonlinear = Callable[[Any, Array], Array]


class StepCoefficients(eqx.Module):
    """What a scheme needs for one step size: exp(c hL) by node, and h a_ij and h b_i.

    Entries that vanish are None; equal combinations share one array.
    """

    step: Array
    exponentials: dict[str, Array]
    stages: tuple[tuple[Array | None, ...], ...]
    weights: tuple[Array | None, ...]


def step_coefficients(
    tableau: ExponentialTableau, linear: Inexact[Array, "*modes states *states"], step: Array, blocks: bool
) -> StepCoefficients:
    """Coefficients of `tableau` for y' = `linear` y + …; `blocks` says whether `linear` holds matrices."""
    highest = max(k for k, _ in tableau.terms)
    nodes = sorted({c for _, c in tableau.terms})
    # All nodes in one call: the contour integrals are most of what there is to compile.
    arguments = jnp.stack([c * step * linear for c in nodes])
    values = (phi_blocks if blocks else phi_functions)(arguments, highest)
    phis = {(k, c): value[i] for k, value in enumerate(values) for i, c in enumerate(nodes)}
    made: dict[Combination, Array | None] = {(): None}

    def combined(combination: Combination) -> Array | None:
        if combination not in made:
            made[combination] = step * sum(
                (factor * phis[k, c] for factor, k, c in combination[1:]),
                start=combination[0][0] * phis[combination[0][1:]],
            )
        return made[combination]

    return StepCoefficients(
        step=jnp.asarray(step),
        exponentials={str(c): phis[0, c] for c in sorted({*tableau.nodes, 1.0}) if c},
        stages=tuple(tuple(combined(a) for a in row) for row in tableau.stages),
        weights=tuple(combined(b) for b in tableau.weights),
    )


def etd_step(
    tableau: ExponentialTableau,
    coefficients: StepCoefficients,
    nonlinear: Nonlinear,
    t: Array,
    y: Inexact[Array, "*modes states"],
    first: Inexact[Array, "*modes states"],
) -> Array:
    """ŷ after one step from y at t; `first` is N(t, y)."""
    blocks = coefficients.exponentials["1.0"].ndim > y.ndim
    evaluated = [first]
    for c, row in zip(tableau.nodes[1:], coefficients.stages[1:], strict=True):
        stage = _combine(_apply(coefficients.exponentials[str(c)], y, blocks), row, evaluated, blocks)
        evaluated.append(nonlinear(t + c * coefficients.step, stage))
    return _combine(_apply(coefficients.exponentials["1.0"], y, blocks), coefficients.weights, evaluated, blocks)


def _combine(start: Array, factors: tuple[Array | None, ...], values: list[Array], blocks: bool) -> Array:
    for factor, value in zip(factors, values, strict=True):
        if factor is not None:
            start = start + _apply(factor, value, blocks)
    return start


def _apply(factor: Array, value: Array, blocks: bool) -> Array:
    if blocks:
        return jnp.einsum("...ij,...j->...i", factor, value)
    if jnp.iscomplexobj(value) and not jnp.iscomplexobj(factor):  # XLA would widen the factor: 6 operations, not 2
        return jax.lax.complex(factor * value.real, factor * value.imag)
    return factor * value
