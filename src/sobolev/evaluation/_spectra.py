"""Errors and energies by frequency: which scales a prediction gets right.

The transform along each axis is orthonormal: Fourier on periodic axes, the cosine transform (DCT-II) elsewhere.
Frequencies count whole waves across the box, |k| = √(Σ kᵢ²), a cosine of half a wave counting ½.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

from ..fields import Grid

BANDS = {"low": (0.0, 4.5), "mid": (4.5, 12.5), "high": (12.5, np.inf)}  # whole waves, as in PDEBench's fRMSE


def band_errors(prediction, truth, grid: Grid, times=None) -> dict[str, np.ndarray]:
    """Share of the relative error in each band: √(Σ_band |p̂ − û|² / Σ |û|²), shape `(sample, channels)`.

    The squares of the three add up to that of the (unweighted) relative L² error.
    """
    p, u = np.asarray(prediction), np.asarray(truth)
    lead = 1 if times is None else 2
    error, energy = (np.abs(transform(f, grid)) ** 2 for f in (p - u, u))
    axes = tuple(range(1, p.ndim - 1))
    total = energy.sum(axis=axes)
    radius = frequencies(grid)
    found = {}
    for name, (lower, upper) in BANDS.items():
        mask = ((radius >= lower) & (radius < upper)).reshape((1,) * lead + radius.shape + (1,))
        part = np.where(mask, error, 0).sum(axis=axes)
        part = np.where(np.isfinite(part), part, np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            found[name] = np.sqrt(np.where(total > 0, part / total, np.where(part > 0, np.inf, 0.0)))
    return found


def spectrum(values, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Whole-wave frequencies 0, 1, 2, … and the energy in each shell |k| ∈ [m − ½, m + ½), summed over channels.

    `values`: `(sample, *space, channels)`; the energy is the mean over samples, per grid point.
    """
    f = np.asarray(values)
    energy = (np.abs(transform(f, grid)) ** 2).mean(axis=0).sum(axis=-1) / grid.size
    shell = np.floor(frequencies(grid) + 0.5).astype(int).ravel()
    sums = np.bincount(shell, weights=energy.ravel())
    return np.arange(len(sums)), sums


def transform(values: np.ndarray, grid: Grid) -> np.ndarray:
    """Orthonormal transform of `(…, *space, channels)` along the space axes."""
    first = values.ndim - 1 - grid.ndim
    f = np.asarray(values, dtype=complex if np.iscomplexobj(values) else float)
    for number, axis in enumerate(grid.axes):  # cosine transforms first: they keep real arrays real
        if axis.kind != "periodic":
            f = _dct(f, first + number)
    for number, axis in enumerate(grid.axes):
        if axis.kind == "periodic":
            f = scipy.fft.fft(f, axis=first + number, norm="ortho")
    return f


def frequencies(grid: Grid) -> np.ndarray:
    """|k| of every mode, shape `grid.shape`."""
    square = np.zeros(grid.shape)
    for k in np.ix_(*(_axis_frequencies(axis.kind, axis.points) for axis in grid.axes)):
        square = square + k**2
    return np.sqrt(square)


def _axis_frequencies(kind: str, n: int) -> np.ndarray:
    return np.fft.fftfreq(n, 1 / n) if kind == "periodic" else np.arange(n) / 2


def _dct(f: np.ndarray, axis: int) -> np.ndarray:
    if np.iscomplexobj(f):
        return scipy.fft.dct(f.real, axis=axis, norm="ortho") + 1j * scipy.fft.dct(f.imag, axis=axis, norm="ortho")
    return scipy.fft.dct(f, axis=axis, norm="ortho")
