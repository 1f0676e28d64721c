"""How far to trust the answer: errors, honest comparison, reports."""

from ._classical import is_on_mesh as is_on_mesh
from ._compare import compare as compare
from ._comparison import Comparison as Comparison
from ._comparison import Standing as Standing
from ._comparison import plain as plain
from ._conserved import conserved_quantities as conserved_quantities
from ._contenders import Learned as Learned
from ._contenders import slug as slug
from ._entries import Cost as Cost
from ._entries import Entry as Entry
from ._entries import FrontPoint as FrontPoint
from ._entries import Reference as Reference
from ._entries import Run as Run
from ._errors import errors as errors
from ._metrics import boundary_error as boundary_error
from ._metrics import relative_h1 as relative_h1
from ._metrics import relative_l2 as relative_l2
from ._metrics import relative_max as relative_max
from ._metrics import vrmse as vrmse
from ._report import report_html as report_html
from ._report import write_report as write_report
from ._rules import break_even as break_even
from ._setting import learnable_method as learnable_method
from ._solution_report import solution_html as solution_html
from ._spectra import band_errors as band_errors
from ._spectra import spectrum as spectrum
