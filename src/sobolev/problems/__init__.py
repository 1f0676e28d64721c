"""Named problems, each with its provenance, defaults, random inputs and exact solution where there is one."""

from ._advection import advection as advection
from ._allen_cahn import allen_cahn as allen_cahn
from ._burgers import burgers as burgers
from ._cahn_hilliard import cahn_hilliard as cahn_hilliard
from ._catalogue import all as all
from ._catalogue import find as find
from ._catalogue import names as names
from ._darcy import darcy as darcy
from ._euler import euler as euler
from ._fisher_kpp import fisher_kpp as fisher_kpp
from ._gray_scott import gray_scott as gray_scott
from ._heat import heat as heat
from ._helmholtz import helmholtz as helmholtz
from ._inviscid_burgers import inviscid_burgers as inviscid_burgers
from ._kdv import kdv as kdv
from ._kuramoto_sivashinsky import kuramoto_sivashinsky as kuramoto_sivashinsky
from ._lorenz import lorenz as lorenz
from ._navier_stokes import navier_stokes as navier_stokes
from ._nonlinear_poisson import nonlinear_poisson as nonlinear_poisson
from ._nonlinear_schroedinger import nonlinear_schroedinger as nonlinear_schroedinger
from ._poisson import poisson as poisson
from ._poisson_shapes import poisson_holes as poisson_holes
from ._poisson_shapes import poisson_l_shape as poisson_l_shape
from ._shallow_water import shallow_water as shallow_water
from ._swift_hohenberg import swift_hohenberg as swift_hohenberg
from ._wave import wave as wave
