"""The waist: assemble(problem, space) gives one of few forms, and solvers see nothing else."""

from ._assemble import assemble as assemble
from ._assemble import assemble_in as assemble_in
from ._forms import Evolution as Evolution
from ._forms import Form as Form
from ._forms import LinearSystem as LinearSystem
from ._forms import Residual as Residual
