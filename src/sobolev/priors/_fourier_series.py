"""Short random Fourier series."""

from __future__ import annotations

import math
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Int, PRNGKeyArray

from .._core._numbers import finite
from ..domains import Box
from ._arguments import ordered, positive, whole


@dataclass(frozen=True)
class RandomFourierSeries:
    """f = mean + Σ_{i=1…terms} Aᵢ sin(2π Σⱼ kᵢⱼ (xⱼ − lowerⱼ)/Lⱼ + φᵢ), periodic on the box.

    Independently, Aᵢ is uniform on [0, amplitude], φᵢ uniform on [0, 2π), and the wave numbers kᵢⱼ are uniform on
    {1, …, modes}, in the second and third dimension with a random sign. In one dimension with two terms and modes = 8
    this is the law of PDEBench (Takamoto et al., 2022, §D) before its random windows.
    """

    modes: int = 8
    terms: int = 2
    amplitude: float = 1.0
    mean: float = 0.0

    def __post_init__(self):
        object.__setattr__(self, "modes", whole(self.modes, "RandomFourierSeries: modes"))
        object.__setattr__(self, "terms", whole(self.terms, "RandomFourierSeries: terms"))
        object.__setattr__(self, "amplitude", positive(self.amplitude, "RandomFourierSeries: amplitude"))
        object.__setattr__(self, "mean", finite(self.mean, "RandomFourierSeries: mean"))

    def draw(self, box: Box, *, key: PRNGKeyArray) -> FourierSeries:
        """One function on `box`."""
        numbers, signs, amplitudes, phases = jax.random.split(key, 4)
        shape = (self.terms, box.ndim)
        sign = 2 * jax.random.bernoulli(signs, shape=shape).astype(int) - 1
        return FourierSeries(
            amplitudes=jax.random.uniform(amplitudes, (self.terms,), maxval=self.amplitude),
            phases=jax.random.uniform(phases, (self.terms,), maxval=2 * math.pi),
            wave_numbers=jax.random.randint(numbers, shape, 1, self.modes + 1) * sign.at[:, 0].set(1),
            mean=self.mean,
            names=box.names,
            lower=tuple(side.lower for side in box.sides),
            lengths=box.lengths,
        )


class FourierSeries(eqx.Module):
    """A draw from `RandomFourierSeries`: called with coordinates by keyword, broadcasting as in NumPy."""

    amplitudes: Float[Array, " terms"]
    phases: Float[Array, " terms"]
    wave_numbers: Int[Array, "terms dimensions"]
    mean: float = eqx.field(static=True)
    names: tuple[str, ...] = eqx.field(static=True)
    lower: tuple[float, ...] = eqx.field(static=True)
    lengths: tuple[float, ...] = eqx.field(static=True)

    def __call__(self, **coordinates: ArrayLike) -> Array:
        dtype = self.amplitudes.dtype
        return _evaluated(self, [jnp.asarray(c, dtype) for c in ordered(self.names, coordinates)])


@eqx.filter_jit
def _evaluated(series: FourierSeries, points: list[Array]) -> Array:
    def term(amplitude: Array, phase: Array, numbers: Array) -> Array:
        turns = sum(
            numbers[j] * (p - lower) / length
            for j, (p, lower, length) in enumerate(zip(points, series.lower, series.lengths, strict=True))
        )
        # Whole turns are dropped first: they would cost digits in single precision.
        return amplitude * jnp.sin(2 * math.pi * (turns - jnp.floor(turns)) + phase)

    return series.mean + jnp.sum(jax.vmap(term)(series.amplitudes, series.phases, series.wave_numbers), axis=0)
