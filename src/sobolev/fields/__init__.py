"""Fields on grids, and open functions on them."""

from ._derivative import derivative as derivative
from ._derivative import gradient as gradient
from ._grid import Axis as Axis
from ._grid import AxisKind as AxisKind
from ._grid import Grid as Grid
from ._grid_field import GridField as GridField
from ._grid_field import norm as norm
from ._spec import FieldSpec as FieldSpec
