"""What a solve returns: functions that can be called, drawn, stored and scored."""

from ._component import Component as Component
from ._error_table import ErrorTable as ErrorTable
from ._error_table import FieldError as FieldError
from ._error_table import field_error as field_error
from ._field import SpaceTimeField as SpaceTimeField
from ._residuals import residual_errors as residual_errors
from ._sampling import on_grid as on_grid
from ._solution import Solution as Solution
from ._statistics import ErrorBar as ErrorBar
from ._statistics import Level as Level
from ._statistics import Statistics as Statistics
from ._store import load_solution as load_solution
from ._summary import Summary as Summary
from ._summary import summarise as summarise
