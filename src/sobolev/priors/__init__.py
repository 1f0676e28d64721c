"""Random numbers and random functions on boxes."""

from ._covariance import RBF as RBF
from ._covariance import AlphaTau as AlphaTau
from ._covariance import Matern as Matern
from ._fourier_series import RandomFourierSeries as RandomFourierSeries
from ._gaussian import GaussianField as GaussianField
from ._scalars import LogUniform as LogUniform
from ._scalars import Uniform as Uniform
from ._transforms import Exponential as Exponential
from ._transforms import TwoPhase as TwoPhase
