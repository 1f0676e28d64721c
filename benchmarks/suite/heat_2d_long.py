"""10, Heat 2d-LT: plateaus at ±√π with thin layers between them, T = 100.

The statement is right. The published reference is 3.6e-2 off (192 nodes), and every published score is that of the zero
function. u = 0 on the boundary and odd data: the odd continuation is periodic with period 2, and Fourier modes take it.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Dirichlet, Initial, Interval, Problem, Time, coordinates, laplacian, unknown
from sobolev.methods import FiniteDifference, SpectralETD
from sobolev.solvers import FixedStep

from ._case import Attempt, Case, Check, Contender, Published, Refined
from ._places import in_box
from ._scores import solved

x, y, t = coordinates("x y t")
u = unknown("u", x, y, t)
TIMES = (*np.linspace(1, 20, 20), *np.linspace(25, 100, 16))


def equation() -> sp.Eq:
    source = 5 * sp.sin(u**2) * (1 + 2 * sp.sin(sp.pi * t / 4)) * sp.sin(4 * sp.pi * x) * sp.sin(2 * sp.pi * y)
    return sp.Eq(u.diff(t), laplacian(u) / 1000 + source)


RECIPE = SpectralETD(step=FixedStep(1 / 40))  # the source sets the pace, by a rate of 50; half moves it by 2.5e-5
START = sp.sin(4 * sp.pi * x) * sp.sin(3 * sp.pi * y)


def statement() -> Problem:
    return Problem(
        Interval(x, 0, 1) * Interval(y, 0, 1) * Time(t, 0, 100),
        equation(),
        [Initial(u, START), Dirichlet(u, 0)],
        name="heat_2d_long",
    )


def continued() -> Problem:
    """Periodic on [0, 1] × [0, 2]: in x the data repeat after 1 by themselves."""
    return Problem(
        Interval(x, 0, 1, periodic=True) * Interval(y, 0, 2, periodic=True) * Time(t, 0, 100),
        equation(),
        [Initial(u, START)],
        name="heat_2d_long_continued",
    )


def by_continuation(case: Case, size: int) -> Attempt:
    """Exponential Fourier on the odd continuation, `size` modes per unit length."""
    return solved(continued(), RECIPE, (size, 2 * size), tolerance=1e-4, times=case.times)


CASE = Case(
    number=10,
    name="Heat 2d-LT",
    statement=statement,
    contenders=(
        Contender("odd continuation, exponential Fourier", by_continuation, (48, 64, 96)),
        Contender("finite differences, order 6", FiniteDifference(order=6), (33,), 1e-3),  # 49 take over a minute
    ),
    truth=Refined(Contender("odd continuation, exponential Fourier", by_continuation, (96, 128))),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 50, TIMES),
    trivial=1.0,
    published=Published(0.999, 0.999, "floor", 3.6e-2),
    seconds=60.0,
    checks=(
        Check({"x": 0.375, "y": 0.25, "t": 5.0}, "u", -1.7382, 2e-3),
        Check({"x": 0.875, "y": 0.5, "t": 5.0}, "u", 0.220, 2e-3),
        Check({"x": 0.375, "y": 0.25, "t": 100.0}, "u", -1.7725, 2e-3),
        Check({"x": 0.125, "y": 0.25, "t": 100.0}, "u", 1.7725, 2e-3),
    ),
    times=(0.0, *TIMES),
)
