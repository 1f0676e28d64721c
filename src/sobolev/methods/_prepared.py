"""Compiled solves, kept: a second solve of the same statement with other values compiles nothing."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .. import spaces
from .._core import Precision, precision_context
from .._core._precise import is_traced, precise, widened
from ..equations import Problem, Values, values_of
from ._abstract import AbstractMethod, Compiled, Outcome
from ._ode import ODE

# XLA's older emitters compile the loops of implicit steps in half the time, to code as fast.
_QUICK = {"xla_cpu_use_fusion_emitters": False}
_KEPT = 48  # compiled solves; each holds an executable of about a megabyte


@dataclass(frozen=True)
class Request:
    """Everything static that a compiled solve depends on, apart from the statement."""

    method: AbstractMethod
    tolerance: float
    resolution: int | tuple[int, ...] | None
    times: tuple[float, ...] | None
    precision: Precision


class Prepared:
    """A compiled solve with its executables, one per signature of the values."""

    def __init__(self, compiled: Compiled, precision: Precision):
        self.compiled = compiled
        self.precision: Precision = precision
        steps = compiled.problem.is_evolution and isinstance(compiled.space, spaces.FiniteDifference | spaces.Chebyshev)
        quick = _QUICK if steps and jax.default_backend() == "cpu" else {}
        self._function = eqx.filter_jit(compiled.run)
        self._outermost = eqx.filter_jit(compiled.run, compiler_options=quick)
        self._executables: dict[Hashable, Callable[[Values], Outcome]] = {}

    def run(self, values: Values) -> tuple[Outcome, float, float]:
        """The outcome, and the seconds spent on compiling and on computing."""
        begin = time.perf_counter()
        signature = _signature(values)
        with precision_context(self.precision):
            executable = self._executables.get(signature)
            if executable is None:
                executable = self._executables[signature] = self._outermost.lower(values).compile()
            compiled_at = time.perf_counter()
            outcome = jax.block_until_ready(executable(values))
        return outcome, compiled_at - begin, time.perf_counter() - compiled_at

    def traced(self, values: Values) -> Outcome:
        """The outcome for values that JAX is tracing; gradients keep the solve's own precision."""
        return precise(self._function, self.precision)(values)


def bound_values(problem: Problem, precision: Precision) -> Values:
    """The statement's values as arrays of one width; what is symbolic or a function stays as it is."""
    with precision_context(precision), jax.ensure_compile_time_eval():
        values = values_of(problem)
        inputs = {name: _as_array(value) for name, value in values.inputs.items()}
    if is_traced(values):
        return precise(lambda v: widened(v, precision), precision)(Values(values.parameters, inputs))
    # Within someone's jit, plain numbers are to stay numbers.
    with precision_context(precision), jax.ensure_compile_time_eval():
        return widened(Values(values.parameters, inputs), precision)


def prepare(problem: Problem, values: Values, request: Request) -> tuple[Prepared, float]:
    """The compiled solve of a statement, from memory if it was asked for before; and the seconds this took."""
    begin = time.perf_counter()
    statement = statement_of(problem, values)
    if isinstance(request.method, ODE):  # what it decides from values is a part of the key
        request = dataclasses.replace(request, method=request.method.decided(concrete(problem)))
    try:
        hash((statement, request))
    except TypeError:  # a value or method that cannot be recognised again
        return _compile(statement, request), time.perf_counter() - begin
    return _remembered(statement, request), time.perf_counter() - begin


def statement_of(problem: Problem, values: Values) -> Statement:
    """The statement as what solves of it are remembered by."""
    return Statement(problem, _signature(values))


def concrete(problem: Problem) -> Problem:
    """The statement with stand-ins for traced values (their defaults, else ones), for decisions made before tracing."""
    defaults = {p.name: p.default for p in problem.parameters} | {
        a.func.__name__: a.func.default for a in problem.inputs
    }
    stand_ins = {
        name: jax.tree.map(_ones, value) if defaults.get(name) is None else defaults[name]
        for name, value in problem.values.items()
        if is_traced(value)
    }
    return problem.replace(**stand_ins) if stand_ins else problem


def with_precision(method: AbstractMethod, precision: Precision | None) -> tuple[AbstractMethod, Precision]:
    """The method at this precision, where it has one of its own; and the precision that then holds."""
    own = {f.name for f in dataclasses.fields(method)} & {"precision"}
    if precision is None:
        return method, method.precision if own else "double"
    return (dataclasses.replace(method, precision=precision) if own else method), precision


class Statement:
    """A statement, equal to every other with the same text and kind of values."""

    def __init__(self, problem: Problem, signature: Hashable):
        defaults = [(p.name, p.default) for p in problem.parameters]
        defaults += [(a.func.__name__, a.func.default) for a in problem.inputs]
        self.problem = concrete(problem)
        self._key = (problem.domain, problem.equations, problem.weak, problem.conditions, tuple(defaults), signature)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statement) and self._key == other._key


def _compile(statement: Statement, request: Request) -> Prepared:
    with precision_context(request.precision):
        compiled = request.method.compile(
            statement.problem, tolerance=request.tolerance, resolution=request.resolution, times=request.times
        )
    return Prepared(compiled, request.precision)


_remembered = functools.lru_cache(maxsize=_KEPT)(_compile)


def _signature(values: Values) -> Hashable:
    """Shapes and dtypes of arrays, and everything else as it is."""
    leaves, tree = jax.tree.flatten(values)
    return tree, tuple((np.shape(v), str(v.dtype)) if eqx.is_array(v) else v for v in leaves)


def _as_array(value: Any) -> Any:
    return jnp.asarray(value, float) if isinstance(value, int | float | np.number | np.ndarray) else value


def _ones(leaf: Any) -> Any:
    return np.ones(leaf.shape, leaf.dtype) if isinstance(leaf, jax.core.Tracer) else leaf
