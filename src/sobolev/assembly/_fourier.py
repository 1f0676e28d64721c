"""Assembly in Fourier spaces: evolutions with diagonal (or small-block) linear part, eliminated diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact

from .._core import ArgumentError
from ..equations import Problem, Values
from ..spaces import Fourier
from ._assemble import assemble_in
from ._forms import Evolution, Form
from ._fourier_diagnostics import Elimination, eliminate
from ._fourier_grid import GridTerms, expressions_on_grid
from ._fourier_lowering import Lowered, lower_evolution
from ._fourier_steady import fourier_steady
from ._fourier_symbols import multipliers, sources


class Arguments(eqx.Module):
    """Traced values of an assembled evolution."""

    values: Values
    linear: Array
    initial: Array
    source: Array | None  # of the rates
    elimination: Elimination | None
    diagnostic_source: Array | None
    feedback: Array | None  # linear coefficients of the diagnostics in the rates
    rate_inputs: dict[str, Array]
    constraint_inputs: dict[str, Array]


@assemble_in.register
def assemble_fourier(space: Fourier, problem: Problem, values: Values) -> Form:
    """Evolution of the coefficients of all states, in the modes of `space.odd`; a steady statement's own form."""
    if problem.is_complex and space.real:
        raise ArgumentError(
            f"'{problem.name}' has complex unknowns, the Fourier space real ones.",
            given="Fourier(..., real=True)",
            expected="Fourier(..., real=False)",
        )
    if problem.is_steady:
        return fourier_steady(problem, space).form(values)
    lowered = lower_evolution(problem)
    assert problem.time is not None  # or the lowering had refused
    inner = space.odd
    fine = Fourier(space.box, inner.points_for_degree(max(2, lowered.degree)), space.real)
    states = len(lowered.states)
    rates = GridTerms.of(problem, inner, fine, lowered.rates, lowered.columns)
    constraints = GridTerms.of(problem, inner, fine, lowered.constraints, lowered.columns)
    assembled = FourierEvolution(space, inner, states, rates, constraints, _output_columns(problem, lowered))
    args = _arguments(problem, lowered, inner, fine, values, rates, constraints)
    return Evolution(
        nonlinear=assembled.nonlinear,
        initial=assembled.initial,
        output=assembled.output,
        linear=assembled.linear,
        args=args,
        start=problem.time.start,
        stop=problem.time.stop,
        is_stiff=problem.order > 1,
    )


def _output_columns(problem: Problem, lowered: Lowered) -> tuple[int, ...]:
    return tuple(lowered.columns[name, 0] for name in problem.unknown_names)


@dataclass(frozen=True, eq=False)
class FourierEvolution:
    """The functions of an `Evolution`; y has shape `(*modes, states)`."""

    space: Fourier
    inner: Fourier
    states: int
    rates: GridTerms | None
    constraints: GridTerms | None
    columns: tuple[int, ...]

    def initial(self, args: Arguments) -> Array:
        return args.initial

    def linear(self, args: Arguments) -> Array:
        return args.linear

    def nonlinear(self, t: Any, y: Inexact[Array, "*modes states"], args: Arguments) -> Array:
        """What is not in `linear`: transformed products, sources, and diagnostics that depend on them."""
        pieces: list[Array | None] = [None] * self.states
        residual = self._constraint_residual(t, y, args)
        if self.rates is not None:
            fields = [y[..., i] for i in range(self.states)]
            if self.rates.uses(self.states):
                d = self._diagnostics(y, residual, args)
                fields += [d[..., i] for i in range(d.shape[-1])]
            pieces = self.rates(t, fields, args.rate_inputs, args.values)
        if all(p is None for p in pieces):
            result = jnp.zeros_like(y)
        else:
            result = jnp.stack([jnp.zeros_like(y[..., 0]) if p is None else p for p in pieces], axis=-1)
        if args.source is not None:
            result = result + args.source
        if residual is not None and args.feedback is not None and args.elimination is not None:
            result = result - _matvec(args.feedback, _matvec(args.elimination.inverse, residual))
        return result

    def output(self, t: Any, y: Inexact[Array, "*modes states"], args: Arguments) -> Array:
        """Coefficients of all unknowns in the full space, in the order of the statement."""
        fields = y
        if any(c >= self.states for c in self.columns):
            d = self._diagnostics(y, self._constraint_residual(t, y, args), args)
            fields = jnp.concatenate([y, d], axis=-1)
        return self.inner.resampled(fields[..., jnp.asarray(self.columns)], self.space)

    def _constraint_residual(self, t: Any, y: Array, args: Arguments) -> Array | None:
        if self.constraints is None:
            return None
        pieces = self.constraints(t, [y[..., i] for i in range(self.states)], args.constraint_inputs, args.values)
        return jnp.stack([jnp.zeros_like(y[..., 0]) if p is None else p for p in pieces], axis=-1)

    def _diagnostics(self, y: Array, residual: Array | None, args: Arguments) -> Array:
        assert args.elimination is not None  # asked for only where there are diagnostics
        d = _matvec(args.elimination.gain, y)
        if args.diagnostic_source is not None:
            d = d + args.diagnostic_source
        return d if residual is None else d - _matvec(args.elimination.inverse, residual)


def _arguments(
    problem: Problem,
    lowered: Lowered,
    inner: Fourier,
    fine: Fourier,
    values: Values,
    rates: GridTerms | None,
    constraints: GridTerms | None,
) -> Arguments:
    states, zero = len(lowered.states), (0,) * inner.box.ndim
    complex_dtype = jnp.result_type(jnp.zeros(()).dtype, jnp.complex64)
    matrix = multipliers(problem, lowered.rates, lowered.columns, inner, values)
    linear = matrix[..., :states]
    source = sources(problem, lowered.rates, inner, fine, values)
    elimination = diagnostic_source = feedback = None
    coupled = _couples(lowered)
    if lowered.diagnostics:
        rows = multipliers(problem, lowered.constraints, lowered.columns, inner, values)
        elimination = eliminate(problem, lowered, inner, rows[..., states:], rows[..., :states], values)
        r = sources(problem, lowered.constraints, inner, fine, values)
        diagnostic_source = jnp.zeros((*inner.shape, len(lowered.diagnostics)), complex_dtype)
        if r is not None:
            diagnostic_source = diagnostic_source - _matvec(elimination.inverse, r)
        diagnostic_source = diagnostic_source.at[zero].add(elimination.offset)
        if _has_linear_diagnostics(lowered):
            feedback = matrix[..., states:]
            linear = linear + feedback @ elimination.gain
            extra = _matvec(feedback, diagnostic_source)
            source = extra if source is None else source + extra
    if not coupled:
        linear = jnp.diagonal(linear, axis1=-2, axis2=-1)
    initial = expressions_on_grid(problem, lowered.initial, fine, values)
    initial = inner.from_grid(jnp.stack(initial, axis=-1)).astype(complex_dtype)
    return Arguments(
        values=values,
        linear=linear,
        initial=initial,
        source=source,
        elimination=elimination,
        diagnostic_source=diagnostic_source,
        feedback=feedback,
        rate_inputs={} if rates is None else rates.static_inputs(values),
        constraint_inputs={} if constraints is None else constraints.static_inputs(values),
    )


def _has_linear_diagnostics(lowered: Lowered) -> bool:
    states = len(lowered.states)
    return any(lowered.columns[j.name, j.time_order] >= states for terms in lowered.rates for j, _ in terms.linear)


def _couples(lowered: Lowered) -> bool:
    """Whether a state's linear rate contains another state, directly or through diagnostics."""
    states, size = len(lowered.states), len(lowered.columns)
    pattern = np.zeros((size, size), bool)
    rows = (*lowered.rates, *lowered.constraints)
    for row, terms in enumerate(rows):
        for jet, _ in terms.linear:
            pattern[row, lowered.columns[jet.name, jet.time_order]] = True
    through = pattern[:states, states:].any(axis=1)[:, None] & pattern[states:, :states].any(axis=0)[None]
    direct = pattern[:states, :states] | through
    return bool((direct & ~np.eye(states, dtype=bool)).any())


def _matvec(matrix: Array, vector: Array) -> Array:
    if matrix.shape[-2:] == (1, 1):
        return matrix[..., 0] * vector
    return jnp.einsum("...ij,...j->...i", matrix, vector)
