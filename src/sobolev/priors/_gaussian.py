"""Gaussian random fields on boxes by their Karhunen–Loève series."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float, PRNGKeyArray

from .._core import ArgumentError
from .._core._numbers import finite
from ..domains import Box
from ._arguments import ordered, whole
from ._covariance import Covariance
from ._eigenbasis import BOUNDARIES, Boundary, eigenvalues, evaluate_basis

_BLOCK = 256  # scattered points evaluated at once: bounds memory at _BLOCK × (modes of all axes but one)


@dataclass(frozen=True)
class GaussianField:
    """f = mean + Σⱼ √g(λⱼ) ξⱼ φⱼ, with ξⱼ independent standard normal and −Δφⱼ = λⱼφⱼ on the box.

    `covariance` gives g (`AlphaTau`, `RBF`, `Matern`). `boundary` chooses the eigenfunctions of every side
    ("periodic", "dirichlet": f = mean there, "neumann": ∂f/∂n = 0), or of each side by a tuple. `modes` is the highest
    wave number kept per side; variances beyond it are dropped. `zero_mean` drops the constant function, so that every
    sample (not only the expectation) averages to `mean`.

    `draw(box, key=key)` gives a function; the same key gives the same function however finely it is sampled.
    """

    covariance: Covariance
    boundary: Boundary | tuple[Boundary, ...] = "periodic"
    mean: float = 0.0
    modes: int = 64
    zero_mean: bool = False

    def __post_init__(self):
        if not isinstance(self.covariance, Covariance):
            raise ArgumentError(
                "GaussianField needs a covariance.",
                given=repr(self.covariance),
                expected="sv.priors.AlphaTau(...), RBF(...) or Matern(...)",
            )
        kinds = (self.boundary,) if isinstance(self.boundary, str) else self.boundary
        if not isinstance(kinds, tuple | list) or not kinds or any(kind not in BOUNDARIES for kind in kinds):
            raise ArgumentError(
                "GaussianField does not know this boundary.",
                given=repr(self.boundary),
                expected=f"{', '.join(map(repr, BOUNDARIES))}, or a tuple of them, one per side",
            )
        if not isinstance(self.boundary, str):
            object.__setattr__(self, "boundary", tuple(self.boundary))
        object.__setattr__(self, "mean", finite(self.mean, "GaussianField: mean"))
        object.__setattr__(self, "modes", whole(self.modes, "GaussianField: modes"))

    def draw(self, box: Box, *, key: PRNGKeyArray) -> KarhunenLoeve:
        """One function on `box`."""
        deviations = standard_deviations(self, box)
        kinds = boundaries_on(self, box)
        coefficients = jnp.asarray(deviations) * jax.random.normal(key, deviations.shape)
        return KarhunenLoeve(
            coefficients=coefficients,
            mean=self.mean,
            names=box.names,
            lower=tuple(side.lower for side in box.sides),
            lengths=box.lengths,
            boundaries=kinds,
            modes=self.modes,
        )


def boundaries_on(field: GaussianField, box: Box) -> tuple[str, ...]:
    """One kind of boundary per side of `box`."""
    kinds = (field.boundary,) * box.ndim if isinstance(field.boundary, str) else field.boundary
    if len(kinds) != box.ndim:
        raise ArgumentError(
            "GaussianField has another number of boundaries than the box has sides.",
            given=repr(kinds),
            expected=f"one per side of {box}",
        )
    return kinds


@functools.lru_cache(maxsize=64)
def standard_deviations(field: GaussianField, box: Box) -> np.ndarray:
    """Standard deviation of every coefficient, one axis per side, in the order of the eigenbasis."""
    kinds = boundaries_on(field, box)
    sides = [eigenvalues(kind, field.modes, side.length) for kind, side in zip(kinds, box.sides, strict=True)]
    total = functools.reduce(np.add.outer, sides)
    kept = np.where(total == 0, 0.0, 1.0) if field.zero_mean else np.ones_like(total)
    return np.sqrt(field.covariance.variances(total, kept, box.ndim, box.measure))


class KarhunenLoeve(eqx.Module):
    """A sum of Laplacian eigenfunctions on a box: a callable PyTree, so that it can be batched and differentiated.

    Called with coordinates by keyword, which broadcast as in NumPy. Open meshes (coordinate arrays that share no axis
    longer than one) are evaluated by one small matrix product per axis, scattered points in blocks.
    """

    coefficients: Float[Array, "*frequencies"]
    mean: float = eqx.field(static=True)
    names: tuple[str, ...] = eqx.field(static=True)
    lower: tuple[float, ...] = eqx.field(static=True)
    lengths: tuple[float, ...] = eqx.field(static=True)
    boundaries: tuple[str, ...] = eqx.field(static=True)
    modes: int = eqx.field(static=True)

    def __call__(self, **coordinates: ArrayLike) -> Array:
        dtype = self.coefficients.dtype
        points = [jnp.asarray(c, dtype) for c in ordered(self.names, coordinates)]
        return _evaluated(self, points)

    def _bases(self, points: Sequence[Array]) -> list[Array]:
        return [
            evaluate_basis(kind, self.modes, length, p - lower)
            for kind, length, lower, p in zip(self.boundaries, self.lengths, self.lower, points, strict=True)
        ]

    def _on_mesh(self, points: list[Array], axes: list[int | None], shape: tuple[int, ...]) -> Array:
        values = self.coefficients
        for basis in self._bases([p.ravel() for p in points]):  # each product moves the new axis to the end
            values = jnp.tensordot(values, basis, axes=(0, 1), precision="highest")
        # Now one axis per side; order them as the coordinates' own axes lie in the broadcast shape.
        lengthy = [i for i, axis in enumerate(axes) if axis is not None]
        values = values.reshape([values.shape[i] for i in lengthy])
        return jnp.transpose(values, np.argsort([axes[i] for i in lengthy])).reshape(shape)

    def _scattered(self, points: list[Array], shape: tuple[int, ...]) -> Array:
        flat = jnp.stack([jnp.broadcast_to(p, shape).ravel() for p in points], axis=-1)

        def at(point: Array) -> Array:
            values = self.coefficients
            for basis in self._bases([p[None] for p in point]):
                values = jnp.tensordot(basis[0], values, axes=(0, 0), precision="highest")
            return values

        return jax.lax.map(at, flat, batch_size=min(_BLOCK, max(len(flat), 1))).reshape(shape)


@eqx.filter_jit
def _evaluated(function: KarhunenLoeve, points: list[Array]) -> Array:
    shape = np.broadcast_shapes(*(p.shape for p in points))
    axes = open_axes([p.shape for p in points], len(shape))
    values = function._scattered(points, shape) if axes is None else function._on_mesh(points, axes, shape)
    return values + function.mean


def open_axes(shapes: Sequence[tuple[int, ...]], ndim: int) -> list[int | None] | None:
    """For each coordinate the one broadcast axis along which it varies (None: constant); None if it is no open mesh."""
    found: list[int | None] = []
    for shape in shapes:
        long = [ndim - len(shape) + i for i, n in enumerate(shape) if n != 1]
        if len(long) > 1 or (long and long[0] in found):
            return None
        found.append(long[0] if long else None)
    return found
