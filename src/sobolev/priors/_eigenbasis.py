"""Eigenfunctions of −d²/dx² on [0, L], orthonormal in L2(0, L)."""

from __future__ import annotations

from typing import Literal, get_args

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

Boundary = Literal["periodic", "dirichlet", "neumann"]
BOUNDARIES: tuple[str, ...] = get_args(Boundary)


def wave_numbers(boundary: str, modes: int) -> np.ndarray:
    """Wave numbers in units of 2π/L (periodic: first the cosines 0 … modes, then the sines 1 … modes) or π/L."""
    match boundary:
        case "periodic":
            return np.concatenate([np.arange(modes + 1), np.arange(1, modes + 1)])
        case "dirichlet":
            return np.arange(1, modes + 1)
    return np.arange(modes + 1)


def eigenvalues(boundary: str, modes: int, length: float) -> np.ndarray:
    """λ of each eigenfunction, in the order of `wave_numbers`."""
    unit = 2 * np.pi if boundary == "periodic" else np.pi
    return (unit * wave_numbers(boundary, modes) / length) ** 2


def evaluate_basis(
    boundary: str, modes: int, length: float, points: Float[Array, " points"]
) -> Float[Array, "points functions"]:
    """Values of the eigenfunctions at `points`, measured from the lower end."""
    numbers = jnp.asarray(wave_numbers(boundary, modes), points.dtype)
    unit = 2 * np.pi if boundary == "periodic" else np.pi
    # The periodic phase is reduced first: high wave numbers would lose digits in single precision.
    scaled = points / length
    scaled = scaled - jnp.floor(scaled) if boundary == "periodic" else scaled
    phases = unit * scaled[:, None] * numbers
    match boundary:
        case "periodic":
            values = jnp.concatenate([jnp.cos(phases[:, : modes + 1]), jnp.sin(phases[:, modes + 1 :])], axis=1)
        case "dirichlet":
            values = jnp.sin(phases)
        case _:
            values = jnp.cos(phases)
    return values * jnp.where(numbers == 0, np.sqrt(1 / length), np.sqrt(2 / length)).astype(points.dtype)
