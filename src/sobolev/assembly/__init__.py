"""The waist: assemble(problem, space) gives one of few forms, and solvers see nothing else."""

from ._assemble import assemble as assemble
from ._assemble import assemble_in as assemble_in
from ._clock import clock as clock
from ._collocation import Collocation as Collocation
from ._collocation import collocation as collocation
from ._finite_element import FiniteElements as FiniteElements
from ._finite_element import finite_elements as finite_elements
from ._forms import Evolution as Evolution
from ._forms import Form as Form
from ._forms import LinearSystem as LinearSystem
from ._forms import Residual as Residual
from ._fourier import assemble_fourier as assemble_fourier
from ._fourier_steady import FourierSteady as FourierSteady
from ._fourier_steady import fourier_steady as fourier_steady
from ._ode import assemble_ode as assemble_ode
from ._residual import GridResidual as GridResidual
from ._residual import grid_residual as grid_residual
from ._sparse_operator import SparseOperator as SparseOperator
from ._sparsity import Sparsity as Sparsity
from ._weak_form import WeakEquation as WeakEquation
from ._weak_form import space_order as space_order
from ._weak_form import weak_form as weak_form
