"""Kernel ridge regression between fields: the baseline that is no network."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import scipy.linalg
import scipy.ndimage
from jaxtyping import Array, Float
from scipy.spatial.distance import cdist

from .._core import ArgumentError, DataError
from ..fields import FieldSpec, Grid, GridField
from ._abstract import AbstractEstimator, AbstractOperator
from ._grids import output_grid
from ._refusals import check_field, check_positive
from ._resample import resample

_SMOOTHINGS = (0.0, 0.03, 0.06, 0.12)  # std of the blur, as a fraction of each side
_LENGTHS = (1.0, 2.0, 4.0, 8.0)  # in units of the median distance of inputs
_RIDGES = tuple(10.0 ** np.arange(-8, 1))
# Kernels evaluated in single precision are this far off, and multiply coefficients that grow as the ridge shrinks.
_ROUNDING = 4 * float(np.finfo(np.float32).eps)
_CHOOSING = 400  # samples that choose among them: an eigendecomposition per choice
_COMPONENTS = 32  # principal components of the outputs that judge the choice


@dataclass(frozen=True)
class KernelRidge(AbstractEstimator):
    """Y(a) = ȳ + Σ_i k(‖S a − S a_i‖ / ℓ) c_i with the Matérn-5/2 kernel, (K + λ) c = y − ȳ.

    Inputs are standardised per channel and smoothed (S), because neighbouring values of a field say the same and a
    jump of a two-phase coefficient should not count by its pixels. Smoothing, length ℓ and ridge λ are chosen by the
    mean relative L2 error, on the validation split where there is one, else leaving one out (in closed form).

    `samples`: at most so many training samples are used (cost n², n³). Fails, as all kernels with one length do, when
    the output depends on fine details of a high-dimensional input.
    """

    samples: int = 4096

    def __post_init__(self):
        check_positive("KernelRidge", samples=self.samples)

    def estimate(self, inputs, outputs, x, y, validation=None):
        x, y = (np.asarray(a, np.float64)[: self.samples] for a in (x, y))
        if len(x) < 2:
            raise DataError("Kernel ridge needs training samples.", given=len(x), expected="at least 2")
        centre, scale = _standard(x)
        mean = y.mean(0)
        targets = (y - mean).reshape(len(y), -1)
        judged = None
        if validation is not None and len(validation[0]):
            judged = tuple(np.asarray(a, np.float64)[:_CHOOSING] for a in validation)
        choice = _choose(inputs.grid, (x - centre) / scale, y, mean, centre, scale, judged)
        features = _features((x - centre) / scale, inputs.grid, choice.smoothing)
        gram = _matern(cdist(features, features) / choice.length)
        gram[np.diag_indices_from(gram)] += choice.ridge
        coefficients = scipy.linalg.cho_solve(scipy.linalg.cho_factor(gram, lower=True, overwrite_a=True), targets)
        return KernelRidgeOperator(
            features=jnp.asarray(features),
            coefficients=jnp.asarray(coefficients),
            mean=jnp.asarray(mean),
            centre=jnp.asarray(centre),
            scale=jnp.asarray(scale),
            choice=choice,
            inputs=inputs,
            outputs=outputs,
        )


@dataclass(frozen=True)
class KernelChoice:
    """The chosen hyperparameters, and the error that chose them."""

    smoothing: float
    length: float
    ridge: float
    error: float


class KernelRidgeOperator(AbstractOperator):
    """The fitted map. Inputs on other grids are interpolated to that of training, outputs back."""

    features: Float[Array, "sample features"]
    coefficients: Float[Array, "sample outputs"]
    mean: Float[Array, "*space cout"]
    centre: Float[Array, " cin"]
    scale: Float[Array, " cin"]
    choice: KernelChoice = eqx.field(static=True)
    inputs: FieldSpec = eqx.field(static=True)
    outputs: FieldSpec = eqx.field(static=True)

    def __call__(self, field: GridField) -> GridField:
        check_field("KernelRidge", self.inputs, field)
        dtype = field.values.dtype
        x = (resample(field.values, field.grid, self.inputs.grid) - self.centre.astype(dtype)) / self.scale.astype(
            dtype
        )
        for d, blur in enumerate(_blurs(self.inputs.grid, self.choice.smoothing)):
            x = jnp.moveaxis(jnp.tensordot(jnp.asarray(blur, dtype), x, (1, d)), 0, d)
        difference = self.features.astype(dtype) - x.reshape(-1) / np.sqrt(x.size)
        # The root's derivative is infinite at a training sample; the kernel's is zero there.
        square = jnp.sum(difference**2, -1)
        distance = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), 0)
        weights = _matern(distance / self.choice.length)
        values = self.mean.astype(dtype) + (weights @ self.coefficients.astype(dtype)).reshape(self.mean.shape)
        grid = output_grid(self.inputs, self.outputs, field.grid)
        return GridField(resample(values, self.outputs.grid, grid), grid, self.outputs.names)


def _matern(distance):
    """Matérn kernel of smoothness 5/2 at distances in units of its length (NumPy or JAX)."""
    r = np.sqrt(5.0) * distance
    exp = np.exp if isinstance(r, np.ndarray) else jnp.exp
    return (1 + r + r * r / 3) * exp(-r)


def _standard(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    axes = tuple(range(x.ndim - 1))
    scale = x.std(axes)
    return x.mean(axes), np.where(scale > 0, scale, 1.0)


def _blurs(grid: Grid, smoothing: float) -> list[np.ndarray]:
    """Gaussian blur as a matrix per axis: wrapping on periodic axes, mirrored elsewhere."""
    matrices = []
    for axis in grid.axes:
        sigma = smoothing * axis.length / axis.spacing
        mode = "wrap" if axis.kind == "periodic" else "reflect"
        identity = np.eye(axis.points)
        matrices.append(scipy.ndimage.gaussian_filter1d(identity, sigma, axis=0, mode=mode) if sigma > 0 else identity)
    return matrices


def _features(x: np.ndarray, grid: Grid, smoothing: float) -> np.ndarray:
    """Blurred fields as rows, scaled so that distances are root mean squares."""
    for d, blur in enumerate(_blurs(grid, smoothing)):
        x = np.moveaxis(np.tensordot(blur, x, (1, d + 1)), 0, d + 1)
    rows = x.reshape(len(x), -1)
    return rows / np.sqrt(rows.shape[1])


def _choose(grid, x, y, mean, centre, scale, judged) -> KernelChoice:
    """The hyperparameters with the least error on `judged`, or leaving one out."""
    x, y = x[:_CHOOSING], y[:_CHOOSING]
    rows = (y - mean).reshape(len(y), -1)
    # Few components judge as well as all points do, at a fraction of the cost.
    basis = scipy.linalg.svd(rows, full_matrices=False)[2][:_COMPONENTS]
    targets = rows @ basis.T
    truth = y if judged is None else judged[1]
    sizes = np.linalg.norm(truth.reshape(len(truth), -1), axis=1)
    if not np.all(sizes > 0):
        sizes = np.full_like(sizes, max(sizes.max(), np.finfo(float).tiny))
    best = None
    for smoothing in _SMOOTHINGS:
        own = _features(x, grid, smoothing)
        distances = cdist(own, own)
        median = float(np.median(distances[np.triu_indices(len(own), 1)]))
        if median == 0:
            raise DataError("All training inputs are equal.", fix="give inputs that differ, or use Mean()")
        others = None
        if judged is not None:
            others = cdist(_features((judged[0] - centre) / scale, grid, smoothing), own)
        errors = _judge(distances, others, targets, judged, mean, basis, sizes)
        for factor, ridge in itertools.product(_LENGTHS, _RIDGES):
            error = errors(factor * median, ridge)
            if best is None or error < best.error:
                best = KernelChoice(smoothing, factor * median, float(ridge), error)
    if best is None or not np.isfinite(best.error):
        raise ArgumentError("Kernel ridge found no usable hyperparameters.", fix="check the data's scale")
    return best


def _judge(distances, others, targets, judged, mean, basis, sizes) -> Callable[[float, float], float]:
    """Mean relative error for a length and a ridge; one eigendecomposition per length."""
    cache: dict[float, tuple] = {}

    def of_length(length):
        if length not in cache:
            cache.clear()
            values, vectors = scipy.linalg.eigh(_matern(distances / length))
            across = None if others is None else _matern(others / length) @ vectors
            cache[length] = (values, vectors, vectors.T @ targets, across)
        return cache[length]

    def error(length: float, ridge: float) -> float:
        values, vectors, rotated, across = of_length(length)
        inverse = 1 / (np.maximum(values, 0) + ridge)
        rounding = _ROUNDING * np.linalg.norm(inverse[:, None] * rotated)
        if judged is None:
            # Left-one-out residual: c_i / (K + λ)⁻¹_ii.
            residual = (vectors @ (inverse[:, None] * rotated)) / ((vectors**2) @ inverse)[:, None]
        else:
            truth = (judged[1] - mean).reshape(len(judged[1]), -1) @ basis.T
            residual = truth - across @ (inverse[:, None] * rotated)
        return float(np.mean(np.hypot(np.linalg.norm(residual, axis=1), rounding) / sizes))

    return error
