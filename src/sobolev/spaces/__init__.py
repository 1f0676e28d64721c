"""With what: finite descriptions of functions."""

from ._abstract import AbstractGridSpace as AbstractGridSpace
from ._abstract import AbstractSpace as AbstractSpace
from ._chebyshev import Chebyshev as Chebyshev
from ._finite_difference import STABLE_CLOSURES as STABLE_CLOSURES
from ._finite_difference import FiniteDifference as FiniteDifference
from ._fourier import Fourier as Fourier
from ._stencils import fornberg as fornberg
