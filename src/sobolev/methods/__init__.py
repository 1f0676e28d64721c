"""Named recipes: space + assembly + solver; and solve(), which chooses one."""

from ._abstract import AbstractMethod as AbstractMethod
from ._abstract import Compiled as Compiled
from ._abstract import Outcome as Outcome
from ._abstract import Verdict as Verdict
from ._spectral_etd import SpectralETD as SpectralETD
