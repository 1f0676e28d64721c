"""Named recipes: space + assembly + solver; and solve(), which chooses one."""

from ._abstract import AbstractMethod as AbstractMethod
from ._abstract import Compiled as Compiled
from ._abstract import Outcome as Outcome
from ._abstract import Verdict as Verdict
from ._chebyshev import Chebyshev as Chebyshev
from ._choose import applicable as applicable
from ._choose import catalogue as catalogue
from ._choose import choose as choose
from ._eigen_elements import Eigenpair as Eigenpair
from ._eigenproblem import eigenpairs as eigenpairs
from ._error_bars import Distance as Distance
from ._error_bars import estimated_error as estimated_error
from ._error_bars import with_distance as with_distance
from ._finite_difference import FiniteDifference as FiniteDifference
from ._finite_element import FiniteElement as FiniteElement
from ._finite_volume import FiniteVolume as FiniteVolume
from ._fourier_galerkin import FourierGalerkin as FourierGalerkin
from ._ode import ODE as ODE
from ._reference import reference as reference
from ._refinement import Difference as Difference
from ._solve import solve as solve
from ._spectral_etd import SpectralETD as SpectralETD
