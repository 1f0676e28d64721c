"""With what: finite descriptions of functions."""

from ._abstract import AbstractGridSpace as AbstractGridSpace
from ._abstract import AbstractSpace as AbstractSpace
