"""What everything stands on: errors, result codes, precision, files, progress."""

from ._errors import ArgumentError as ArgumentError
from ._errors import CheckpointError as CheckpointError
from ._errors import ConvergenceError as ConvergenceError
from ._errors import DataError as DataError
from ._errors import DataWarning as DataWarning
from ._errors import MissingExtraError as MissingExtraError
from ._errors import SobolevError as SobolevError
from ._errors import StatementError as StatementError
from ._errors import StatementWarning as StatementWarning
from ._errors import StoreError as StoreError
from ._errors import UnsupportedError as UnsupportedError
from ._files import atomic_path as atomic_path
from ._files import write_bytes as write_bytes
from ._files import write_text as write_text
from ._optional import require as require
from ._precision import Precision as Precision
from ._precision import precision_context as precision_context
from ._precision import real_dtype as real_dtype
from ._progress import progress as progress
from ._results import Result as Result
from ._shapes import broadcast_shape as broadcast_shape
