"""2, Burgers 2d-C at the published ν = 1e-3: layers 2e-3 wide, for which 2000 points a side would be right.

The same statement as at ν = 1e-2, as a stress test: what can be had in a minute, beside its self-converged floor.
Layers are thinnest at t = 0.1 and widen, so that Fourier converges (a third of the error with every 128 points more),
in single precision and with nearly the longest steps that the products allow.
"""

from __future__ import annotations

from sobolev import Problem
from sobolev.methods import SpectralETD
from sobolev.solvers import FixedStep

from . import burgers_2d
from ._case import Attempt, Case, Contender, Published, Refined
from ._scores import solved

COURANT = 0.33  # length of a step times points a side; a quarter moves 128² by 2e-3, a half overflows


def statement() -> Problem:
    return burgers_2d.statement(1000)


def fourier(case: Case, size: int | None) -> Attempt:
    assert size is not None
    method = SpectralETD(step=FixedStep(COURANT / size), precision="single")
    return solved(case.statement(), method, size, 1e-3, case.times)


CASE = Case(
    number=2,
    name="Burgers 2d-C, ν = 1e-3",
    statement=statement,
    contenders=(Contender("exponential Fourier", fourier, (128, 192, 256, 384)),),
    truth=Refined(Contender("exponential Fourier", fourier, (448, 512))),
    places=burgers_2d.CASE.places,
    trivial=0.50,
    published=Published(0.324, 0.260, "void"),
    seconds=60.0,
    times=burgers_2d.CASE.times,
)
