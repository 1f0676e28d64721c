"""Recovering coefficients and traces from noisy readings: fields with coefficients, a smoothness prior, Gauss–Newton.

A field is what is known of it on the boundary plus (1 − s²)(1 − r²) Σ c_ij T_i(s) T_j(r); values on the boundary that
are not known are a bilinear function of the corners plus (1 − s²) Σ c_k T_k(s) on each side. The prior is ∫ |Δ·|² of
the former and ∫ |∂²·/∂s²|² of the latter, in s and r from −1 to 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import Chebyshev, Legendre
from numpy.typing import ArrayLike

_SHARE = 0.2  # of the prior's weight in the next iteration
_STALLED = 1e-2  # relative change of the misfit that is none
_LAST = 1e-16  # weight at which the search ends in any case


def _values(s: Any, count: int) -> Any:
    """(1 − s²) T_k(s) for k < count, along a new last axis."""
    found = [jnp.ones_like(s), s]
    while len(found) < count:
        found.append(2 * s * found[-1] - found[-2])
    return (1 - s**2)[..., None] * jnp.stack(found[:count], -1)


def _second(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values and second derivatives of those at Gauss points (points, count), and the square roots of the weights."""
    points, weights = np.polynomial.legendre.leggauss(2 * count + 4)
    functions = [(1 - Chebyshev.identity() ** 2) * Chebyshev.basis(k) for k in range(count)]
    values, bends = (np.stack([f(points) for f in fs], 1) for fs in (functions, [f.deriv(2) for f in functions]))
    return values, bends, np.sqrt(weights)


class Field(eqx.Module):
    """`known(x, y)`, which is right on the boundary, plus what vanishes there; on the square [lower, upper]²."""

    coefficients: jax.Array  # (n, n)
    known: Callable[[Any, Any], Any]
    lower: float = eqx.field(static=True)
    upper: float = eqx.field(static=True)

    def __call__(self, x: Any, y: Any) -> Any:
        n = len(self.coefficients)
        bases = [_values(_scaled(c, self.lower, self.upper), n) for c in (x, y)]
        return self.known(x, y) + jnp.einsum("...i,ij,...j->...", bases[0], self.coefficients, bases[1])


class Trace(eqx.Module):
    """A function that is only looked at on the boundary of [lower, upper]²."""

    coefficients: jax.Array  # (4 corners, then 4 sides × n)
    lower: float = eqx.field(static=True)
    upper: float = eqx.field(static=True)

    def __call__(self, x: Any, y: Any) -> Any:
        s, r = (_scaled(jnp.asarray(c), self.lower, self.upper) for c in (x, y))
        near, far = [(1 - s) / 2, (1 - r) / 2], [(1 + s) / 2, (1 + r) / 2]
        corners, sides = self.coefficients[:4], self.coefficients[4:].reshape(4, -1)
        along = [_values(c, sides.shape[1]) for c in (s, r)]
        bilinear = sum(c * a * b for c, (a, b) in zip(corners, _corners(near, far), strict=True))
        edges = [along[0] @ sides[0] * near[1], along[0] @ sides[1] * far[1]]
        edges += [along[1] @ sides[2] * near[0], along[1] @ sides[3] * far[0]]
        return bilinear + sum(edges)


def _corners(near: list[Any], far: list[Any]) -> list[tuple[Any, Any]]:
    return [(a, b) for a in (near[0], far[0]) for b in (near[1], far[1])]


def _scaled(c: Any, lower: float, upper: float) -> Any:
    return (2 * jnp.asarray(c) - lower - upper) / (upper - lower)


def field_prior(count: int) -> np.ndarray:
    """R with ‖R c‖² = ∫ |Δ Σ c_ij …|²."""
    values, bends, root = _second(count)
    laplacians = np.einsum("pi,qj->pqij", bends, values) + np.einsum("pi,qj->pqij", values, bends)
    weighted = laplacians * np.multiply.outer(root, root)[..., None, None]
    return np.linalg.qr(weighted.reshape(len(root) ** 2, -1), mode="r")


def trace_prior(count: int) -> np.ndarray:
    """The same for a `Trace`, whose corners are free."""
    _, bends, root = _second(count)
    side = np.linalg.qr(bends * root[:, None], mode="r")
    return np.block(
        [[np.zeros((4, 4)), np.zeros((4, 4 * count))], [np.zeros((4 * count, 4)), np.kron(np.eye(4), side)]]
    )


def joined(*blocks: np.ndarray) -> np.ndarray:
    """A block diagonal matrix."""
    rows, columns = (sum(b.shape[i] for b in blocks) for i in (0, 1))
    found, i, j = np.zeros((rows, columns)), 0, 0
    for b in blocks:
        found[i : i + b.shape[0], j : j + b.shape[1]] = b
        i, j = i + b.shape[0], j + b.shape[1]
    return found


@dataclass(frozen=True)
class Fit:
    """What was found: unknowns, the weight of the prior, the misfit (root mean square), and what it took.

    `seconds` are those of the iterations, `compiling` those before them.
    """

    unknowns: np.ndarray
    weight: float
    misfit: float
    iterations: int
    seconds: float
    compiling: float


def gauss_newton(
    predict: Callable[[Any], Any], data: ArrayLike, noise: float, prior: np.ndarray, weight: float = 1.0
) -> Fit:
    """Iteratively regularised Gauss–Newton: min ‖F + F′δ − d‖²/N + α‖R(c + δ)‖², α a fifth at each iteration.

    It ends by the discrepancy principle (Bakushinskii 1992; Blaschke, Neubauer & Scherzer 1997): at the first c whose
    misfit is no larger than the noise, of known standard deviation; or within two standard errors of it, or below a
    tenth of the first misfit, where smaller weights change it by less than a hundredth (what is left is then the noise
    that was drawn, or the error of the solve itself).
    """
    data = np.asarray(data)
    near = noise * (1 + 2 / np.sqrt(2 * data.size))
    begin = time.perf_counter()
    unknowns, misfits = np.zeros(prior.shape[1]), []
    # All columns of F' come from one factorisation: the solve is differentiated implicitly.
    slopes = jax.jit(jax.jacfwd(lambda c: (predict(c),) * 2, has_aux=True))
    both = slopes.lower(jnp.asarray(unknowns)).compile()
    compiled = time.perf_counter()
    while True:
        slope, found = map(np.asarray, both(jnp.asarray(unknowns)))
        misfit = float(np.sqrt(np.mean((found - data) ** 2)))
        misfits.append(misfit)
        stalled = len(misfits) > 3 and abs(misfits[-2] - misfit) <= _STALLED * misfit
        enough = misfit <= noise or (stalled and misfit <= max(near, misfits[0] / 10))
        if (enough and len(misfits) > 2) or weight < _LAST:
            spent = time.perf_counter() - compiled
            return Fit(unknowns, weight, misfit, len(misfits) - 1, spent, compiled - begin)
        scale = 1 / np.sqrt(data.size)
        left = np.concatenate([scale * slope, np.sqrt(weight) * prior])
        right = np.concatenate([scale * (found - data), np.sqrt(weight) * prior @ unknowns])
        unknowns, weight = unknowns - np.linalg.lstsq(left, right)[0], _SHARE * weight


def radau(count: int) -> tuple[np.ndarray, np.ndarray]:
    """0 and Radau's points on (0, 1], and the derivatives of Lagrange's polynomials there: (1 + count,), (…, …)."""
    inner = (Legendre.basis(count) - Legendre.basis(count - 1)).roots()
    nodes = np.concatenate([[0.0], (1 + np.sort(inner.real)) / 2])
    return nodes, lagrange(nodes, nodes, 1)


def lagrange(nodes: np.ndarray, at: ArrayLike, order: int = 0) -> np.ndarray:
    """Lagrange's polynomials of the nodes, or their derivatives: (…, nodes)."""
    powers = np.linalg.inv(np.vander(nodes, increasing=True))
    return np.stack([np.polynomial.Polynomial(c).deriv(order)(np.asarray(at)) for c in powers.T], -1)
