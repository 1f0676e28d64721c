"""What a method is: a recipe that turns a statement into a compiled solve."""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
from jaxtyping import Array

from ..equations import Problem, Values
from ..spaces import AbstractSpace


@dataclass(frozen=True)
class Verdict:
    """Whether a method takes a statement; if not, `reason` completes "<Method> ..." in an error."""

    applies: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.applies


class Outcome(eqx.Module):
    """What a compiled solve returns; all arrays, so that it can be batched.

    - `coefficients`: `(time, *modes, channels)`, or `(*modes, channels)` when steady; channels are the
      statement's unknowns in order (`problem.unknown_names`), diagnostics included;
    - `rates`: their time derivatives, same shape, or None: for Hermite interpolation between saved times;
    - `code`: integer index into `tuple(sobolev.Result)`;
    - `steps`: numbers of steps, stages or iterations, by name.
    """

    coefficients: Array
    rates: Array | None
    code: Array
    steps: dict[str, Array]


@dataclass(frozen=True)
class Compiled:
    """A solve with all static decisions made. `run(values)` is pure JAX: jit, vmap and grad go through it."""

    problem: Problem
    space: AbstractSpace
    times: Any  # saved times, NumPy (time,), or None when steady
    run: Callable[[Values], Outcome]


class AbstractMethod(eqx.Module):
    """A named recipe: space + assembly + solver."""

    @abc.abstractmethod
    def applies(self, problem: Problem) -> Verdict:
        """Whether the method takes this statement."""

    @abc.abstractmethod
    def compile(
        self,
        problem: Problem,
        *,
        tolerance: float,
        resolution: int | Sequence[int] | None = None,
        times: Sequence[float] | None = None,
    ) -> Compiled:
        """A compiled solve at one resolution (points per side; None: the method's own or a default).

        `times`: where to save (None: enough for Hermite interpolation in between, start and stop included).
        Raises `UnsupportedError` with the verdict's reason where it does not apply.
        """

    @property
    @abc.abstractmethod
    def order(self) -> float:
        """Order of convergence in the grid spacing that it declares; `inf` for spectral accuracy."""
