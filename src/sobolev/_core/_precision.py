"""Floating-point width as an argument, never as a global switch."""

from __future__ import annotations

from typing import Literal, get_args

import jax
import numpy as np

from ._errors import ArgumentError

Precision = Literal["single", "double"]


def precision_context(precision: Precision):
    """Context manager in which JAX computes with the given width ("single": 32 bit, "double": 64 bit)."""
    return jax.enable_x64(_checked(precision) == "double")


def real_dtype(precision: Precision) -> np.dtype:
    """NumPy dtype of real numbers at this precision."""
    return np.dtype(np.float64 if _checked(precision) == "double" else np.float32)


def _checked(precision: Precision) -> Precision:
    if precision not in get_args(Precision):
        raise ArgumentError("precision is not known.", given=repr(precision), expected="'single' or 'double'")
    return precision
