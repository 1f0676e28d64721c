"""Predictions of operators on trials, compiled once for all seeds of an architecture, and timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._core import Precision, precision_context
from .._core._precise import widened
from ..fields import GridField
from ..operators import AbstractOperator
from ..training import OneStep, WholeTrajectory, rollout
from ._timing import compiled_in, seconds_of
from ._trial import EvolutionMap, Trial


class Predictor:
    """Evaluates operators that differ in their weights only.

    After the first prediction `compilation` of its program is known, and the seconds of one solve: in double precision
    as classical methods compute (R9), by itself (`seconds`) and in a batch (`batched`); and in a batch in the
    operator's own precision (`own`, None where that is double).
    """

    def __init__(self, how: EvolutionMap | None, precision: Precision):
        self.how, self.precision = how, precision
        self.seconds = self.batched = self.compilation = 0.0
        self.own: float | None = None
        self._programs: dict[Any, Callable[..., Any]] = {}

    def __call__(self, operator: AbstractOperator, trial: Trial) -> np.ndarray:
        """Outputs on all samples of the trial, in the shape of its truth."""
        weights, rest = eqx.partition(operator, eqx.is_array)
        with precision_context(self.precision):
            width = jnp.float64 if self.precision == "double" else jnp.float32
            inputs = jnp.asarray(np.asarray(trial.inputs), width)
            key = (trial.input_spec, inputs.shape, jax.tree.structure(rest))
            if key not in self._programs:
                self._programs[key] = self._compiled(rest, weights, inputs, trial)
            return np.asarray(self._programs[key](weights, inputs))

    def _compiled(self, rest: Any, weights: Any, inputs: Any, trial: Trial) -> Callable[..., Any]:
        one = self._single(rest, trial)
        many = jax.vmap(one, in_axes=(None, 0))
        together, compiling = compiled_in(many, weights, inputs)
        if not self.seconds:
            self.compilation = compiling
            batched = seconds_of(together, weights, inputs) / len(inputs)
            with precision_context("double"):
                wide = widened((weights, inputs), "double")
                if self.precision != "double":
                    self.own = batched
                    batched = seconds_of(compiled_in(many, *wide)[0], *wide) / len(inputs)
                alone = (wide[0], wide[1][0])
                self.seconds, self.batched = seconds_of(compiled_in(one, *alone)[0], *alone), batched
        return together

    def _single(self, rest: Any, trial: Trial) -> Callable[[Any, Any], Any]:
        grid, names, how = trial.input_spec.grid, trial.input_spec.names, self.how
        steps = 0 if trial.times is None else len(trial.times)
        shape = trial.truth.shape[1:]

        def one(weights: Any, values: Any) -> Any:
            operator = eqx.combine(weights, rest)
            field = GridField(values, grid, names)
            if isinstance(how, OneStep) and steps:
                return rollout(operator, field, steps)
            out = operator(field).values
            if isinstance(how, WholeTrajectory) and steps:
                return jnp.moveaxis(out.reshape(*out.shape[:-1], steps, -1), -2, 0).reshape(shape)
            return out

        return one
