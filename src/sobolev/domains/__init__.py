"""Where: intervals, boxes, time."""

from ._interval import Box as Box
from ._interval import Domain as Domain
from ._interval import Interval as Interval
from ._interval import Time as Time
