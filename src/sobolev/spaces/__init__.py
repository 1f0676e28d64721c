"""With what: finite descriptions of functions."""

from ._abstract import AbstractGridSpace as AbstractGridSpace
from ._abstract import AbstractSpace as AbstractSpace
from ._box_mesh import box_mesh as box_mesh
from ._box_mesh import uniformly_refined as uniformly_refined
from ._chebyshev import Chebyshev as Chebyshev
from ._finite_difference import STABLE_CLOSURES as STABLE_CLOSURES
from ._finite_difference import FiniteDifference as FiniteDifference
from ._finite_element import FiniteElement as FiniteElement
from ._finite_element_tables import FacetRule as FacetRule
from ._finite_element_tables import Rule as Rule
from ._fourier import Fourier as Fourier
from ._stencils import fornberg as fornberg
