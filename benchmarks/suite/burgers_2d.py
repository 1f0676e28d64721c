"""2, Burgers 2d-C: two velocities that carry each other.

Repair: on the unit torus, of which the published square holds 16 copies, with initial data from the published law and
seed (field B of the audit: `RandomState(20220722)`), at ν = 1e-2. At the published ν = 1e-3 layers are 2e-3 wide, and
the published reference did not resolve them.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from sobolev import Initial, Interval, Problem, Time, coordinates, laplacian, unknown
from sobolev.methods import FiniteDifference, SpectralETD

from ._case import Case, Check, Contender, Published, Refined
from ._places import in_box

x, y, t = coordinates("x y t")
u, v = unknown("u", x, y, t), unknown("v", x, y, t)
TIMES = np.linspace(0.1, 1, 10)
LARGEST = 8.151189461937  # of w over the published 512 × 512 grid


def starts() -> tuple[sp.Expr, sp.Expr]:
    """u₀ = 2w/m + c with w = Σ A_ij sin 2π(ix + jy) + B_ij cos 2π(ix + jy), i, j = 0 … 3."""
    draw = np.random.RandomState(20220722).standard_normal
    tables = [(draw((4, 4)), draw((4, 4))) for _ in range(2)]
    means = draw(2)
    assert abs(tables[0][0][0, 0] - 0.334388846) < 1e-9
    found = []
    for (sines, cosines), mean in zip(tables, means, strict=True):
        w = sum(
            sines[i, j] * sp.sin(2 * sp.pi * (i * x + j * y)) + cosines[i, j] * sp.cos(2 * sp.pi * (i * x + j * y))
            for i in range(4)
            for j in range(4)
        )
        found.append(2 * w / LARGEST + mean)
    return found[0], found[1]


def statement(reynolds: int = 100) -> Problem:
    nu, (first, second) = sp.Rational(1, reynolds), starts()
    return Problem(
        Interval(x, 0, 1, periodic=True) * Interval(y, 0, 1, periodic=True) * Time(t, 0, 1),
        [
            sp.Eq(u.diff(t) + u * u.diff(x) + v * u.diff(y), nu * laplacian(u)),
            sp.Eq(v.diff(t) + u * v.diff(x) + v * v.diff(y), nu * laplacian(v)),
        ],
        [Initial(u, first), Initial(v, second)],
        name="burgers_2d",
    )


CASE = Case(
    number=2,
    name="Burgers 2d-C",
    statement=statement,
    contenders=(
        Contender("exponential Fourier", SpectralETD(), (48, 64, 96), 1e-4),
        Contender("finite differences, order 6", FiniteDifference(order=6), (32,), 1e-3),  # 48 take 34 s
    ),
    truth=Refined(Contender("exponential Fourier", SpectralETD(), (96, 128), 1e-5)),
    places=lambda: in_box({"x": (0, 1), "y": (0, 1)}, 50, TIMES),
    trivial=0.50,
    published=Published(0.324, 0.260, "void"),
    checks=(
        Check({"x": 0.0, "y": 0.0, "t": 1.0}, "u", 0.2025, 5e-4),
        Check({"x": 0.0, "y": 0.0, "t": 1.0}, "v", 1.3113, 5e-4),
    ),
    times=(0.0, *TIMES),
)
