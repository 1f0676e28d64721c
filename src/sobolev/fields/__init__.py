"""Fields on grids, and open functions on them."""

from ._derivative import derivative as derivative
from ._derivative import gradient as gradient
from ._grid import Axis as Axis
from ._grid import AxisKind as AxisKind
from ._grid import Grid as Grid
from ._grid_field import GridField as GridField
from ._grid_field import norm as norm
from ._norms import quotient as quotient
from ._norms import relative_h1 as relative_h1
from ._norms import relative_l2 as relative_l2
from ._norms import relative_max as relative_max
from ._norms import square_norm as square_norm
from ._spec import FieldSpec as FieldSpec
