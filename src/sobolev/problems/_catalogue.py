"""The list of named problems."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from .._core import ArgumentError
from ..equations import Problem
from ._advection import advection
from ._allen_cahn import allen_cahn
from ._burgers import burgers
from ._cahn_hilliard import cahn_hilliard
from ._darcy import darcy
from ._elasticity import elasticity, hyperelastic_stretch
from ._euler import euler
from ._fisher_kpp import fisher_kpp
from ._gray_scott import gray_scott
from ._heat import heat
from ._helmholtz import helmholtz
from ._inviscid_burgers import inviscid_burgers
from ._kdv import kdv
from ._kuramoto_sivashinsky import kuramoto_sivashinsky
from ._lorenz import lorenz
from ._membranes import disk_modes, plate_modes
from ._navier_stokes import navier_stokes
from ._nonlinear_poisson import nonlinear_poisson
from ._nonlinear_schroedinger import nonlinear_schroedinger
from ._poisson import poisson
from ._poisson_boltzmann import poisson_boltzmann
from ._poisson_shapes import poisson_holes, poisson_l_shape
from ._shallow_water import shallow_water
from ._swift_hohenberg import swift_hohenberg
from ._viscous_flow import lid_driven_cavity, obstacle_flow
from ._wave import wave
from ._wells import double_well, finite_well, infinite_well

_PROBLEMS: tuple[Callable[..., Problem], ...] = (
    advection,
    allen_cahn,
    burgers,
    cahn_hilliard,
    darcy,
    disk_modes,
    double_well,
    elasticity,
    euler,
    finite_well,
    fisher_kpp,
    gray_scott,
    heat,
    helmholtz,
    hyperelastic_stretch,
    infinite_well,
    inviscid_burgers,
    kdv,
    kuramoto_sivashinsky,
    lid_driven_cavity,
    lorenz,
    navier_stokes,
    nonlinear_poisson,
    nonlinear_schroedinger,
    obstacle_flow,
    plate_modes,
    poisson,
    poisson_boltzmann,
    poisson_holes,
    poisson_l_shape,
    shallow_water,
    swift_hohenberg,
    wave,
)


def all() -> dict[str, Callable[..., Problem]]:
    """Every named problem: name → function. Each can be called without arguments."""
    return {problem.__name__: problem for problem in _PROBLEMS}


def names() -> tuple[str, ...]:
    """Names of all problems, in alphabetical order."""
    return tuple(sorted(all()))


def find(name: str) -> Callable[..., Problem]:
    """The problem called `name`; `ArgumentError` with the closest name where there is none."""
    found = all()
    if not isinstance(name, str) or name not in found:
        close = difflib.get_close_matches(str(name), found, n=1)
        raise ArgumentError(
            "No problem has this name.",
            given=repr(name),
            expected=", ".join(found),
            fix=f"did you mean {close[0]!r}?" if close else None,
        )
    return found[name]
