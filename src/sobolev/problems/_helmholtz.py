"""The Helmholtz equation."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from .._core import ArgumentError
from ..equations import Dirichlet, Problem, input_field, laplacian, parameter, unknown
from ..equations._symbols import expression
from ..priors import RBF, GaussianField
from ._boxes import box


def helmholtz(ndim: int = 2, wavenumber: Any = None) -> Problem:
    r"""−Δu − k² u = f on the unit box, u = 0 on the boundary.

    Indefinite: with k² between eigenvalues π²(m² + n² + …) of −Δ, half-waves of either sign. Near one of them (a
    resonance) the solution grows without bound, and at one there is none; such k are refused. Points per wavelength
    must grow with k.

    `wavenumber` defaults to 4π, in one dimension (where that is a resonance) to 9π/2.

    **Exact:** Π sin 4πxᵢ for the default f. **Random input:** f, a Gaussian field of correlation length 0.2.
    **Source:** DeepXDE's Helmholtz example (k = 4π in two dimensions).
    """
    domain, axes = box(ndim, 0, 1)
    value = (
        expression(wavenumber, "The wavenumber")
        if wavenumber is not None
        else sp.pi * (sp.Rational(9, 2) if ndim == 1 else 4)
    )
    _refuse_resonance(ndim, value)
    u = unknown("u", *axes)
    k = parameter("k", default=value)
    exact = sp.Mul(*(sp.sin(4 * sp.pi * axis) for axis in axes))
    prior = GaussianField(RBF(0.2), "neumann", modes=32)
    f = input_field("f", *axes, prior=prior, default=(16 * ndim * sp.pi**2 - k**2) * exact)
    return Problem(
        name="helmholtz",
        domain=domain,
        equations=[sp.Eq(-laplacian(u, *axes) - k**2 * u, f)],
        conditions=[Dirichlet(u, 0)],
        exact=exact,
        source="DeepXDE Helmholtz example",
    )


def _refuse_resonance(ndim: int, wavenumber: sp.Expr) -> None:
    if not wavenumber.is_real or wavenumber.free_symbols:
        raise ArgumentError("helmholtz: the wavenumber is not a real number.", given=str(wavenumber))
    if abs(wavenumber) > 1000:
        raise ArgumentError("helmholtz: the wavenumber is too large.", given=str(wavenumber), expected="at most 1000")
    level = float(wavenumber / sp.pi) ** 2
    nearest = round(level)
    if abs(nearest - level) < 1e-6 * level and _is_sum_of_squares(nearest, ndim):
        raise ArgumentError(
            "helmholtz has no unique solution at a resonance.",
            given=f"k = {float(wavenumber):g}, k² = {nearest}π²",
            expected=f"k² other than π² times a sum of {ndim} squares",
            fix="change the wavenumber a little",
        )


def _is_sum_of_squares(number: int, terms: int) -> bool:
    """Whether `number` is a sum of `terms` squares of whole numbers above zero."""
    if terms == 1:
        return number > 0 and math.isqrt(number) ** 2 == number
    return any(_is_sum_of_squares(number - m * m, terms - 1) for m in range(1, math.isqrt(max(number, 0)) + 1))
