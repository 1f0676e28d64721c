"""Random and quasi-random points, by rejection from something simpler."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
import sympy as sp
from scipy.stats import qmc

from .._core import ArgumentError
from ._geometry import Candidates

_KINDS = ("uniform", "sobol", "halton")
_PILOT = 4096
_MOST = 2000  # rounds of drawing; a region that fills less than a thousandth of its box is refused
_MARGIN = 1.2


@dataclass(frozen=True)
class Law:
    """How points are drawn: independent or quasi-random, uniform or in proportion to a density."""

    kind: str
    density: Any
    coordinates: tuple[sp.Symbol, ...]

    def __post_init__(self):
        if self.kind not in _KINDS:
            raise ArgumentError("This kind of sample is not known.", given=repr(self.kind), expected=", ".join(_KINDS))
        given = self.density
        if given is None or (callable(given) and not isinstance(given, sp.Basic)):
            return
        try:
            expression = sp.sympify(given, strict=True)
            stray = expression.free_symbols - set(self.coordinates)
        except (sp.SympifyError, AttributeError) as error:
            raise _no_density(given, self.coordinates) from error
        if stray:
            raise _no_density(given, self.coordinates)

    def at(self, points: np.ndarray) -> np.ndarray:
        """The density at points (n, ndim)."""
        columns = {c.name: x for c, x in zip(self.coordinates, points.T, strict=True)}
        if callable(self.density) and not isinstance(self.density, sp.Basic):
            values = self.density(**columns)
        else:
            values = _compiled(sp.sympify(self.density), self.coordinates)(*columns.values())
        values = np.broadcast_to(np.asarray(values, float), len(points))
        if not np.all(np.isfinite(values)) or np.any(values < 0):
            raise ArgumentError(
                "The density of a sample is negative or not finite somewhere.",
                given=f"values from {np.nanmin(values):.3g} to {np.nanmax(values):.3g}",
                expected="numbers ≥ 0 everywhere",
            )
        return values


def sample(
    propose: Callable[[np.ndarray], Candidates], draws: int, law: Law, n: int, key: jax.Array
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """n accepted candidates: points, normals, parts. The same key gives the same points."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ArgumentError("The number of points is no number of points.", given=repr(n), expected="an integer > 0")
    seed = _seed(key)
    top = 0.0 if law.density is None else _MARGIN * _highest(propose, draws, law, seed)
    while True:
        found, peak = _accepted(propose, draws, law, int(n), seed, top)
        if peak <= top or law.density is None:
            return found
        top = _MARGIN * peak  # a peak the pilot missed: draw again, so that the law is the one asked for


def _accepted(
    propose: Callable[[np.ndarray], Candidates], draws: int, law: Law, n: int, seed: list[int], top: float
) -> tuple[tuple[np.ndarray, np.ndarray | None, np.ndarray | None], float]:
    stream = _stream(law.kind, draws + (law.density is not None), seed)
    kept: list[Candidates] = []
    count, peak, block = 0, 0.0, max(64, 1 << int(np.ceil(np.log2(n))))
    for _ in range(_MOST):
        uniform = stream(block)
        found = propose(uniform[:, :draws])
        keep = found.keep
        if law.density is not None and keep.any():
            density = np.zeros(len(keep))
            density[keep] = law.at(found.points[keep])
            peak = max(peak, float(density.max()))
            keep = keep & (uniform[:, draws] * top < density)
        kept.append(Candidates(*(None if column is None else column[keep] for column in found)))
        count += int(keep.sum())
        if count >= n:
            break
    else:
        raise ArgumentError(
            "Sampling does not find enough points.",
            given=f"{count} of {n} after {_MOST * block} tries",
            expected="a shape and a density that fill more than a thousandth of the box around it",
        )
    columns = zip(*kept, strict=True)
    points, _, normals, parts = (None if c[0] is None else np.concatenate(c)[:n] for c in map(list, columns))
    return (points, normals, parts), peak


def _highest(propose: Callable[[np.ndarray], Candidates], draws: int, law: Law, seed: list[int]) -> float:
    found = propose(_stream("uniform", draws, [*seed, 1])(_PILOT))
    density = law.at(found.points[found.keep])
    if not density.size or not density.max() > 0:
        raise ArgumentError(
            "The density of a sample vanishes everywhere.",
            given=f"{law.density} at {density.size} points",
            expected="a density that is positive somewhere in the shape",
        )
    return float(density.max())


def _stream(kind: str, draws: int, seed: list[int]) -> Callable[[int], np.ndarray]:
    """Further points of the unit cube at each call."""
    generator = np.random.default_rng(seed)
    match kind:
        case "sobol":
            return qmc.Sobol(draws, scramble=True, rng=generator).random
        case "halton":
            return qmc.Halton(draws, scramble=True, rng=generator).random
    return lambda n: generator.random((n, draws))


def _seed(key: Any) -> list[int]:
    try:
        return [int(word) for word in np.ravel(jax.random.key_data(key))]
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            "Sampling needs a key.", given=repr(key), expected="jax.random.key(0)", fix="key=jax.random.key(0)"
        ) from error


@functools.lru_cache(maxsize=64)
def _compiled(expression: sp.Expr, coordinates: tuple[sp.Symbol, ...]) -> Any:
    return sp.lambdify(coordinates, expression, modules=["scipy", "numpy"])


def _no_density(given: Any, coordinates: tuple[sp.Symbol, ...]) -> ArgumentError:
    return ArgumentError(
        "This is no density.",
        given=repr(given),
        expected=f"an expression of {', '.join(c.name for c in coordinates)}, or a function of them by keyword",
    )
