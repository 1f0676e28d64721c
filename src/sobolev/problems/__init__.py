"""Named problems, each with its provenance, defaults, random inputs and exact solution where there is one."""

from ._burgers import burgers as burgers
from ._darcy import darcy as darcy
from ._heat import heat as heat
from ._kdv import kdv as kdv
from ._kuramoto_sivashinsky import kuramoto_sivashinsky as kuramoto_sivashinsky
from ._navier_stokes import navier_stokes as navier_stokes
from ._poisson import poisson as poisson
