"""How: algorithms on forms. None of them has heard of a partial differential equation."""

from ._etd import Trajectory as Trajectory
from ._etd import integrate as integrate
from ._etd_control import AdaptiveStep as AdaptiveStep
from ._etd_control import FixedStep as FixedStep
from ._etd_phi import phi_blocks as phi_blocks
from ._etd_phi import phi_functions as phi_functions
from ._etd_step import StepCoefficients as StepCoefficients
from ._etd_step import etd_step as etd_step
from ._etd_step import step_coefficients as step_coefficients
from ._etd_tableaux import ETDRK1 as ETDRK1
from ._etd_tableaux import ETDRK2 as ETDRK2
from ._etd_tableaux import ETDRK3 as ETDRK3
from ._etd_tableaux import ETDRK4 as ETDRK4
from ._etd_tableaux import ExponentialTableau as ExponentialTableau
from ._integrate import March as March
from ._integrate import checked_times as checked_times
from ._integrate import march as march
from ._integrate import rates_of as rates_of
from ._integrate_rosenbrock import Rodas5P as Rodas5P
from ._krylov import GMRES as GMRES
from ._krylov import PreconditionedCG as PreconditionedCG
from ._linear import solve_linear as solve_linear
from ._newton import DampedNewton as DampedNewton
from ._newton import solve_newton as solve_newton
from ._outcome import result_code as result_code
from ._sparse import SparseLU as SparseLU
