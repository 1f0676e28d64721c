"""The cases that both sides of `benchmarks.etd` step through. NumPy only: the peer's interpreter imports it too."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

KS_LENGTH, KS_POINTS, KS_STEP, KS_STEPS = 32 * np.pi, 256, 0.05, 2000
NS_LENGTH, NS_POINTS, NS_STEP, NS_STEPS = 1.0, 64, 0.01, 400
NS_VISCOSITY = 1e-3
ORDERS = (4, 2)


def ks_start() -> np.ndarray:
    x = np.arange(KS_POINTS) * KS_LENGTH / KS_POINTS
    return np.cos(x / 16) * (1 + np.sin(x / 16))


def ns_start() -> np.ndarray:
    x, y = np.meshgrid(*[np.arange(NS_POINTS) / NS_POINTS] * 2, indexing="ij")
    turn = 2 * np.pi
    return np.sin(turn * x) * np.sin(turn * y) + np.cos(turn * (x - 2 * y)) / 2 + np.sin(turn * 3 * x + 1) / 3


def seconds(run: Callable[[], object], repeats: int = 7) -> float:
    """The median time of a call, after one call to warm up."""
    run()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return float(np.median(times))
