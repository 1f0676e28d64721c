"""2, Burgers 2d-C at the published ν = 1e-3: layers 2e-3 wide, for which 2000 points a side would be right.

The same statement as at ν = 1e-2, as a stress test: what can be had in a minute, beside its self-converged floor.
"""

from __future__ import annotations

from sobolev import Problem
from sobolev.methods import SpectralETD

from . import burgers_2d
from ._case import Case, Contender, Published, Refined


def statement() -> Problem:
    return burgers_2d.statement(1000)


CASE = Case(
    number=2,
    name="Burgers 2d-C, ν = 1e-3",
    statement=statement,
    contenders=(Contender("exponential Fourier", SpectralETD(), (96, 128, 192), 1e-3),),
    truth=Refined(Contender("exponential Fourier", SpectralETD(), (192, 256), 1e-3)),
    places=burgers_2d.CASE.places,
    trivial=0.50,
    published=Published(0.324, 0.260, "void"),
    seconds=60.0,
    times=burgers_2d.CASE.times,
)
