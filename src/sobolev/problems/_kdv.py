"""The Korteweg–de Vries equation."""

from __future__ import annotations

from typing import Literal

import sympy as sp

from ..domains import Interval, Time
from ..equations import Initial, Problem, coordinates, unknown
from ..priors import RandomFourierSeries
from ._arguments import one_of

_FAST, _SLOW = 2, sp.Rational(6, 5)  # square roots of the solitons' speeds


def kdv(solitons: Literal[1, 2] = 2, stop: float = 5.0) -> Problem:
    r"""u_t + 6 u u_x + u_xxx = 0 on [−30, 30], periodic.

    Solitons of height k²/2 travel at speed k² and pass through one another unchanged but for a shift. With two of them
    (k = 2 and 6/5, from x = −10 and −2) the fast one overtakes at t ≈ 3. Conserves ∫u, ∫u² and infinitely many more.

    **Exact:** u = 2 (log F)_xx by Hirota's method; periodic up to 1e-13 of tails for t ≤ 5.
    **Random input:** the initial value, two sines of wave numbers up to 3.
    **Source:** Zabusky & Kruskal, Phys. Rev. Lett. 15 (1965); Hirota, Phys. Rev. Lett. 27 (1971).
    """
    one_of(solitons, (1, 2), "kdv has one or two solitons.")
    x, t = coordinates("x t")
    u = unknown("u", x, t)
    exact = _soliton(x, t) if solitons == 1 else _two_solitons(x, t)
    return Problem(
        name="kdv",
        domain=Interval(x, -30, 30, periodic=True) * Time(t, 0, stop),
        equations=[sp.Eq(u.diff(t) + 6 * u * u.diff(x) + u.diff(x, 3), 0)],
        conditions=[Initial(u, exact.subs(t, 0))],
        exact=exact,
        random_initial={"u": RandomFourierSeries(modes=3, terms=2, amplitude=0.5)},
        source="Zabusky & Kruskal, PRL 15 (1965); Hirota, PRL 27 (1971)",
    )


def _soliton(x: sp.Symbol, t: sp.Symbol) -> sp.Expr:
    return sp.Rational(1, 2) * _FAST**2 / sp.cosh(sp.Rational(1, 2) * _FAST * (x + 10 - _FAST**2 * t)) ** 2


def _two_solitons(x: sp.Symbol, t: sp.Symbol) -> sp.Expr:
    # F = r cosh((θ₁ + θ₂)/2) + cosh((θ₁ − θ₂)/2) with r = (k₁ − k₂)/(k₁ + k₂): Hirota's F up to a factor exp(linear
    # in x), whose second logarithmic derivative vanishes; so nothing overflows.
    r = (_FAST - _SLOW) / (_FAST + _SLOW)
    fast = _FAST * (x + 10) - _FAST**3 * t
    slow = _SLOW * (x + 2) - _SLOW**3 * t
    plus, minus = (fast + slow) / 2, (fast - slow) / 2
    p, m = (_FAST + _SLOW) / 2, (_FAST - _SLOW) / 2
    f = r * sp.cosh(plus) + sp.cosh(minus)
    f_x = r * p * sp.sinh(plus) + m * sp.sinh(minus)
    f_xx = r * p**2 * sp.cosh(plus) + m**2 * sp.cosh(minus)
    return 2 * (f_xx / f - (f_x / f) ** 2)
