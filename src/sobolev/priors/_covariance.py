"""Covariances of Gaussian fields, as functions of the Laplacian: the variance of each eigenmode.

A covariance operator C = g(−Δ) on a box has the Laplacian's eigenfunctions, with variances g(λ). `variances`
receives the eigenvalues λ of the modes that are kept (and zero or one in `kept` for those that are dropped).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._core import ArgumentError
from ._arguments import positive


@dataclass(frozen=True)
class AlphaTau:
    """C = scale · (−Δ + τ²)^(−α), without further normalisation.

    The law of the neural-operator literature: N(0, 625 (−Δ + 25)⁻²) is `AlphaTau(2, 5, 625)`. Samples have fewer
    than α − d/2 derivatives (in mean square) in d dimensions; α ≤ d/2 gives no function and is refused.
    """

    alpha: float
    tau: float
    scale: float = 1.0

    def __post_init__(self):
        for name in ("alpha", "tau", "scale"):
            object.__setattr__(self, name, positive(getattr(self, name), f"AlphaTau: {name}"))

    def variances(self, eigenvalues: np.ndarray, kept: np.ndarray, ndim: int, measure: float) -> np.ndarray:
        """Variance of the coefficient of each L2-normalised eigenfunction."""
        if self.alpha <= ndim / 2:
            raise ArgumentError(
                f"AlphaTau has no samples that are functions in {ndim} dimensions.",
                given=f"alpha = {self.alpha:g}",
                expected=f"alpha > {ndim / 2:g}, so that the sum of variances converges",
            )
        return kept * self.scale * (eigenvalues + self.tau**2) ** (-self.alpha)


@dataclass(frozen=True)
class RBF:
    """C(r) = variance · exp(−r²/(2 length²)), carried to the box through its spectral density exp(−length² λ/2).

    Scaled so that the pointwise variance, averaged over the box, is `variance`. Far from the boundary (distance
    ≫ length) and on periodic boxes ≫ length this is the stationary covariance.
    """

    length: float
    variance: float = 1.0

    def __post_init__(self):
        for name in ("length", "variance"):
            object.__setattr__(self, name, positive(getattr(self, name), f"RBF: {name}"))

    def variances(self, eigenvalues: np.ndarray, kept: np.ndarray, ndim: int, measure: float) -> np.ndarray:
        """Variance of the coefficient of each L2-normalised eigenfunction."""
        # Relative to the smallest eigenvalue, so that very smooth laws do not underflow.
        density = kept * np.exp(-0.5 * self.length**2 * (eigenvalues - np.min(eigenvalues[kept > 0])))
        return density * (self.variance * measure / density.sum())


@dataclass(frozen=True)
class Matern:
    """Matérn covariance of smoothness ν: spectral density (2ν/length² + λ)^(−ν − d/2) in d dimensions.

    Samples have fewer than ν derivatives (in mean square). Scaled so that the pointwise variance, averaged over the
    box, is `variance`.
    """

    length: float
    smoothness: float = 1.5
    variance: float = 1.0

    def __post_init__(self):
        for name in ("length", "smoothness", "variance"):
            object.__setattr__(self, name, positive(getattr(self, name), f"Matern: {name}"))

    def variances(self, eigenvalues: np.ndarray, kept: np.ndarray, ndim: int, measure: float) -> np.ndarray:
        """Variance of the coefficient of each L2-normalised eigenfunction."""
        inverse = 2 * self.smoothness / self.length**2
        density = kept * (1 + eigenvalues / inverse) ** (-self.smoothness - ndim / 2)
        return density * (self.variance * measure / density.sum())


Covariance = AlphaTau | RBF | Matern
